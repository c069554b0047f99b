/**
 * What the last scan of everything found, for `explain`: the Plex index as it is, the claims and what became of them, and why
 * scenes are missing. One file, of one scan. It is believed only while all that it rests on is as it was; a file that is not
 * whole, as after a crash, is as good as absent.
 */
import { readFileSync } from 'node:fs';
import type { FallenClaim } from '../merge/claims.js';
import type { MissingColumns } from '../missing/missing-scenes.js';
import { packr, writePieces } from './state-file.js';

const VERSION = 2;
/** Behind the index; it is written last. */
const END = Buffer.from('gapscan-end');
/** However little seems to have changed, an older scan is not believed. */
const MAX_AGE_SECONDS = 24 * 3600;

/** Parallel columns: which scene claims which item, and how strongly. */
export interface ClaimColumns {
  readonly scenes: Uint32Array;
  readonly items: Uint32Array;
  readonly strengths: Uint32Array;
}

/** What is kept beside the index. */
export interface LastScan {
  readonly version: typeof VERSION;
  /** All it rests on, as one text. */
  readonly fingerprint: string;
  /** Epoch seconds. */
  readonly finishedAt: number;
  /** Epoch seconds of the last update of any scene, as far as the scan saw. */
  readonly newestUpdate: number;
  readonly claims: ClaimColumns;
  readonly fallen: readonly FallenClaim[];
  /** The missing scenes with what was found of them. */
  readonly missing: MissingColumns;
}

/** The last scan with its index. */
export interface LastScanRead extends LastScan {
  readonly index: Uint8Array;
}

/**
 * Writes it, the index straight from memory. Not flushed to the disk: what a crash leaves is noticed when it is read.
 * @throws QueueError
 */
export async function writeLastScan(path: string, scan: Omit<LastScan, 'version'>, index: Uint8Array): Promise<void> {
  const head = packr.pack({ version: VERSION, ...scan } satisfies LastScan);
  const lengths = Buffer.alloc(16);
  lengths.writeDoubleLE(head.length, 0);
  lengths.writeDoubleLE(index.length, 8);
  await writePieces(path, [lengths, head, index, END], { durability: 'unflushed', mode: 0o600 });
}

/** Reads it; undefined where there is none that is whole, of this version, young enough and of this fingerprint. */
export function readLastScan(path: string, fingerprint: string, now: number): LastScanRead | undefined {
  try {
    const bytes = readFileSync(path);
    const [headLength, indexLength] = [bytes.readDoubleLE(0), bytes.readDoubleLE(8)];
    const indexAt = 16 + headLength;
    const isWhole = bytes.length === indexAt + indexLength + END.length && bytes.subarray(-END.length).equals(END);
    if (!isWhole) return undefined;
    const scan: unknown = packr.unpack(bytes.subarray(16, indexAt));
    if (!isLastScan(scan) || scan.fingerprint !== fingerprint) return undefined;
    const age = now - scan.finishedAt;
    if (!(age >= 0 && age < MAX_AGE_SECONDS)) return undefined;
    return { ...scan, index: bytes.subarray(indexAt, indexAt + indexLength) };
  } catch {
    // Whatever is wrong with it, everything can be read again.
    return undefined;
  }
}

function isLastScan(value: unknown): value is LastScan {
  const { version, fingerprint, finishedAt, newestUpdate, claims, fallen, missing } = (value ??
    {}) as Partial<LastScan>;
  return (
    version === VERSION &&
    typeof fingerprint === 'string' &&
    typeof finishedAt === 'number' &&
    typeof newestUpdate === 'number' &&
    claims?.scenes instanceof Uint32Array &&
    claims.items instanceof Uint32Array &&
    claims.strengths instanceof Uint32Array &&
    Array.isArray(fallen) &&
    missing?.scenes instanceof Uint32Array &&
    missing.reasons instanceof Uint8Array &&
    missing.parts instanceof Uint32Array
  );
}
