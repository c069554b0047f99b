import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  GAP_JOB,
  OUTCOME_EVIDENCE,
  OUTCOME_ID,
  OUTCOME_JOB_AT,
  OUTCOME_JOB_BYTES,
  OUTCOME_PART,
  OUTCOME_VERDICT,
  OUTCOME_WORDS,
  RESULT_OPEN,
} from '../../src/shared/engine/layout.js';
import { buildIdTable } from '../../src/shared/id-table.js';
import type { ScanContext } from '../../src/shared/messages.js';
import { namesIn } from '../../src/shared/metadata.js';
import { decodePickle } from '../../src/main/queue/pickle-decode.js';
import { foldMappings } from '../../src/shared/path.js';
import { packKnownMatch } from '../../src/shared/known-match.js';
import { VERDICTS } from '../../src/shared/verdicts.js';
import { readScenePage } from '../../src/workers/pages/scene-page.js';
import { SceneRecord } from '../../src/workers/pages/scene-record.js';
import { contextOf, engine, memory, runOn } from '../support/engine.js';
import { buildIndexBytes, type TestItem } from '../support/small-index.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '',
    'a "quote"',
    'two\nlines',
    '2024-05-02',
    '2025-06-01T10:00:00+02:00',
    '/s/a.mp4',
    '/s/x.zip/a.mp4',
    'D:\\a.mp4',
  ),
);
const oddity = fc.constantFrom<unknown>(null, 0, true, [], {}, 'x');
const maybe = (value: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 6, arbitrary: value }, { weight: 1, arbitrary: oddity });
const number = fc.oneof(
  fc.nat(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.nat().map(String),
  fc.constant(null),
);
const named = fc.record({ name: maybe(text), id: fc.nat() }, { requiredKeys: [] });
const file = fc.record(
  { path: maybe(text), size: number, duration: number, more: fc.jsonValue() },
  { requiredKeys: [] },
);
const row = fc.record(
  {
    id: fc.integer({ min: 1, max: 2 ** 31 - 1 }).map(String),
    title: maybe(text),
    details: maybe(text),
    date: maybe(text),
    updated_at: maybe(text),
    created_at: maybe(text),
    studio: maybe(named),
    performers: maybe(fc.array(maybe(named), { maxLength: 3 })),
    tags: maybe(fc.array(fc.record({ name: text }), { maxLength: 3 })),
    files: maybe(fc.array(maybe(file), { maxLength: 3 })),
    other: fc.jsonValue(),
  },
  { requiredKeys: ['id'] },
);
const page = (rows: unknown, indent = 0) => JSON.stringify({ data: { findScenes: { scenes: rows } } }, null, indent);

/** A scene with every member read and every text decoded. */
const decoded = (scene: SceneRecord) => ({
  id: scene.id,
  updatedAt: scene.updatedAt,
  updatedAtText: String(scene.updatedAtText),
  title: String(scene.title),
  details: String(scene.details),
  date: String(scene.date),
  studio: String(scene.studio),
  performers: scene.performers.map(String),
  tags: scene.tags.map(String),
  files: scene.files.map(({ path, size, duration }) => ({
    path: String(path),
    size,
    duration: Math.min(1e9, duration).toFixed(3),
  })),
});

type Row = Record<string, unknown>;

const textOf = (value: unknown) => (typeof value === 'string' ? value : '').replace(/\p{Cs}/gu, '\ufffd');
const numberOf = (value: unknown) =>
  ['number', 'string'].includes(typeof value) && Number.isFinite(Number(value)) ? Number(value) : 0;
const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a row says, by the plainest means: the parsed JSON, member by member. */
function naiveScene(row: Row) {
  const files = (Array.isArray(row['files']) ? row['files'] : []).filter(isObject);
  const updatedAtText = textOf(row['updated_at']);
  return {
    id: Number(row['id']),
    updatedAt: /^\d{4}-\d\d-\d\dT[\d:]{8}\+02:00$/.test(updatedAtText) ? Date.parse(updatedAtText) / 1000 : NaN,
    updatedAtText,
    title: textOf(row['title']),
    details: textOf(row['details']),
    date: textOf(row['date']),
    studio: isObject(row['studio']) ? textOf(row['studio']['name']) : '',
    performers: namesIn(row['performers'], 'name').map(textOf),
    tags: namesIn(row['tags'], 'name').map(textOf),
    files: files
      .map((each) => ({
        path: textOf(each['path']),
        size: Math.min(999_999_999_999_999, Math.max(0, Math.trunc(numberOf(each['size'])))),
        duration: Math.min(1e9, Math.max(0, numberOf(each['duration']))).toFixed(3),
      }))
      .filter(({ path }) => (path.split(/[/\\]/).pop() ?? '').trim() !== '' && !/\.(?:zip|cbz)[/\\]/i.test(path)),
  };
}

/** Reads a page in room of its own. */
function readPage(bytes: Uint8Array) {
  const room = { at: memory.allocate(1 << 16), bytes: 1 << 16 };
  return engine.inRoom(room, () => {
    const read = readScenePage(engine, { at: engine.putText(bytes), length: bytes.length, roomAt: 0, roomBytes: 0 });
    if (!read.ok) return read;
    const scenes: ReturnType<typeof decoded>[] = [];
    for (let i = 0, at = read.value.first; i < read.value.count; i++) {
      const record = new SceneRecord(memory, at);
      scenes.push(decoded(record));
      at = record.next;
    }
    return { ok: true as const, value: scenes };
  }).value;
}

describe('readScenePage', () => {
  it('reads from the bytes what JSON.parse reads, member for member', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), fc.constantFrom(0, 1), (rows, indent) => {
        const read = readPage(bytesOf(page(rows, indent)));
        expect(read).toEqual({ ok: true, value: (JSON.parse(JSON.stringify(rows)) as Row[]).map(naiveScene) });
      }),
      { numRuns: 3000 },
    );
  });

  it('reads escapes of every kind, and text that is not UTF-8 as U+FFFD', () => {
    const body = Buffer.concat([
      bytesOf(
        '{"data":{"findScenes":{"scenes":[{"id":"1","title":"\\u0041\\uD83C\\uDFAC\\ud83c\\/\\b\\f\\n\\r\\t\\"\\\\ \\ud83cx","details":"a',
      ),
      Uint8Array.of(0xff, 0xe2, 0x82),
      bytesOf('b"}]}}}'),
    ]);
    expect(readPage(body)).toMatchObject({
      ok: true,
      value: [{ title: 'A\u{1f3ac}\ufffd/\b\f\n\r\t"\\ \ufffdx', details: 'a\ufffd\ufffdb' }],
    });
  });

  it('takes errors beside the data for errors', () => {
    const body = `{"data":{"findScenes":{"scenes":[]}},"errors":[{"message":"no","path":["findScenes"]}]}`;
    expect(readPage(bytesOf(body))).toMatchObject({
      ok: false,
      problem: { kind: 'graphql_error', message: 'no' },
    });
  });
});

