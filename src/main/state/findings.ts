/** The findings of the last run, for `list`: bounded, and only what somebody may have to look at. */
import { promisify } from 'node:util';
import { deflateRaw, inflateRawSync } from 'node:zlib';
import type { Verdict } from '../../shared/verdicts.js';
import type { ReportLine, ScanScope } from '../scan-types.js';
import { packr, readState, writePieces, type StateRead } from './state-file.js';

const VERSION = 1;

/** How many findings of each verdict are kept: a run without a report must not pay for what a report is for. */
export const KEPT_OF_EACH = 2_000;

/** What is kept of a run. */
export interface KeptFindings {
  readonly version: typeof VERSION;
  /** When the run began, ISO 8601. */
  readonly startedAt: string;
  /** What it was limited to. */
  readonly scope: ScanScope;
  /** How many scenes had each verdict, of which not all may be kept. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Report lines as NDJSON, deflated. */
  readonly lines: Uint8Array;
}

/** Replaces the file. @param lines NDJSON. @throws QueueError */
export async function writeFindings(
  path: string,
  run: Pick<KeptFindings, 'startedAt' | 'scope' | 'verdicts'>,
  lines: readonly Uint8Array[],
): Promise<void> {
  // The quickest level: the file is read once in a while, and the run waits for it.
  const packed = await promisify(deflateRaw)(Buffer.concat(lines), { level: 1 });
  const kept = packr.pack({ version: VERSION, ...run, lines: packed } satisfies KeptFindings);
  await writePieces(path, [kept], { durability: 'flushed', mode: 0o600 });
}

/** Reads the file. */
export function readFindings(path: string): StateRead<KeptFindings> {
  return readState(path, isFindings);
}

/** The report lines of what was read. Throws where they are damaged, as `zlib` and `JSON` do. */
export function findingsIn({ lines }: KeptFindings): ReportLine[] {
  const text = inflateRawSync(lines).toString('utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ReportLine);
}

function isFindings(value: unknown): value is KeptFindings {
  const { version, startedAt, scope, verdicts, lines } = (value ?? {}) as Partial<KeptFindings>;
  return (
    version === VERSION &&
    typeof startedAt === 'string' &&
    typeof scope === 'object' &&
    typeof verdicts === 'object' &&
    lines instanceof Uint8Array
  );
}
