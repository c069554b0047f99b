import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePickle, type PickleValue } from '../../../src/main/queue/pickle-decode.js';
import { readQueuedJob } from '../../../src/main/queue/queued-job.js';
import { encodeJob } from '../../support/job.js';
import { runs } from '../../support/property.js';

const job = encodeJob(412, { path: '/m/a.mp4', performers: ['Ann'], tags: ['a', 'b'] }, 1767225600.5);

describe('a job', () => {
  it('is exactly the documented bytes', () => {
    const text = (value: string) => [0x8c, value.length, ...Buffer.from(value)];
    expect([...job]).toEqual([
      ...[0x80, 0x04, 0x7d, 0x28],
      ...[...text('job_id'), 0x4d, 0x9c, 0x01],
      ...[...text('scene_id'), 0x4d, 0x9c, 0x01],
      ...[...text('update_type'), ...text('metadata')],
      ...[...text('data'), 0x7d, 0x28, ...text('path'), ...text('/m/a.mp4')],
      ...[...text('performers'), 0x5d, 0x28, ...text('Ann'), 0x65],
      ...[...text('tags'), 0x5d, 0x28, ...text('a'), ...text('b'), 0x65, 0x75],
      ...[...text('enqueued_at'), 0x47, 0x41, 0xda, 0x55, 0x6e, 0x40, 0x20, 0x00, 0x00],
      ...[...text('job_key'), ...text('scene_412'), 0x75, 0x2e],
    ]);
  });
});

/** The same job from Python's pickle, protocols 2 and 4: memo, frames, and the values only the plugin writes. */
const pythonRows = [
  'gAJ9cQAoWAYAAABqb2JfaWRxAYoGe6jadpsBWAgAAABzY2VuZV9pZHECTZwBWAsAAAB1cGRhdGVfdHlwZXEDWAgAAABtZXRhZGF0YXEEWAQAAABkYXRhcQV9cQYoWAQAAABwYXRocQdYCAAAAC9tL2EubXA0cQhYCgAAAHBlcmZvcm1lcnNxCV1xCihYCwAAAEFubiBFeGFtcGxlcQtYCgAAAEJvYiBTYW1wbGVxDGVYBAAAAHRhZ3NxDV1xDlgEAAAARGVtb3EPYVgJAAAAcmF0aW5nMTAwcRBLUFgKAAAAaWRlbnRpZmllZHERiFgFAAAAdGl0bGVxEk51WAsAAABlbnF1ZXVlZF9hdHETR0HaVW5AIAAAWAcAAABqb2Jfa2V5cRRYCQAAAHNjZW5lXzQxMnEVdS4=',
  'gASV6QAAAAAAAAB9lCiMBmpvYl9pZJSKBnuo2nabAYwIc2NlbmVfaWSUTZwBjAt1cGRhdGVfdHlwZZSMCG1ldGFkYXRhlIwEZGF0YZR9lCiMBHBhdGiUjAgvbS9hLm1wNJSMCnBlcmZvcm1lcnOUXZQojAtBbm4gRXhhbXBsZZSMCkJvYiBTYW1wbGWUZYwEdGFnc5RdlIwERGVtb5RhjAlyYXRpbmcxMDCUS1CMCmlkZW50aWZpZWSUiIwFdGl0bGWUTnWMC2VucXVldWVkX2F0lEdB2lVuQCAAAIwHam9iX2tleZSMCXNjZW5lXzQxMpR1Lg==',
].map((text) => new Uint8Array(Buffer.from(text, 'base64')));

/** What is left of a text on its way: lone surrogates, which no UTF-8 reader would accept, are replaced. */
const wellFormed = (text: string) => text.replace(/\p{Cs}/gu, '\ufffd');

const isBlank = (text: string) => text.trim() === '';

/** A pickle of one text. */
const textPickle = (...bytes: number[]) => Buffer.from([0x80, 4, 0x8c, bytes.length, ...bytes, 0x2e]);

