/**
 * Sequences: both servers change step by step, and after every step a scan must say what one without any memory says, queue
 * no job that could hit another scene's item, queue nothing twice, and forget nothing that is due.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { scan, type ReportLine } from 'gapscan';
import { describe, expect, it } from 'vitest';
import {
  sampleItem,
  sampleScene,
  sampleSection,
  type SampleItem,
  type SampleScene,
} from '../../src/main/demo/world.js';
import { fold, nameOf } from '../support/oracle.js';
import { runs } from '../support/property.js';
import { payloadOf, readReport, scanRig, type ScanRig } from '../support/scan-world.js';
import { tempDir } from '../support/temp-dir.js';

const NAMES = ['a.mp4', 'b.mp4', 'scene.mp4'];
const DIRECTORIES = ['x', 'y', 'z/x'];

/** What the servers hold; item keys stay with their files until they are rebuilt. */
interface Libraries {
  scenes: SampleScene[];
  items: SampleItem[];
  isSplit: boolean;
  synced: Record<string, number>;
  nextScene: number;
  nextKey: number;
  clock: number;
}

type Step = (libraries: Libraries, n: number, rig: ScanRig) => void;

const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];
const pathAt = (n: number): string => `${DIRECTORIES[n % 3]!}/${NAMES[Math.floor(n / 3) % 3]!}`;
const stamp = (clock: number): string => new Date(clock * 1000).toISOString();

function touch(libraries: Libraries, scene: SampleScene | undefined, change: Partial<SampleScene>): void {
  const updated_at = stamp((libraries.clock += 60));
  libraries.scenes = libraries.scenes.map((each) => (each === scene ? { ...each, updated_at, ...change } : each));
}

function changeFile(libraries: Libraries, item: SampleItem | undefined, part: { file?: string; size?: number }): void {
  libraries.items = libraries.items.map((each) =>
    each === item
      ? { ...each, media: each.media.map(({ parts }) => ({ parts: parts.map((old) => ({ ...old, ...part })) })) }
      : each,
  );
}

const STEPS: Record<string, Step> = {
  add(libraries, n) {
    const [path, size] = [pathAt(n), 100 + (n % 4)];
    libraries.scenes.push(
      sampleScene({
        id: libraries.nextScene++,
        details: 'd',
        updated_at: stamp((libraries.clock += 60)),
        files: [{ path: `/data/${path}`, size, duration: 60 + (n % 3) * 30 }],
      }),
    );
    if (n % 3 > 0)
      libraries.items.push(
        sampleItem({
          ratingKey: String(libraries.nextKey++),
          title: 't',
          parts: [{ file: `/media/${path}`, size, duration: (60 + (n % 3) * 30) * 1000 }],
        }),
      );
  },
  delete(libraries, n) {
    libraries.scenes = libraries.scenes.filter((scene) => scene !== pick(libraries.scenes, n));
  },
  trash(libraries, n) {
    libraries.items = libraries.items.filter((item) => item !== pick(libraries.items, n));
  },
  renameInPlex(libraries, n) {
    changeFile(libraries, pick(libraries.items, n), { file: `/media/${pathAt(n)}` });
  },
  moveInStash(libraries, n) {
    const scene = pick(libraries.scenes, n);
    touch(libraries, scene, { files: (scene?.files ?? []).map((file) => ({ ...file, path: `/data/${pathAt(n)}` })) });
  },
  reencode(libraries, n) {
    changeFile(libraries, pick(libraries.items, n), { size: 100 + (n % 7) });
  },
  rebuildKeys(libraries) {
    const keys = libraries.items.map(({ ratingKey }) => ratingKey);
    libraries.items = libraries.items.map((item, i) => ({ ...item, ratingKey: keys[(i + 1) % keys.length]! }));
  },
  split(libraries) {
    libraries.isSplit = !libraries.isSplit;
  },
  merge(libraries, n) {
    const [one, other] = [pick(libraries.scenes, n), pick(libraries.scenes, n + 1)];
    if (one === undefined || other === undefined || one === other) return;
    touch(libraries, one, { files: [...one.files, ...other.files] });
    libraries.scenes = libraries.scenes.filter((scene) => scene !== other);
  },
  edit(libraries, n) {
    touch(libraries, pick(libraries.scenes, n), { details: `edited ${n}` });
  },
  sync(libraries, n) {
    const scene = pick(libraries.scenes, n);
    if (scene) libraries.synced[scene.id] = libraries.clock += 60;
  },
  drain(_, n, rig) {
    endRows(rig, n % 2 === 0 ? 5 : 9);
  },
};

function endRows({ queueFile }: ScanRig, status: number): void {
  if (!existsSync(queueFile)) return;
  const database = new Database(queueFile);
  database.prepare('UPDATE ack_queue_default SET status = ? WHERE status < 2').run(status);
  database.close();
}

