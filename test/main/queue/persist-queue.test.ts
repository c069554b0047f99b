import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeDemoWorld } from '../../../src/main/demo/demo-world.js';
import { sampleScene } from '../../../src/main/demo/world.js';
import { decodePickle, type PickleValue } from '../../../src/main/queue/pickle-decode.js';
import { encodeJob } from '../../support/job.js';
import { OPEN_QUEUE, because, hasPersistQueue, python, pythonInBackground } from '../../support/python.js';
import { scanRig } from '../../support/scan-world.js';

const NAMES = ['plain', 'NFD e\u0301', 'emoji \u{1f3ac}', 'quote " and \\', '100% [x]'];

function world() {
  const scenes = NAMES.map((name, i) =>
    sampleScene({
      id: i + 1,
      title: name,
      details: `${name}\nsecond line ${'x'.repeat(300)}`,
      studio: { name: 'Acme' },
      performers: [{ name: 'Ann Example' }, { name: name }],
      tags: [{ name: 'Outdoor' }],
      date: '2024-05-02',
      files: [{ path: `/s/${name.replace('\\', '')}.mp4`, size: 5, duration: 6 }],
    }),
  );
  return { scenes, items: [{ ratingKey: '1', title: 'other', media: [{ parts: [{ file: '/p/other.mp4' }] }] }] };
}

const TAKE_ALL = `
jobs = []
while q.size > 0:
    job = q.get(block=False)
    jobs.append({"job": job, "types": {k: type(v).__name__ for k, v in job.items()}})
    q.ack(job)
print(json.dumps(jobs))
`;

describe.skipIf(!hasPersistQueue)(`the real persist-queue${because}`, () => {
  it('reads what gapscan wrote, acks it, and gapscan sees it as done', async () => {
    const rig = await scanRig(world());
    const before = Date.now() / 1000;
    expect((await rig.run()).summary.queue.enqueued).toBe(NAMES.length);
    const queue = join(rig.dataDir, 'queue');
    const taken = python(OPEN_QUEUE + TAKE_ALL, { queue }) as { job: Record<string, unknown>; types: object }[];
    expect(taken.map(({ job }) => job)).toEqual(
      rig.stash.state.world.scenes.map((scene) => ({
        job_id: scene.id,
        scene_id: scene.id,
        update_type: 'metadata',
        enqueued_at: expect.closeTo(before, -1) as unknown,
        job_key: `scene_${scene.id}`,
        data: {
          path: scene.files[0]!.path,
          title: scene.title,
          studio: 'Acme',
          performers: scene.performers.map(({ name }) => name),
          tags: ['Outdoor'],
          details: scene.details,
          date: '2024-05-02',
          poster_url: `http://stash.example:9999/scene/${scene.id}/screenshot?t=${Date.parse(scene.updated_at) / 1000}`,
        },
      })),
    );
    const types = {
      job_id: 'int',
      scene_id: 'int',
      update_type: 'str',
      data: 'dict',
      enqueued_at: 'float',
      job_key: 'str',
    };
    expect(taken.map((entry) => entry.types)).toEqual(NAMES.map(() => types));
    const { summary } = await rig.run();
    expect(summary.queue).toMatchObject({ enqueued: 0, recently_done: NAMES.length });
  });

  it('makes the very same file as gapscan does where there was none', async () => {
    const rig = await scanRig(world());
    await rig.run();
    const own = join(rig.dataDir, 'theirs');
    const schema = `
import sqlite3
def describe(path):
    c = sqlite3.connect(path + "/data.db")
    pragmas = [c.execute("pragma " + p).fetchone()[0] for p in ("journal_mode", "page_size", "user_version", "integrity_check")]
    return [c.execute("select name, sql from sqlite_master order by name").fetchall(), pragmas]
theirs = dict(input, queue=input["own"])
SQLiteAckQueue(input["own"], multithreading=True)
print(json.dumps([describe(input["queue"]), describe(input["own"])]))`;
    const [ours, theirs] = python(OPEN_QUEUE + schema, { queue: join(rig.dataDir, 'queue'), own }) as [
      unknown,
      unknown,
    ];
    expect(ours).toEqual(theirs);
  });

  it('writes jobs that gapscan dedupes against: waiting, taken, done and given up', async () => {
    const rig = await scanRig(world());
    const queue = join(rig.dataDir, 'queue');
    mkdirSync(queue);
    const put = `
import time
for i in range(1, 5):
    q.put({"job_id": 1, "scene_id": i, "update_type": "metadata", "data": {"path": "/x"}, "enqueued_at": time.time(), "job_key": "scene_%d" % i})
q.ack(q.get()); q.ack_failed(q.get()); q.get()
print(1)`;
    python(OPEN_QUEUE + put, { queue });
    const { lines, summary } = await rig.run();
    expect([...lines].map(([id, line]) => [id, line.action])).toEqual([
      [1, 'recently_done'],
      [2, 'dead_lettered'],
      [3, 'already_queued'],
      [4, 'already_queued'],
      [5, 'enqueued'],
    ]);
    expect(summary.warnings).toEqual([]);
    expect((await rig.run({ retryFailed: true })).lines.get(2)!.action).toBe('enqueued');
  });

  it('leaves a file of its own untouched by a dry run and by a run with nothing to queue', async () => {
    const rig = await scanRig(world());
    await rig.run();
    const before = readFileSync(rig.queueFile);
    await rig.run({ dryRun: true, retryFailed: true });
    await rig.run();
    expect(readFileSync(rig.queueFile).equals(before)).toBe(true);
  });
});

