import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zeroActions, type GapAction } from '../../../src/shared/verdicts.js';
import { because, hasPersistQueue, python } from '../../support/python.js';
import { runs } from '../../support/property.js';
import { AS_OF, DAY, NOW, QueueRig, UPDATED, gapOf, type OldRow } from './queue-rig.js';

/** What becomes of scene 1, updated an hour ago, when these rows are in the queue. */
async function actionAfter(rows: readonly OldRow[], options: { retryFailed?: boolean; updatedAt?: number } = {}) {
  const rig = new QueueRig();
  rig.put(...rows);
  const { actions } = await rig.commit([gapOf(1, options.updatedAt)], { retryFailed: options.retryFailed === true });
  return actions[1];
}

const before = UPDATED - 60;
const after = UPDATED + 60;

describe('the dedupe', () => {
  it.each<[string, OldRow[], GapAction]>([
    ['no row', [], 'enqueued'],
    ['only rows of other scenes', [{ sceneId: 2 }, { sceneId: 3, status: 2 }], 'enqueued'],
    ['a fresh row from after the update', [{ enqueuedAt: after }], 'already_queued'],
    ['a row put back, from after the update', [{ enqueuedAt: after, status: 1 }], 'already_queued'],
    ['a fresh row from before the update', [{ enqueuedAt: before }], 'refreshed'],
    ['a row put back, from before the update', [{ enqueuedAt: before, status: 1 }], 'refreshed'],
    ['a waiting row from the very moment of the update', [{ enqueuedAt: UPDATED }], 'refreshed'],
    ['a retried copy: new row, old data', [{ enqueuedAt: before, timestamp: NOW - 5 }], 'refreshed'],
    ['waiting rows from before and after', [{ enqueuedAt: before }, { enqueuedAt: after }], 'refreshed'],
    ['a taken row from after the update', [{ enqueuedAt: after, status: 2 }], 'already_queued'],
    ['a taken row from before the update', [{ enqueuedAt: before, status: 2 }], 'already_queued'],
    ['a done row from after the update', [{ enqueuedAt: after, status: 5 }], 'recently_done'],
    ['a done row from before the update', [{ enqueuedAt: before, status: 5 }], 'enqueued'],
    ['a done copy: new row, old data', [{ enqueuedAt: before, timestamp: NOW - 5, status: 5 }], 'enqueued'],
    ['a given-up row from after the update', [{ enqueuedAt: after, status: 9 }], 'dead_lettered'],
    ['a given-up row from before the update', [{ enqueuedAt: before, status: 9 }], 'enqueued'],
    ['retries acked, the last one given up', [{ status: 5 }, { status: 5 }, { status: 9 }], 'dead_lettered'],
    ['given up, done since', [{ status: 9 }, { status: 5 }], 'recently_done'],
    ['done, waiting again', [{ status: 5 }, { status: 0 }], 'already_queued'],
    ['a row in a state persist-queue does not have', [{ status: 7 }], 'enqueued'],
    ['rows without a state or with text in its place', [{ status: null }, { status: 'x' }], 'enqueued'],
  ])('%s', async (_, rows, action) => {
    expect(await actionAfter(rows)).toBe(action);
  });

  it('forgets done and given-up rows older than retryAfter', async () => {
    const updatedAt = NOW - 30 * DAY;
    const just = { enqueuedAt: NOW - 7 * DAY + 5 };
    const long = { enqueuedAt: NOW - 7 * DAY - 5 };
    expect(await actionAfter([{ ...just, status: 5 }], { updatedAt })).toBe('recently_done');
    expect(await actionAfter([{ ...long, status: 5 }], { updatedAt })).toBe('enqueued');
    expect(await actionAfter([{ ...just, status: 9 }], { updatedAt })).toBe('dead_lettered');
    expect(await actionAfter([{ ...long, status: 9 }], { updatedAt })).toBe('enqueued');
    expect(await actionAfter([long], { updatedAt })).toBe('already_queued');
  });

  it('counts a late retry from its row, not from the age of its data', async () => {
    const rows = [{ enqueuedAt: NOW - 8 * DAY, timestamp: NOW - DAY, status: 9 }];
    expect(await actionAfter(rows, { updatedAt: NOW - 30 * DAY })).toBe('dead_lettered');
  });

  it.each([5, 9] as const)(
    'counts a job refreshed yesterday from then, however old its row, when it ended with %i',
    async (status) => {
      const action = status === 5 ? 'recently_done' : 'dead_lettered';
      const refreshed = { enqueuedAt: NOW - DAY, timestamp: NOW - 8 * DAY, status };
      const older = { enqueuedAt: NOW - 2 * DAY, status: status === 5 ? 9 : 5 };
      const updatedAt = NOW - 30 * DAY;
      expect(await actionAfter([refreshed], { updatedAt })).toBe(action);
      expect(await actionAfter([refreshed, older], { updatedAt })).toBe(action);
      expect(await actionAfter([older, refreshed], { updatedAt })).toBe(action);
      expect(await actionAfter([{ ...refreshed, enqueuedAt: NOW - 8 * DAY }], { updatedAt })).toBe('enqueued');
    },
  );

  it.skipIf(!hasPersistQueue)(`finds a refreshed row at every protocol and with keys behind${because}`, async () => {
    const job = { scene_id: 1, enqueued_at: NOW - DAY, job_key: 'scene_1' };
    const jobs = [job, { ...job, note: 'x'.repeat(500) }, { ...job, enqueued_at: Math.floor(NOW - DAY) }];
    const dump = `import pickle, base64
print(json.dumps([base64.b64encode(pickle.dumps(j, p)).decode() for p in (2, 3, 4, 5) for j in input]))`;
    for (const data of python(dump, jobs) as string[]) {
      const row = { data: Buffer.from(data, 'base64'), timestamp: NOW - 8 * DAY, status: 5 };
      expect(await actionAfter([row], { updatedAt: NOW - 30 * DAY })).toBe('recently_done');
    }
  });

  it('lets no update time from the future count against a finished row, but refreshes a waiting one', async () => {
    for (const updatedAt of [NOW + 1, NOW + 3 * DAY, NOW + 5 * 365 * DAY]) {
      expect(await actionAfter([{ status: 5 }], { updatedAt })).toBe('recently_done');
      expect(await actionAfter([{ status: 9 }], { updatedAt })).toBe('dead_lettered');
      expect(await actionAfter([{ enqueuedAt: NOW - 8 * DAY, status: 5 }], { updatedAt })).toBe('enqueued');
      expect(await actionAfter([{ status: 0 }], { updatedAt })).toBe('refreshed');
      expect(await actionAfter([{ enqueuedAt: NOW + 60 }], { updatedAt })).toBe('already_queued');
      expect(await actionAfter([{ status: 2 }], { updatedAt })).toBe('already_queued');
    }
  });

  it('--retry-failed overrides given up, and nothing else', async () => {
    const retryFailed = true;
    expect(await actionAfter([{ status: 9 }], { retryFailed })).toBe('enqueued');
    expect(await actionAfter([{ status: 5 }, { status: 9 }], { retryFailed })).toBe('enqueued');
    expect(await actionAfter([{ status: 5 }], { retryFailed })).toBe('recently_done');
    expect(await actionAfter([{ status: 0 }], { retryFailed })).toBe('already_queued');
  });

  it('takes every row for newer than an update time that could not be read', async () => {
    const updatedAt = NaN;
    expect(await actionAfter([{ enqueuedAt: before }], { updatedAt })).toBe('already_queued');
    expect(await actionAfter([{ enqueuedAt: before, status: 5 }], { updatedAt })).toBe('recently_done');
    expect(await actionAfter([{ enqueuedAt: before, status: 9 }], { updatedAt })).toBe('dead_lettered');
    expect(await actionAfter([{ enqueuedAt: NOW - 8 * DAY, status: 5 }], { updatedAt })).toBe('enqueued');
  });

  it('goes by the row time when the payload does not say how old it is', async () => {
    // {'scene_id': 1}
    const data = Buffer.from([0x80, 4, 0x7d, 0x8c, 8, ...Buffer.from('scene_id'), 0x4b, 1, 0x73, 0x2e]);
    expect(await actionAfter([{ data, timestamp: after }])).toBe('already_queued');
    expect(await actionAfter([{ data, timestamp: before }])).toBe('refreshed');
    expect(await actionAfter([{ data, timestamp: 'yesterday' }])).toBe('refreshed');
  });

  it('sees every row of a long queue', async () => {
    const rig = new QueueRig();
    const scenes = Array.from({ length: 20_050 }, (_, i) => i + 1);
    rig.put(...scenes.map((sceneId) => ({ sceneId, status: sceneId % 2 ? 0 : 5 })));
    const gaps = [...scenes, 30_000].map((id) => gapOf(id));
    const { counts } = await rig.commit(gaps);
    expect(counts).toEqual({ ...zeroActions(), already_queued: 10_025, recently_done: 10_025, enqueued: 1 });
  });

  it('agrees with a plain reading of the rules for any mix of rows', async () => {
    const times = [NOW - 8 * DAY, before, UPDATED, after, NOW - 30];
    const row = fc.record({
      sceneId: fc.integer({ min: 1, max: 3 }),
      enqueuedAt: fc.constantFrom(...times),
      timestamp: fc.constantFrom(...times),
      status: fc.constantFrom(0, 1, 2, 5, 9),
    });
    const updatedAt = fc.constantFrom(UPDATED, NaN, NOW - 20 * DAY, NOW + 2 * DAY);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 8 }), updatedAt, fc.boolean(), async (rows, updated, retryFailed) => {
        const rig = new QueueRig();
        rig.put(...rows);
        const gaps = [1, 2, 3].map((id) => gapOf(id, updated));
        const { actions } = await rig.commit(gaps, { retryFailed });
        const own = (id: number) => rows.filter(({ sceneId }) => sceneId === id);
        const expected = [1, 2, 3].map((id) => [id, naiveAction(own(id), updated, retryFailed)]);
        expect(actions).toEqual(Object.fromEntries(expected));
      }),
      { numRuns: runs(150) },
    );
  });
});