describe('a job, read back', () => {
  const titleOf = (title: string) => {
    const read = decodePickle(encodeJob(1, { path: '/a.mp4', title }, 0));
    const data = read.ok && read.value instanceof Map ? read.value.get('data') : undefined;
    return data instanceof Map ? data.get('title') : undefined;
  };

  it.each([1, 15, 16, 17, 254, 255, 256, 257, 65_535, 65_536, 300_000])('%i characters', (length) => {
    for (const unit of ['a', 'é', '€', '"', '\n', '\u0001'])
      expect(titleOf(`x${unit.repeat(length)}`)).toBe(`x${unit.repeat(length)}`);
    const emoji = `x${'\u{1f3ac}'.repeat(length / 2)}`;
    expect(titleOf(emoji)).toBe(emoji);
  });

  it.each([1, 255, 256, 65_535, 65_536, 999_999_999, 2 ** 31 - 1])('id %i', (id) => {
    const encoded = encodeJob(id, { path: '' }, 1.5);
    expect(readQueuedJob(encoded)).toEqual({ sceneId: id, enqueuedAt: 1.5 });
    const read = decodePickle(encoded);
    expect(read.ok && read.value instanceof Map && read.value.get('job_key')).toBe(`scene_${id}`);
  });

  it('any scene: its fields in order, blank ones left out, every text well-formed', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
      fc.constantFrom('', ' ', '\n\t', '\u00a0', '\u3000\ufeff', 'a \\ "b"', '2024-05-02', '2024-05', '2024-05-0x'),
    );
    const optional = { title: text, studio: text, performers: fc.array(text), tags: fc.array(text), details: text };
    const data = fc.record(
      { path: text.map(wellFormed), ...optional, date: text, rating100: fc.integer({ min: 1, max: 100_000 }) },
      { requiredKeys: ['path'] },
    );
    fc.assert(
      fc.property(
        data,
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (fields, id, enqueuedAt) => {
          const read = decodePickle(encodeJob(id, fields, enqueuedAt));
          const expected = new Map<string, PickleValue>([['path', fields.path]]);
          for (const key of ['title', 'details', 'date', 'rating100', 'studio', 'performers', 'tags'] as const) {
            const value = fields[key];
            if (Array.isArray(value)) {
              const names = value.filter((name) => !isBlank(name)).map(wellFormed);
              if (names.length > 0) expected.set(key, names);
            } else if (typeof value === 'number') {
              expected.set(key, value);
            } else if (
              typeof value === 'string' &&
              !isBlank(value) &&
              (key !== 'date' || /^\d{4}-\d\d-\d\d$/.test(value))
            ) {
              expected.set(key, wellFormed(value));
            }
          }
          const job = [
            ['job_id', id],
            ['scene_id', id],
            ['update_type', 'metadata'],
            ['data', expected],
            ['enqueued_at', enqueuedAt],
            ['job_key', `scene_${id}`],
          ] as const;
          if (!read.ok || !(read.value instanceof Map)) throw new Error('unreadable');
          // As lists, so that the order counts too.
          const data = read.value.get('data');
          expect([...read.value.keys()]).toEqual(job.map(([key]) => key));
          expect(read.value).toEqual(new Map<string, PickleValue>(job));
          expect(data instanceof Map && [...data.keys()]).toEqual([...expected.keys()]);
        },
      ),
      { numRuns: runs(2000) },
    );
  });
});