const DRAIN = `
import os, time
done = []
while True:
    last = os.path.exists(input["stop"])
    if q._count() == 0:
        if last: break
        time.sleep(0.01)
        continue
    job = q.get(block=False)
    done.append(job["scene_id"])
    q.ack(job)
print(json.dumps(done))`;

describe.skipIf(!hasPersistQueue)(`a worker that drains the queue while gapscan commits${because}`, () => {
  it('neither is disturbed, and every job is done exactly once', async () => {
    const demo = makeDemoWorld({ scenes: 1500, seed: 9 });
    const rig = await scanRig(demo);
    const queue = join(rig.dataDir, 'queue');
    mkdirSync(queue);
    // It drains for as long as there are scans, however slow this machine is, and then what is left.
    const stop = join(rig.dataDir, 'stop');
    const draining = pythonInBackground(OPEN_QUEUE + DRAIN, { queue, stop });
    const first = (await rig.run()).summary.queue;
    for (let again = 0; again < 8; again++) expect((await rig.run()).summary.queue.enqueued).toBe(0);
    writeFileSync(stop, '');
    const done = (await draining) as number[];
    expect(done).toHaveLength(first.enqueued);
    expect(new Set(done).size).toBe(first.enqueued);
    expect((await rig.run()).summary.queue).toMatchObject({ enqueued: 0, recently_done: first.enqueued });
  }, 60_000);
});

const jobs = fc.array(
  fc.record({
    id: fc.oneof(...[300, 70_000, 2 ** 31 - 1].map((max) => fc.integer({ min: 1, max }))),
    path: fc.string({ unit: 'grapheme' }),
    title: fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 250, maxLength: 300, unit: 'grapheme' })),
    tags: fc.array(fc.string({ unit: 'grapheme' })),
    enqueuedAt: fc.double({ min: 1, noNaN: true, noDefaultInfinity: true }),
  }),
  { minLength: 500, maxLength: 500 },
);

const notBlank = (names: readonly string[]) => names.filter((name) => name.trim() !== '');

describe.skipIf(!hasPersistQueue)(`pickle against Python${because}`, () => {
  it('Python loads every job gapscan encodes, value for value', () => {
    const [sample] = fc.sample(jobs, { numRuns: 1, seed: 5 });
    const encoded = sample!.map(({ id, enqueuedAt, ...fields }) =>
      Buffer.from(encodeJob(id, fields, enqueuedAt)).toString('base64'),
    );
    const made = sample!.map(({ id, path, title, tags, enqueuedAt }) => ({
      job_id: id,
      scene_id: id,
      update_type: 'metadata',
      data: { path, ...(title.trim() && { title }), ...(notBlank(tags).length && { tags: notBlank(tags) }) },
      enqueued_at: enqueuedAt,
      job_key: `scene_${id}`,
    }));
    const load = 'import pickle, base64\nprint(json.dumps([pickle.loads(base64.b64decode(x)) for x in input]))';
    expect(python(load, encoded)).toEqual(JSON.parse(JSON.stringify(made)));
  });

  it('gapscan reads what Python pickles, at every protocol with binary opcodes', () => {
    const values = [
      { a: [1, -1, 255, 256, 65_536, 2 ** 40, -(2 ** 40)], b: [true, false, null, 1.5, -0.25] },
      { long: 'x'.repeat(70_000), text: ['\u{1f3ac}', 'same', 'same', ''], nested: { deep: [[[]], {}] } },
      { many: Array.from({ length: 1500 }, (_, i) => `tag ${i % 7}`) },
    ];
    const dump =
      'import pickle, base64\nprint(json.dumps([[base64.b64encode(pickle.dumps(v, p)).decode() for v in input] for p in (2, 3, 4, 5)]))';
    for (const protocol of python(dump, values) as string[][]) {
      const read = protocol.map((text) => decodePickle(Buffer.from(text, 'base64')));
      expect(read.map((each) => (each.ok ? toPlain(each.value) : each))).toEqual(values);
    }
  });
});

function toPlain(value: PickleValue): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, toPlain(each)]));
  return Array.isArray(value) ? value.map(toPlain) : value;
}