interface PlainRow {
  readonly enqueuedAt: number;
  readonly timestamp: number;
  readonly status: number;
}

function naiveAction(rows: readonly PlainRow[], updatedAt: number, retryFailed: boolean): GapAction {
  const waiting = rows.filter(({ status }) => status < 2);
  if (waiting.some(({ enqueuedAt }) => enqueuedAt <= Math.min(updatedAt, NOW))) return 'refreshed';
  if (rows.some(({ status }) => status <= 2)) return 'already_queued';
  const touched = ({ enqueuedAt, timestamp }: PlainRow) => Math.max(enqueuedAt, timestamp);
  const finished = rows.filter(
    (row) =>
      row.status > 2 &&
      touched(row) >= NOW - 7 * DAY &&
      (Number.isNaN(updatedAt) || updatedAt > NOW || row.enqueuedAt > updatedAt),
  );
  // Stable: of equally new ones the later row stays last.
  const newest = finished.toSorted((a, b) => touched(a) - touched(b)).at(-1);
  if (newest === undefined) return 'enqueued';
  if (newest.status === 5) return 'recently_done';
  return retryFailed ? 'enqueued' : 'dead_lettered';
}

describe('what is written', () => {
  it('a new row: the job, the time of the commit, waiting', async () => {
    const rig = new QueueRig();
    rig.put({ sceneId: 9, status: 5 });
    const { counts } = await rig.commit([gapOf(2), gapOf(1)]);
    expect(counts).toEqual({ ...zeroActions(), enqueued: 2 });
    expect(rig.rows().slice(1)).toEqual([
      { id: 2, sceneId: 1, enqueuedAt: AS_OF, path: '/new/1.mp4', timestamp: NOW, status: 0 },
      { id: 3, sceneId: 2, enqueuedAt: AS_OF, path: '/new/2.mp4', timestamp: NOW, status: 0 },
    ]);
  });

  it('a refresh replaces the payload of every older waiting row, and nothing else', async () => {
    const rig = new QueueRig();
    const old = [
      { enqueuedAt: before, status: 1, timestamp: NOW - 50 },
      { enqueuedAt: after, status: 0 },
      { enqueuedAt: before, status: 2 },
      { enqueuedAt: before, status: 0 },
      { enqueuedAt: before, status: 5 },
      { sceneId: 2, enqueuedAt: before, status: 0 },
    ];
    rig.put(...old);
    const untouched = rig.rows();
    expect((await rig.commit([gapOf(1)])).actions).toEqual({ 1: 'refreshed' });
    const replaced = { enqueuedAt: AS_OF, path: '/new/1.mp4' };
    expect(rig.rows()).toEqual(untouched.map((row, i) => (i === 0 || i === 3 ? { ...row, ...replaced } : row)));
  });

  it('nothing for gaps decided before the queue is looked at', async () => {
    const rig = new QueueRig();
    rig.put({ sceneId: 1, enqueuedAt: before });
    const refusals = ['withheld', 'not_selected', 'unsafe_name'] as const;
    const gaps = refusals.map((refusal, i) => ({ ...gapOf(i + 1), refusal, job: undefined }));
    const untouched = rig.bytes();
    const result = await rig.commit(gaps);
    expect(result.actions).toEqual({ 1: 'withheld', 2: 'not_selected', 3: 'unsafe_name' });
    expect(result.counts).toEqual({ ...zeroActions(), withheld: 1, not_selected: 1, unsafe_name: 1 });
    expect(result.lockHeldSeconds).toBe(0);
    expect(rig.bytes()).toBe(untouched);
  });

  it('nothing the second time', async () => {
    const rig = new QueueRig();
    const gaps = [1, 2, 3].map((id) => gapOf(id));
    await rig.commit(gaps);
    const once = rig.bytes();
    for (let run = 0; run < 50; run++) {
      expect((await rig.commit(gaps)).counts).toEqual({ ...zeroActions(), already_queued: 3 });
    }
    expect(rig.bytes()).toBe(once);
  });
});