describe('readQueuedJob', () => {
  const row = (...items: number[]) => Buffer.from([0x80, 4, 0x7d, 0x28, ...items, 0x75, 0x2e]);
  const text = (value: string) => [0x8c, value.length, ...Buffer.from(value)];
  const at = [...text('enqueued_at'), 0x47, 0x41, 0xda, 0x55, 0x6e, 0x40, 0x20, 0x00, 0x00];

  it.each<[string, number[], unknown]>([
    ['a whole number', [0x4b, 7], { sceneId: 7, enqueuedAt: 1767225600.5 }],
    ['a numeric text, which the worker takes too', text(' 412 '), { sceneId: 412, enqueuedAt: 1767225600.5 }],
    ['a text', text('abc'), undefined],
    ['a text with a fraction', text('4.5'), undefined],
    ['None', [0x4e], undefined],
    ['True', [0x88], undefined],
    ['a list', [0x5d], undefined],
    ['a fraction', [0x47, 0x40, 0x12, 0, 0, 0, 0, 0, 0], undefined],
    ['a number beyond 2^53', [0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1], undefined],
  ])('scene id: %s', (_, id, expected) => {
    expect(readQueuedJob(row(...text('scene_id'), ...id, ...at))).toEqual(expected);
  });

  it.each<[string, number[], number | undefined]>([
    ['a whole number', [0x4b, 7], 7],
    ['None', [0x4e], undefined],
    ['a text', text('7'), undefined],
    ['infinite', [0x47, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], undefined],
    ['not a number', [0x47, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0], undefined],
  ])('enqueued_at: %s', (_, value, enqueuedAt) => {
    const bytes = row(...text('scene_id'), 0x4b, 1, ...text('enqueued_at'), ...value);
    expect(readQueuedJob(bytes)).toEqual({ sceneId: 1, enqueuedAt });
  });

  it('refuses what is not a dict with a scene id', () => {
    expect(readQueuedJob(Buffer.from([0x80, 4, 0x5d, 0x2e]))).toBeUndefined();
    expect(readQueuedJob(row(...at))).toBeUndefined();
  });
});