/** Everything that is said of the scenes of a page, jobs decoded. */
function classify(bytes: Uint8Array, context: ScanContext) {
  return runOn({ kind: 'classify', context, asOf: 1_700_000_000, settled: [] }, bytes, ({ rows, outcomesAt }) => {
    const words = memory.words(outcomesAt, rows * OUTCOME_WORDS);
    return Array.from({ length: rows }, (_, i) => {
      const [id, code, part, evidence, jobAt, jobBytes] = [
        OUTCOME_ID,
        OUTCOME_VERDICT,
        OUTCOME_PART,
        OUTCOME_EVIDENCE,
        OUTCOME_JOB_AT,
        OUTCOME_JOB_BYTES,
      ].map((word) => words[i * OUTCOME_WORDS + word] ?? 0) as [number, number, number, number, number, number];
      const job = code >> 8 === GAP_JOB ? decodePickle(memory.bytes(jobAt, jobBytes).slice()) : undefined;
      return { id, verdict: VERDICTS[code & 0xff] ?? 'left out', gap: code >> 8, part, evidence, job };
    });
  });
}

const roots = ['/m', '/m/a', '/m/b/a', 'D:\\m\\a', '//nas/m', '/m/Caf\u00e9', '/m/Cafe\u0301', ''];
const names = ['clip.mp4', 'Clip.MP4', 'e\u0301.mp4', '\u00e9.mp4', 'K.mp4', '\u212a.mp4', 'x.zip'];
const path = fc
  .tuple(fc.constantFrom(...roots), fc.constantFrom('/', '\\'), fc.constantFrom(...names))
  .map(([root, separator, name]) => root + separator + name);
const size = fc.constantFrom(0, 1, 2);
const when = fc.constantFrom('2025-06-01T10:00:00Z', '2025-06-01T12:00:00+02:00', '2024-01-01T00:00:00Z', 'soon');
const itemsOf = (minLength: number, maxLength: number) =>
  fc
    .array(
      fc.record({
        title: fc.constantFrom('', 'Beach', 'clip'),
        files: fc.array(fc.record({ path, size, duration: fc.constantFrom(0, 10_000) }), {
          minLength: 1,
          maxLength: 2,
        }),
        row: fc.constantFrom({}, { studio: 'Acme' }, { originallyAvailableAt: '2024-05-02' }, { year: 2024 }),
      }),
      { minLength, maxLength },
    )
    .map((list) => list.map((item, i): TestItem => ({ key: String(i + 1), ...item })));