describe('a limit', () => {
  const gaps = [5, 1, 4, 2, 3].map((id) => gapOf(id));

  it('queues that many jobs, the lowest ids first, and the next run the next', async () => {
    const rig = new QueueRig();
    expect((await rig.commit(gaps, { limit: 2 })).actions).toEqual({
      1: 'enqueued',
      2: 'enqueued',
      3: 'not_selected',
      4: 'not_selected',
      5: 'not_selected',
    });
    const second = await rig.commit(gaps, { limit: 2 });
    expect(second.counts).toEqual({ ...zeroActions(), already_queued: 2, enqueued: 2, not_selected: 1 });
    const third = await rig.commit(gaps, { limit: 2 });
    expect(third.counts).toEqual({ ...zeroActions(), already_queued: 4, enqueued: 1 });
    expect(rig.rows().map(({ sceneId }) => sceneId)).toEqual([1, 2, 3, 4, 5]);
  });

  it('counts new jobs only: rows that wait are refreshed beside them', async () => {
    const rig = new QueueRig();
    rig.put({ sceneId: 3, enqueuedAt: before }, { sceneId: 1, status: 5 });
    const { actions } = await rig.commit(gaps, { limit: 1 });
    expect(actions).toEqual({
      1: 'recently_done',
      2: 'enqueued',
      3: 'refreshed',
      4: 'not_selected',
      5: 'not_selected',
    });
  });

  it('of none queues none, and one that is not reached changes nothing', async () => {
    const rig = new QueueRig();
    expect((await rig.commit(gaps, { limit: 0 })).counts).toEqual({ ...zeroActions(), not_selected: 5 });
    expect(existsSync(rig.file)).toBe(false);
    expect((await rig.commit(gaps, { limit: 5 })).counts.enqueued).toBe(5);
  });

  it('holds in a dry run, and with rows that came in between', async () => {
    const rig = new QueueRig();
    rig.put({ sceneId: 9 });
    const dry = await rig.commit(gaps, { limit: 2, dryRun: true });
    expect(dry.counts).toEqual({ ...zeroActions(), enqueued: 2, not_selected: 3 });
    const onDecided = () => {
      rig.put({ sceneId: 1 }, { sceneId: 4 });
    };
    const { actions } = await rig.commit(gaps, { limit: 2, onDecided });
    expect(actions).toEqual({
      1: 'already_queued',
      2: 'enqueued',
      3: 'enqueued',
      4: 'already_queued',
      5: 'not_selected',
    });
  });
});