describe('decodePickle', () => {
  it.each([
    ['GLOBAL', Buffer.from("cos\nsystem\n(S'echo hacked'\ntR.")],
    ['STACK_GLOBAL', Buffer.from([0x80, 4, 0x8c, 2, 0x6f, 0x73, 0x8c, 6, ...Buffer.from('system'), 0x93, 0x2e])],
    ['REDUCE', Buffer.from([0x80, 2, 0x4b, 1, 0x29, 0x52, 0x2e])],
    ['BUILD', Buffer.from([0x80, 2, 0x7d, 0x7d, 0x62, 0x2e])],
    ['NEWOBJ', Buffer.from([0x80, 2, 0x4b, 1, 0x29, 0x81, 0x2e])],
    ['INST', Buffer.from('(ios\nsystem\n.')],
    ['PERSID', Buffer.from('Pid\n.')],
  ])('refuses %s, which could run code', (_, bytes) => {
    const read = decodePickle(bytes);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read.reason).toMatch(/^opcode 0x[0-9a-f]+ is not data$/);
  });

  it.each([
    ['cut off before a length', [0x80, 4, 0x58, 1, 0], 3, 'cut off'],
    ['a text longer than the row', [0x80, 4, 0x58, 255, 255, 255, 255, 0x61, 0x2e], 7, 'cut off'],
    ['a text of 2^64 bytes', [0x80, 4, 0x8d, ...new Array<number>(8).fill(255), 0x2e], 11, 'cut off'],
    ['bytes longer than the row', [0x80, 4, 0x42, 0, 0, 0, 128, 0x2e], 7, 'cut off'],
    ['an integer longer than the row', [0x80, 4, 0x8b, 255, 255, 255, 127, 0x2e], 7, 'cut off'],
    ['a protocol to come', [0x80, 6, 0x4e, 0x2e], 2, 'unknown protocol'],
    ['nothing on the stack', [0x80, 4, 0x2e], 3, 'the stack is empty'],
    ['a mark for a value', [0x80, 4, 0x28, 0x2e], 4, 'the stack is empty'],
    ['a value too many', [0x80, 4, 0x4e, 0x4e, 0x2e], 5, 'values left on the stack'],
    ['items without a mark', [0x80, 4, 0x7d, 0x75, 0x2e], 4, 'no mark'],
    ['a key without a value', [0x80, 4, 0x7d, 0x28, 0x4e, 0x75, 0x2e], 6, 'items for something that is not a dict'],
    ['items for a list', [0x80, 4, 0x5d, 0x4e, 0x4e, 0x73, 0x2e], 6, 'items for something that is not a dict'],
    ['values for a dict', [0x80, 4, 0x7d, 0x4e, 0x61, 0x2e], 5, 'values for something that is not a list'],
    ['an unknown memo slot', [0x80, 4, 0x68, 3, 0x2e], 4, 'unknown memo slot'],
    ['a far-off memo slot', [0x80, 4, 0x4e, 0x72, 255, 255, 255, 255, 0x2e], 8, 'memo slot out of range'],
    ['a memo of nothing', [0x80, 4, 0x94, 0x2e], 3, 'the stack is empty'],
  ])('refuses %s', (_, bytes, offset, reason) => {
    expect(decodePickle(Buffer.from(bytes))).toEqual({ ok: false, reason, offset });
  });

  it('refuses text that is not UTF-8, also after the same characters were met as text', () => {
    for (let code = 0x80; code < 0x100; code++) {
      for (let padding = 0; padding < 16; padding++) {
        const text = 'a'.repeat(padding) + String.fromCharCode(code);
        expect(decodePickle(textPickle(...Buffer.from(text)))).toEqual({ ok: true, value: text });
        expect(decodePickle(textPickle(...Buffer.from(text, 'latin1'))).ok).toBe(false);
      }
    }
    expect(decodePickle(textPickle(0xed, 0xa0, 0x80))).toMatchObject({ ok: false });
    expect(decodePickle(textPickle(0xef, 0xbf, 0xbd))).toEqual({ ok: true, value: '\ufffd' });
  });

  it('reads texts that differ only within', () => {
    for (const value of ['scene_id', 'scena_id', 'scene_id', 'scene-id', 'path', 'pith']) {
      expect(decodePickle(textPickle(...Buffer.from(value)))).toEqual({ ok: true, value });
    }
  });

  it('reads a list of any length', () => {
    const items = Buffer.alloc(400_000, 0x4e);
    const read = decodePickle(Buffer.concat([Buffer.from([0x80, 4, 0x5d, 0x28]), items, Buffer.from([0x65, 0x2e])]));
    expect(read.ok && Array.isArray(read.value) ? read.value.length : read).toBe(items.length);
  });

  it('bounds how many dicts and lists a row may hold, and so how deep they lie', () => {
    for (const [opcode, append] of [
      [0x7d, []],
      [0x5d, []],
      [0x29, []],
      [0x5d, new Array<number>(10_000).fill(0x61)],
    ] as const) {
      const bytes = Buffer.from([
        0x80,
        4,
        0x5d,
        0x28,
        ...new Array<number>(10_000).fill(opcode),
        ...append,
        0x65,
        0x2e,
      ]);
      expect(decodePickle(bytes)).toMatchObject({ ok: false, reason: 'too many lists and dicts' });
    }
    const allowed = Buffer.from([0x80, 4, 0x5d, 0x28, ...new Array<number>(4999).fill(0x7d), 0x65, 0x2e]);
    expect(decodePickle(allowed).ok).toBe(true);
  });

  it('keeps keys such as __proto__ as mere keys', () => {
    const key = Buffer.from('__proto__');
    const read = decodePickle(Buffer.from([0x80, 4, 0x7d, 0x28, 0x8c, key.length, ...key, 0x7d, 0x75, 0x2e]));
    expect(read).toEqual({ ok: true, value: new Map([['__proto__', new Map()]]) });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('reads the rows Python writes', () => {
    const facts = { sceneId: 412, enqueuedAt: 1767225600.5 };
    expect(pythonRows.map((row) => readQueuedJob(row))).toEqual([facts, facts]);
  });

  it('survives mutated rows and random bytes: a value or a refusal, never a throw', () => {
    const mutation = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 4 });
    const rows = fc.constantFrom(job, ...pythonRows);
    fc.assert(
      fc.property(rows, mutation, fc.nat(400), (whole, changes, length) => {
        const bytes = whole.slice(0, length || whole.length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        expect(typeof decodePickle(bytes).ok).toBe('boolean');
        const read = readQueuedJob(bytes);
        expect(read === undefined || Number.isInteger(read.sceneId)).toBe(true);
      }),
      { numRuns: runs(20_000) },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(typeof decodePickle(bytes).ok).toBe('boolean');
      }),
      { numRuns: runs(20_000) },
    );
  });
});