const items = itemsOf(0, 8);
const crowds = itemsOf(100, 300);
const scenes = fc.array(
  fc.record({
    title: fc.constantFrom('', 'Beach', 'Beach "1"'),
    details: fc.constantFrom('', ' ', 'two\nlines'),
    date: fc.constantFrom('', '2024', '2024-05-02', '2023-05-02', 'soon'),
    updated_at: when,
    created_at: when,
    studio: fc.constantFrom(null, { name: 'Acme' }),
    tags: fc.constantFrom([], [{ name: 'a' }]),
    files: fc.array(fc.record({ path, size, duration: fc.constantFrom(0, 10.5) }), { maxLength: 3 }),
  }),
  { maxLength: 6 },
);
const since = Date.parse('2025-01-01T00:00:00Z') / 1000;
const settings = fc.record({
  synced: fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(since, 1_800_000_000)), { maxLength: 4 }),
  known: fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat(7), fc.constantFrom(0, 4, 6)), { maxLength: 3 }),
  mappings: fc.constantFrom(
    [],
    [{ stash: '/m', plex: 'D:\\m' }],
    [
      { stash: '/m/a', plex: '/m/b/a/' },
      { stash: '/', plex: '/x/y' },
    ],
    [{ stash: '/M/CAFE\u0301', plex: '/m/a' }],
  ),
  since: fc.constantFrom(undefined, 'updated_at' as const, 'created_at' as const),
  gaps: fc.constantFrom(['empty', 'stale', 'missing'] as const, ['stale'] as const),
  allowUnsafeNames: fc.boolean(),
  dateRule: fc.constantFrom('counts' as const, 'own' as const, 'ignored' as const),
});

describe('the engine against the complete matcher', () => {
  it.each([
    ['of small libraries', items, 5000, 0.5],
    ['among crowds of equal names', crowds, 300, 0.95],
  ])('says the same of every scene %s, to the byte of every job', (_, worlds, numRuns, mostOpen) => {
    let [asked, open] = [0, 0];
    fc.assert(
      fc.property(worlds, scenes, settings, (world, rows, { synced, known, dateRule, mappings, ...choices }) => {
        const index = buildIndexBytes(world, dateRule);
        const matches = known.filter(([, item]) => item < world.length);
        const common = {
          ...choices,
          mappings: foldMappings(mappings),
          since: choices.since && { field: choices.since, epochSeconds: since },
          syncTimestamps: buildIdTable(memory, synced),
          knownMatches: buildIdTable(
            memory,
            matches.map(([scene, item, evidence]) => [scene, packKnownMatch(item, evidence)] as const),
          ),
        };
        const bytes = bytesOf(page(rows.map((each, i) => ({ id: String(i + 1), ...each }))));
        const quick = classify(bytes, contextOf(index, common));
        open += engine.result(RESULT_OPEN);
        // A scene that is to have a report line is judged by the complete matcher.
        const complete = classify(bytes, contextOf(index, { ...common, lines: 'all' }));
        expect(quick).toEqual(complete);
        asked += rows.length;
      }),
      { numRuns },
    );
    // The names are few, so that they clash; even so the engine must have decided some by itself.
    expect(open / asked).toBeLessThan(mostOpen);
  });
});

describe('classifyPage', () => {
  const scene = (id: number) => ({
    id: String(id),
    title: 'caf\u00e9 "x"',
    details: 'd\n',
    updated_at: '2025-06-01T10:00:00Z',
    studio: { name: 's' },
    files: [{ path: `/s/${id === 1 ? 'a' : id}.mp4`, size: 5, duration: 1.5 }],
  });
  const whole = bytesOf(page([scene(1), scene(2), scene(3)]));
  const index = buildIndexBytes([{ key: '1', files: [{ path: '/p/a.mp4', size: 5 }] }]);
  const contexts = (['none', 'all'] as const).map((lines) =>
    contextOf(index, { lines, syncTimestamps: buildIdTable(memory, [[2, 5]]) }),
  );

  it.each(contexts)('refuses a page cut off anywhere', (context) => {
    expect(classify(whole, context).ok).toBe(true);
    for (let length = 0; length < whole.length; length++)
      expect(classify(whole.slice(0, length), context).ok).toBe(false);
  });

  it('survives mutated pages: verdicts or a problem, never a throw', () => {
    const mutation = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(mutation, fc.constantFrom(...contexts), (changes, context) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        expect(typeof classify(bytes, context).ok).toBe('boolean');
      }),
      { numRuns: 10_000 },
    );
  });

  it('works on when a page needs more room than it was given', () => {
    const long = { ...scene(9), details: 'long "quoted" text '.repeat(50_000) };
    const found = classify(bytesOf(page([long, scene(1)])), contexts[0]!);
    expect(found).toMatchObject({
      ok: true,
      value: [
        { id: 9, verdict: 'missing' },
        { id: 1, verdict: 'empty' },
      ],
    });
  });
});
