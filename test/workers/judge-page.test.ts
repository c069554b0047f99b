import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildIdTable } from '../../src/main/engine/id-table.js';
import { decodePickle } from '../../src/main/queue/pickle-decode.js';
import { Job, SceneWord } from '../../src/shared/engine/layout.js';
import { foldMappings } from '../../src/shared/path.js';
import { namesIn } from '../../src/workers/pages/parse-page.js';
import { readScenePage } from '../../src/workers/pages/scene-page.js';
import { SceneRecord } from '../../src/workers/pages/scene-record.js';
import { contextOf, engine, judgeOn, memory } from '../support/engine.js';
import { fold, oracleJudge, type OracleScene } from '../support/oracle.js';
import { buildIndexBytes, type DateRule, type TestItem } from '../support/small-index.js';

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
function decoded(at: number) {
  const scene = new SceneRecord(memory, at);
  return {
    id: memory.words(at, SceneWord.Words)[SceneWord.Id],
    updatedAt: memory.doubles(at, SceneWord.Words / 2)[SceneWord.UpdatedAt / 2],
    updatedAtText: scene.updatedAtText,
    title: scene.title,
    details: scene.text('details'),
    date: scene.date,
    studio: scene.text('studio'),
    performers: scene.names('performers'),
    tags: scene.names('tags'),
    files: Array.from({ length: scene.fileCount }, (_, i) => {
      const { path, size, duration } = scene.file(i);
      return { path, size, duration: Math.min(1e9, duration).toFixed(3) };
    }),
  };
}

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
      .filter(({ path }) => (path.split(/[/\\]/).pop() ?? '').trim() !== ''),
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
      scenes.push(decoded(at));
      at = memory.words(at, SceneWord.Words)[SceneWord.Next]!;
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

const roots = ['/m', '/m/a', '/m/b/a', 'D:\\m\\a', '//nas/m', '/m/Caf\u00e9', '/m/Cafe\u0301', '', '/m/set.zip'];
const names = [
  'clip.mp4',
  'Clip.MP4',
  'e\u0301.mp4',
  '\u00e9.mp4',
  'K.mp4',
  '\u212a.mp4',
  'stra\u00dfe',
  'STRASSE',
  'a: b',
  'a\uf022 b',
];
const path = fc
  .tuple(fc.constantFrom(...roots), fc.constantFrom('/', '\\'), fc.constantFrom(...names))
  .map(([root, separator, name]) => root + separator + name);
const size = fc.constantFrom(0, 1, 2);
const times = {
  '2025-06-01T10:00:00Z': 1748772000,
  '2025-06-01T12:00:00+02:00': 1748772000,
  '2024-01-01T00:00:00Z': 1704067200,
  soon: NaN,
} as const;
const when = fc.constantFrom(...(Object.keys(times) as (keyof typeof times)[]));
const dates = [
  '2024',
  '2024-05',
  '2024-05-02',
  '2023-05-02',
  '2024 05 02',
  '\t2024-05-02',
  '\u00a02024-05-02',
  'soon',
  '',
  ' ',
];
const itemsOf = (minLength: number, maxLength: number) =>
  fc
    .array(
      fc.record({
        title: fc.constantFrom('', 'Beach', 'clip', 'a', 'Beach 1080p'),
        files: fc.array(fc.record({ path, size, duration: fc.constantFrom(0, 10_000, 11_500, 60_000) }), {
          minLength: 1,
          maxLength: 3,
        }),
        row: fc.constantFrom(
          {},
          { studio: 'Acme' },
          { summary: '\u00a0' },
          { Role: [{ tag: ' ' }, { tag: 'Ann' }] },
          { originallyAvailableAt: '2024-05-02' },
          { originallyAvailableAt: '2024-05-01', year: 2024 },
          { originallyAvailableAt: '2024-01-01' },
          { year: 2024 },
          { year: 2024, guid: 'local://10' },
        ),
      }),
      { minLength, maxLength },
    )
    .map((list) => list.map((item, i): TestItem => ({ key: String(i + 95), ...item })));
const scenes = fc.array(
  fc.record({
    title: fc.constantFrom('', 'Beach', 'Beach "1"', 'A'),
    details: fc.constantFrom('', ' ', 'two\nlines'),
    date: fc.constantFrom(...dates),
    updated_at: when,
    studio: fc.constantFrom(null, { name: 'Acme' }, { name: '\u3000' }),
    tags: fc.constantFrom([], [{ name: 'a' }], [{ name: '' }]),
    files: fc.array(fc.record({ path, size, duration: fc.constantFrom(0, 10.5, 12, 60) }), { maxLength: 3 }),
  }),
  { maxLength: 6 },
);
const settings = fc.record({
  synced: fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(1_710_000_000, 1_800_000_000)), {
    maxLength: 4,
  }),
  mappings: fc.constantFrom(
    [],
    [{ stash: '/m', plex: 'D:\\m' }],
    [
      { stash: '/m/a', plex: '/m/b/a/' },
      { stash: '/', plex: '/x/y' },
    ],
    [{ stash: '/M/CAFE\u0301', plex: '/m/a' }],
  ),
  gaps: fc.constantFrom(['empty', 'stale', 'missing'] as const, ['stale'] as const),
  allowUnsafeNames: fc.boolean(),
  dateRule: fc.constantFrom<DateRule>('counts', 'ignored', 'agent', 'none-agent'),
});

const JOB_OF = {
  enqueued: Job.Written,
  not_selected: Job.NotSelected,
  withheld: Job.Withheld,
  unsafe_name: Job.UnsafeName,
} as const;

