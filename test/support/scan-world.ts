/** A whole scan over a small world: sample servers on loopback, a data directory, the public `scan`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { scan, type ReportLine, type ScanOptions, type ScanSummary } from 'gapscan';
import { onTestFinished } from 'vitest';
import { startSamplePlex, type SamplePlex } from '../../src/main/demo/sample-plex.js';
import { startSampleStash, type SampleStash } from '../../src/main/demo/sample-stash.js';
import { sampleSection, type SampleItem, type SampleScene, type SampleWorld } from '../../src/main/demo/world.js';
import { decodePickle, type PickleValue } from '../../src/main/queue/pickle-decode.js';
import { withFaults, type Faulty } from './faults.js';
import { tempDir } from './temp-dir.js';

/** What a small world is made of. */
export interface SmallWorld {
  readonly scenes: readonly SampleScene[];
  readonly items?: readonly SampleItem[];
  readonly sections?: SampleWorld['sections'];
  readonly syncTimestamps?: Readonly<Record<string, number>>;
}

/** One row of the queue. */
export interface QueueRow {
  readonly id: number;
  readonly status: number;
  readonly timestamp: number;
  readonly job: Map<PickleValue, PickleValue>;
}

/** Servers and directories of one test. */
export interface ScanRig {
  readonly stash: SampleStash & Faulty;
  readonly plex: SamplePlex & Faulty;
  readonly dataDir: string;
  readonly queueFile: string;
  readonly options: ScanOptions;
  /** Scans with a report of all scenes. */
  run(overrides?: Partial<ScanOptions>): Promise<{ summary: ScanSummary; lines: Map<number, ReportLine> }>;
  /** The lines of a dry run over other sync timestamps. */
  scanWith(syncTimestamps: object, overrides?: Partial<ScanOptions>): Promise<Map<number, ReportLine>>;
  rows(): QueueRow[];
}

export const KEY = 'stash-key-0123456789';
export const TOKEN = 'plex-token-0123456789';

export function toWorld({ scenes, items, sections, syncTimestamps }: SmallWorld): SampleWorld {
  return {
    scenes,
    sections: sections ?? [sampleSection({ items: items ?? [] })],
    syncTimestamps: syncTimestamps ?? {},
  };
}

/** Starts both servers; everything goes away with the test. */
export async function scanRig(small: SmallWorld): Promise<ScanRig> {
  const world = toWorld(small);
  const stash = withFaults(await startSampleStash({ world, apiKey: KEY }));
  const plex = withFaults(await startSamplePlex({ world, token: TOKEN }));
  const dataDir = join(tempDir(), 'data');
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'sync_timestamps.json'), JSON.stringify(world.syncTimestamps));
  onTestFinished(async () => {
    await stash.close();
    await plex.close();
  });
  const queueFile = join(dataDir, 'queue', 'data.db');
  const options: ScanOptions = {
    stash: { url: stash.url, secret: KEY, retries: 1 },
    plex: { url: plex.url, secret: TOKEN, retries: 1 },
    dataDir,
  };
  const run: ScanRig['run'] = async (overrides) => {
    const path = join(dataDir, 'report.ndjson');
    const report = { reports: [{ path, format: 'ndjson' as const }], include: 'all' as const };
    const summary = await scan({ ...options, ...report, ...overrides });
    return { summary, lines: readReport(path) };
  };
  const scanWith: ScanRig['scanWith'] = async (syncTimestamps, overrides) => {
    writeFileSync(join(dataDir, 'sync_timestamps.json'), JSON.stringify(syncTimestamps));
    return (await run({ dryRun: true, force: true, ...overrides })).lines;
  };
  return { stash, plex, dataDir, queueFile, options, run, scanWith, rows: () => readQueue(queueFile) };
}

/** Report lines by scene id. */
export function readReport(path: string): Map<number, ReportLine> {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return new Map(lines.map((text) => JSON.parse(text) as ReportLine).map((line) => [line.sceneId, line]));
}

/** All rows, decoded. */
export function readQueue(queueFile: string): QueueRow[] {
  const database = new Database(queueFile, { readonly: true });
  try {
    const rows = database
      .prepare<[], { _id: number; data: Buffer; timestamp: number; status: number }>('SELECT * FROM ack_queue_default')
      .all();
    return rows.map(({ _id, data, timestamp, status }) => {
      const read = decodePickle(data);
      if (!read.ok || !(read.value instanceof Map)) throw new Error('not a job');
      return { id: _id, status, timestamp, job: read.value };
    });
  } finally {
    database.close();
  }
}

/** The payload of a job as a plain object. */
export function payloadOf({ job }: QueueRow): Record<string, unknown> {
  return Object.fromEntries(job.get('data') as Map<string, unknown>);
}

/** Everything the command line needs to scan a rig. */
export function cliEnvironment({ stash, plex, dataDir }: ScanRig) {
  return {
    STASH_URL: stash.url,
    STASH_API_KEY: KEY,
    PLEX_URL: plex.url,
    PLEX_TOKEN: TOKEN,
    GAPSCAN_DATA_DIR: dataDir,
  };
}