function publish(rig: ScanRig, libraries: Libraries): void {
  const { items, scenes } = libraries;
  const half = libraries.isSplit ? Math.ceil(items.length / 2) : items.length;
  const sections = [
    sampleSection({ key: '1', items: items.slice(0, half) }),
    sampleSection({ key: '2', title: 'More', items: items.slice(half) }),
  ];
  rig.stash.state.world = { ...rig.stash.state.world, scenes };
  rig.plex.state.world = { ...rig.plex.state.world, sections };
  writeFileSync(join(rig.dataDir, 'sync_timestamps.json'), JSON.stringify(libraries.synced));
}

/** What the queue's rules make of a gap with a safe job, given the rows before the scan. */
function dueAction(rows: readonly { status: number; enqueuedAt: number }[], updatedAt: number): string {
  const waiting = rows.filter(({ status }) => status < 2);
  if (waiting.some(({ enqueuedAt }) => enqueuedAt <= updatedAt)) return 'refreshed';
  if (waiting.length > 0) return 'already_queued';
  const ended = rows.filter(({ enqueuedAt }) => enqueuedAt > updatedAt).at(-1);
  return ended === undefined ? 'enqueued' : ended.status === 5 ? 'recently_done' : 'dead_lettered';
}

const spoken = ({ verdict, action, item }: ReportLine): string => [verdict, action, item?.ratingKey].join(' ');

async function checkStep(rig: ScanRig, libraries: Libraries): Promise<number> {
  const report = (name: string) => [{ path: join(tempDir(), name), format: 'ndjson' as const }];
  const [fresh, own] = [report('fresh.ndjson'), report('own.ndjson')];
  const common = { ...rig.options, include: 'all' as const, force: true };
  const before = rowsOf(rig);
  await scan({ ...common, reports: fresh, stateDir: tempDir(), dryRun: true });
  await scan({ ...common, reports: own });
  const [without, lines] = [readReport(fresh[0]!.path), readReport(own[0]!.path)];
  const files = libraries.items.flatMap(({ ratingKey, media }) =>
    media.flatMap(({ parts }) => parts.map(({ file }) => ({ ratingKey, file }))),
  );
  for (const [id, line] of lines) {
    // All that memory may do is to keep a weak match off somebody else's item.
    if (line.code === 'held') continue;
    expect(spoken(line)).toBe(spoken(without.get(id)!));
    if (line.action === null || ['withheld', 'unsafe_name', 'not_selected'].includes(line.action)) continue;
    const scene = libraries.scenes.find((each) => each.id === id)!;
    expect(line.action).toBe(dueAction(before.get(id) ?? [], Date.parse(scene.updated_at) / 1000));
  }
  for (const row of queueRows(rig).filter(({ status }) => status < 2)) {
    const line = lines.get(Number(row.job.get('scene_id')));
    if (line?.action !== 'enqueued') continue;
    const owners = new Set(
      files
        .filter(({ file }) => nameOf(file) === fold(String(payloadOf(row)['path']).split('/').pop()!))
        .map(({ ratingKey }) => ratingKey),
    );
    expect([...owners]).toEqual(line.item === null ? [] : [line.item.ratingKey]);
  }
  for (const rows of rowsOf(rig).values()) expect(rows.filter(({ status }) => status < 2).length).toBeLessThan(2);
  return lines.size;
}

/** No queue is made before there is anything to queue. */
const queueRows = (rig: ScanRig) => (existsSync(rig.queueFile) ? rig.rows() : []);

function rowsOf(rig: ScanRig): Map<number, { status: number; enqueuedAt: number }[]> {
  const rows = new Map<number, { status: number; enqueuedAt: number }[]>();
  for (const { status, job } of queueRows(rig)) {
    const id = Number(job.get('scene_id'));
    rows.set(id, [...(rows.get(id) ?? []), { status, enqueuedAt: Number(job.get('enqueued_at')) }]);
  }
  return rows;
}

describe('any sequence of changes', () => {
  it('leaves every scan as right as the first', { timeout: 300_000 }, async () => {
    const step = fc.tuple(fc.constantFrom(...Object.keys(STEPS)), fc.nat(60));
    let [scans, judged] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(60), { minLength: 4, maxLength: 8 }),
        fc.array(step, { minLength: 4, maxLength: 10 }),
        async (adds, steps) => {
          const rig = await scanRig({ scenes: [], items: [] });
          const clock = Date.now() / 1000 - 86_400;
          const libraries: Libraries = {
            scenes: [],
            items: [],
            isSplit: false,
            synced: {},
            nextScene: 1,
            nextKey: 100,
            clock,
          };
          for (const n of adds) STEPS['add']!(libraries, n, rig);
          for (const [name, n] of [['edit', 0] as const, ...steps]) {
            STEPS[name]!(libraries, n, rig);
            publish(rig, libraries);
            judged += await checkStep(rig, libraries);
            scans += 2;
          }
        },
      ),
      { numRuns: runs(20), endOnFailure: true },
    );
    expect([scans > 100, judged > 400]).toEqual([true, true]);
  });
});