/** The verdict, and the item or the candidates in their order. */
const summary = (verdict: string, item: string | undefined, candidates: readonly string[]) => ({
  verdict,
  item,
  candidates,
});

describe('the engine and the judgement against a plain reading of the design', () => {
  function check(
    world: readonly TestItem[],
    rows: readonly Record<string, unknown>[],
    { synced, mappings, dateRule, ...choices }: typeof settings extends fc.Arbitrary<infer T> ? T : never,
    onOpen?: () => void,
  ) {
    const common = {
      ...choices,
      mappings: foldMappings(mappings),
      plexDate: dateRule === 'counts' || dateRule === 'ignored' ? dateRule : ('auto' as const),
      syncTimestamps: buildIdTable(memory, synced),
    };
    const index = buildIndexBytes(world, dateRule === 'none-agent');
    const bytes = bytesOf(page(rows.map((each, i) => ({ id: String(i + 1), ...each }))));
    const plain = judgeOn(bytes, contextOf(index, common));
    const told = judgeOn(bytes, contextOf(index, { ...common, lines: 'all' }));
    if (!plain.ok || !told.ok) throw new Error('the page is well-formed');
    // A report changes nothing.
    expect(plain.value.scenes).toEqual(told.value.scenes);
    for (const [i, row] of rows.entries()) {
      const scene = { ...row, id: i + 1, updatedAt: times[row['updated_at'] as keyof typeof times] } as OracleScene;
      const expected = oracleJudge(world, scene, {
        ...choices,
        mappings,
        dateRule,
        syncedAt: Object.fromEntries(synced),
        now: 1_750_000_000,
      });
      const line = told.value.lines[i]!;
      const { match } = expected;
      const isOpen = onOpen && match.kind !== 'none' && line.item === null;
      if (isOpen && match.kind === 'matched') onOpen();
      // Of a crowd no more than a few members are looked at; what that cannot decide must not be guessed.
      if (isOpen) {
        expect([expected.verdict, 'ambiguous']).toContain(line.verdict);
        if (!choices.allowUnsafeNames) expect(line.action).not.toBe('enqueued');
        continue;
      }
      expect(
        summary(
          line.verdict,
          line.item?.ratingKey,
          line.candidates.map(({ ratingKey }) => ratingKey),
        ),
      ).toEqual(
        summary(
          expected.verdict,
          match.kind === 'matched' ? match.pair.item.key : undefined,
          match.kind === 'ambiguous' ? match.keys : expected.couldHit,
        ),
      );
      expect(line.action).toBe(expected.action);
      const judged = plain.value.scenes[i]!;
      expect(judged.job).toBe(expected.action === null ? Job.NoGap : JOB_OF[expected.action as keyof typeof JOB_OF]);
      if (match.kind === 'matched' && judged.bytes) {
        const job = decodePickle(judged.bytes);
        if (!job.ok || !(job.value instanceof Map)) throw new Error('not a job');
        const target = (job.value.get('data') as Map<string, string>).get('path')!;
        expect(target.endsWith(match.pair.part.path.split(/[/\\]/).pop()!)).toBe(true);
        expect(fold(target.split(/[/\\]/).pop()!)).toBe(fold(match.pair.file.path.split(/[/\\]/).pop()!));
      }
    }
  }

  it('says the same of every scene of small libraries, candidates and their order included', () => {
    fc.assert(
      fc.property(itemsOf(0, 8), scenes, settings, (world, rows, choices) => {
        check(world, rows, choices);
      }),
      { numRuns: 1500 },
    );
  });

  it('says the same among crowds of equal names, or leaves the scene open', () => {
    let [asked, open] = [0, 0];
    fc.assert(
      fc.property(itemsOf(100, 300), scenes, settings, (world, rows, choices) => {
        asked += rows.length;
        check(world, rows, choices, () => open++);
      }),
      { numRuns: 150, endOnFailure: true },
    );
    expect(open / asked).toBeLessThan(0.02);
  });
});

describe('judgePage', () => {
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
    expect(judgeOn(whole, context).ok).toBe(true);
    for (let length = 0; length < whole.length; length++)
      expect(judgeOn(whole.slice(0, length), context).ok).toBe(false);
  });

  it('survives mutated pages: verdicts or a problem, never a throw', () => {
    const mutation = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(mutation, fc.constantFrom(...contexts), (changes, context) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        expect(typeof judgeOn(bytes, context).ok).toBe('boolean');
      }),
      { numRuns: 10_000 },
    );
  });

  it('compares directories anew on a page that lies where the one before lay', () => {
    const one = buildIndexBytes([{ key: '1', files: [{ path: '/aa/x.mp4', size: 9 }] }]);
    const context = contextOf(one, { lines: 'all' });
    const evidenceIn = (directory: string) => {
      const files = [{ path: `/${directory}/x.mp4`, size: 5, duration: 1.5 }];
      const judged = judgeOn(bytesOf(page([{ ...scene(1), files }])), context);
      if (!judged.ok) throw new Error(JSON.stringify(judged.problem));
      return judged.value.lines.map(({ verdict, evidence }) => [verdict, evidence]);
    };
    expect(['aa', 'bb', 'AA'].map(evidenceIn)).toEqual([
      [['empty', 'exact path']],
      [['missing', null]],
      [['empty', 'exact path']],
    ]);
  });

  it('works on when a page needs more room than it was given', () => {
    const long = { ...scene(9), details: 'long "quoted" text '.repeat(50_000) };
    const found = judgeOn(bytesOf(page([long, scene(1)])), contexts[0]!);
    expect(found).toMatchObject({
      ok: true,
      value: {
        scenes: [
          { id: 9, verdict: 'missing' },
          { id: 1, verdict: 'empty' },
        ],
      },
    });
  });
});