describe('rows that are not jobs', () => {
  it('are skipped with one warning that counts them, and left as they are', async () => {
    const rig = new QueueRig();
    const junk = [Buffer.from('junk'), 'text', 7, Buffer.from([0x80, 4, 0x4e, 0x2e]), Buffer.alloc(0)];
    rig.put(...junk.map((data) => ({ data, timestamp: NOW - 5 })), { sceneId: 1 });
    const rows = rig.rows();
    const { actions, warnings } = await rig.commit([gapOf(1), gapOf(2)]);
    expect(actions).toEqual({ 1: 'already_queued', 2: 'enqueued' });
    expect(warnings).toEqual([
      {
        code: 'queue_rows_unreadable',
        message: '5 rows of the queue are not readable jobs and were left alone; Stash2Plex may stop at them',
      },
    ]);
    expect(rig.rows().slice(0, rows.length)).toEqual(rows);
  });

  it('count only while the worker could still meet them', async () => {
    const rig = new QueueRig();
    rig.put(
      { data: Buffer.from('junk'), timestamp: NOW - 5, status: 5 },
      { data: Buffer.from('old'), timestamp: 5, status: 9 },
    );
    expect((await rig.commit([gapOf(1)])).warnings).toEqual([]);
  });

  it.skipIf(!hasPersistQueue)(`a row that would run a command is never run${because}`, async () => {
    const rig = new QueueRig();
    const trap = join(rig.dataDir, 'trap');
    const pickles = python(
      `
import pickle, base64, os
class Trap:
    def __reduce__(self):
        return (os.system, ("touch '%s'" % input,))
job = lambda v: {"scene_id": 1, "enqueued_at": v}
print(json.dumps([base64.b64encode(pickle.dumps(x, p)).decode() for p in range(6) for x in (Trap(), job(Trap()))]))`,
      trap,
    ) as string[];
    rig.put(...pickles.map((data) => ({ data: Buffer.from(data, 'base64') })));
    const { actions, warnings } = await rig.commit([gapOf(1)]);
    expect(actions).toEqual({ 1: 'enqueued' });
    expect(warnings[0]?.message).toMatch(/^12 rows /);
    expect(existsSync(trap)).toBe(false);
  });
});
