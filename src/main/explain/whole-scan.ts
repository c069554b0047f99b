/** What a scan of the whole library says: remembered while it holds, else found anew. */
import { openIndex, type PlexIndex } from '../../shared/index/reader.js';
import type { ScanContext } from '../../shared/messages.js';
import { writeIndex } from '../engine/context.js';
import type { FallenClaim } from '../merge/claims.js';
import type { MissingColumns } from '../missing/missing-scenes.js';
import type { Connected } from '../scan/connect.js';
import { diagnose } from '../scan/diagnose.js';
import { askFingerprint } from '../scan/fingerprint.js';
import { describeScan, judgeLibrary } from '../scan/judge-library.js';
import { recallMatches } from '../scan/memory.js';
import { settle } from '../scan/settle.js';
import { askNewestUpdate } from '../stash/questions.js';
import { readLastScan, type ClaimColumns } from '../state/last-scan.js';
import type { KnownMatches } from '../state/known-matches.js';

/** As much of it as an explanation needs. */
export interface WholeScan {
  readonly index: PlexIndex;
  readonly context: ScanContext;
  readonly claims: ClaimColumns;
  /** The claims that did not stand. */
  readonly fallen: readonly FallenClaim[];
  readonly missing: MissingColumns;
  /** The proven matches of earlier runs. */
  readonly known: KnownMatches | undefined;
}

/** Takes what the last scan left while nothing it rests on has changed, else reads everything. @throws GapscanError */
export async function recallOrRead(connected: Connected): Promise<WholeScan> {
  return (await recallWholeScan(connected)) ?? (await readWholeScan(connected));
}

/** What the last scan left, while nothing it rests on has changed. @throws GapscanError */
export async function recallWholeScan(connected: Connected): Promise<WholeScan | undefined> {
  const fingerprint = await askFingerprint(connected);
  if (fingerprint === undefined) return undefined;
  const last = readLastScan(connected.paths.lastScan, fingerprint, Date.now() / 1000);
  if (last === undefined || !isSame(last.newestUpdate, await askNewestUpdate(connected.stash))) return undefined;
  const { memory } = connected.local;
  const bytes = memory.bytes(memory.allocate(last.index.length), last.index.length);
  bytes.set(last.index);
  const opened = openIndex(bytes);
  if (!opened.ok) return undefined;
  const context = writeIndex(memory, describeScan(connected), bytes, opened.index);
  return { ...last, index: opened.index, context, known: recallMatches(connected) };
}

/** Times are read in two ways, of which one knows no less than milliseconds. */
const isSame = (a: number, b: number): boolean => Math.abs(a - b) < 0.002;

/** Reads everything. @throws GapscanError */
export async function readWholeScan(connected: Connected): Promise<WholeScan> {
  const { index, context, merge, fallen, known } = diagnose(
    connected,
    await settle(connected, await judgeLibrary(connected)),
  );
  return { index, context, claims: merge.claims.columns(), fallen, missing: merge.missing.columns(), known };
}
