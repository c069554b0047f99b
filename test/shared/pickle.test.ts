import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeSyncJob } from '../../src/shared/job.js';
import { decodePickle } from '../../src/shared/pickle-decode.js';
import { encodeSyncJob } from '../../src/shared/pickle-encode.js';
import { readQueuedJob } from '../../src/shared/queued-job.js';

const job = makeSyncJob(412, { path: '/m/a.mp4', performers: ['Ann'], tags: [] }, 1767225600.5);

describe('encodeSyncJob', () => {
  it('writes exactly the documented bytes', () => {
    const text = (value: string) => [0x8c, value.length, ...Buffer.from(value)];
    expect([...encodeSyncJob(job)]).toEqual([
      ...[0x80, 0x04, 0x7d, 0x28],
      ...[...text('job_id'), 0x4d, 0x9c, 0x01],
      ...[...text('scene_id'), 0x4d, 0x9c, 0x01],
      ...[...text('update_type'), ...text('metadata')],
      ...[...text('data'), 0x7d, 0x28, ...text('path'), ...text('/m/a.mp4')],
      ...[...text('performers'), 0x5d, 0x28, ...text('Ann'), 0x65, ...text('tags'), 0x5d, 0x75],
      ...[...text('enqueued_at'), 0x47, 0x41, 0xda, 0x55, 0x6e, 0x40, 0x20, 0x00, 0x00],
      ...[...text('job_key'), ...text('scene_412'), 0x75, 0x2e],
    ]);
  });

  it('replaces lone surrogates, which no UTF-8 reader would accept', () => {
    const read = decodePickle(encodeSyncJob(makeSyncJob(1, { path: 'a\ud800b' }, 0)));
    if (!read.ok || !(read.value instanceof Map)) throw new Error('unreadable');
    expect((read.value.get('data') as Map<string, string>).get('path')).toBe('a\ufffdb');
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

  it('keeps keys such as __proto__ as mere keys', () => {
    const key = Buffer.from('__proto__');
    const read = decodePickle(Buffer.from([0x80, 4, 0x7d, 0x28, 0x8c, key.length, ...key, 0x7d, 0x75, 0x2e]));
    expect(read).toEqual({ ok: true, value: new Map([['__proto__', new Map()]]) });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('survives mutated rows and random bytes: a value or a refusal, never a throw', () => {
    const whole = encodeSyncJob(job);
    const mutation = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(mutation, fc.nat(whole.length), (changes, length) => {
        const bytes = whole.slice(0, length || whole.length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        expect(typeof decodePickle(bytes).ok).toBe('boolean');
        const read = readQueuedJob(bytes);
        expect(read === undefined || Number.isInteger(read.sceneId)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(typeof decodePickle(bytes).ok).toBe('boolean');
      }),
      { numRuns: 20_000 },
    );
  });
});
