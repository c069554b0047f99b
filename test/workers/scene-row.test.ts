import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildIdTable } from '../../src/shared/id-table.js';
import { classifyPage } from '../../src/workers/classify-page.js';
import { readScene, readSceneRows, type Scene } from '../../src/workers/read-scene.js';
import { readScenes } from '../../src/workers/scene-row.js';
import { buildIndexBytes } from '../support/small-index.js';

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
const decoded = (scene: Scene) => ({
  id: scene.id,
  updatedAt: scene.updatedAt,
  createdAt: scene.createdAt,
  updatedAtText: String(scene.updatedAtText),
  createdAtText: String(scene.createdAtText),
  title: String(scene.title),
  details: String(scene.details),
  date: String(scene.date),
  studio: String(scene.studio),
  performers: scene.performers.map(String),
  tags: scene.tags.map(String),
  files: scene.files.map(({ path, size, duration }) => ({ path: String(path), size, duration })),
});

describe('readScenes', () => {
  it('reads from the bytes what the careful road reads, member for member', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), fc.constantFrom(0, 1), (rows, indent) => {
        const bytes = bytesOf(page(rows, indent));
        const [plain, careful] = [readScenes(bytes), readSceneRows(bytes)];
        if (!plain.ok || !careful.ok) throw new Error('the page is well-formed');
        expect(plain.value.map(decoded)).toEqual(careful.value.map((each) => decoded(readScene(each))));
      }),
      { numRuns: 3000 },
    );
  });

  it('takes errors beside the data for errors', () => {
    const body = `{"data":{"findScenes":{"scenes":[]}},"errors":[{"message":"no","path":["findScenes"]}]}`;
    expect(readScenes(bytesOf(body))).toMatchObject({
      ok: false,
      problem: { kind: 'graphql_error', message: 'no' },
    });
  });
});

describe('classifyPage', () => {
  const context = {
    id: 'fuzz',
    index: buildIndexBytes([{ key: '1', files: [{ path: '/p/a.mp4', size: 5 }] }]),
    syncTimestamps: buildIdTable([[2, 5]]),
    knownMatches: buildIdTable([]),
    mappings: [],
    since: undefined,
    gaps: ['empty', 'stale', 'missing'],
    allowUnsafeNames: false,
    lines: 'all',
  } as const;
  const scene = (id: number) => ({
    id: String(id),
    title: 'caf\u00e9 "x"',
    details: 'd\n',
    updated_at: '2025-06-01T10:00:00Z',
    studio: { name: 's' },
    files: [{ path: `/s/${id === 1 ? 'a' : id}.mp4`, size: 5, duration: 1.5 }],
  });
  const whole = bytesOf(page([scene(1), scene(2), scene(3)]));
  const classify = (bytes: Uint8Array) => classifyPage({ kind: 'classify', bytes, context, asOf: 1, settled: [] });

  it('refuses a page cut off anywhere', () => {
    expect(classify(whole).ok).toBe(true);
    for (let length = 0; length < whole.length; length++) expect(classify(whole.slice(0, length)).ok).toBe(false);
  });

  it('survives mutated pages: verdicts or a problem, never a throw', () => {
    const mutation = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(mutation, (changes) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        expect(typeof classify(bytes).ok).toBe('boolean');
      }),
      { numRuns: 10_000 },
    );
  });
});
