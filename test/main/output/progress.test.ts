import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Progress, progressLine } from '../../../src/main/output/progress.js';
import { Terminal } from '../../../src/main/output/terminal.js';

/** A real stream that says it is a terminal, and what is on its screen. */
class Screen extends Writable {
  readonly isTTY: boolean;
  readonly columns: number;
  written = '';

  constructor({ isTTY = true, columns = 80 }: { isTTY?: boolean; columns?: number } = {}) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
    this.columns = columns;
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.written += chunk;
    done();
  }

  /** The lines as a person sees them: `\r` and "erase line" obeyed. */
  get lines(): string[] {
    return this.written.split('\n').map((line) => line.split('\r\u001b[2K').at(-1) ?? '');
  }

  get redraws(): number {
    return this.written.split('\r\u001b[2K').length - 1;
  }
}

function rig(options: ConstructorParameters<typeof Screen>[0] = {}, env: Record<string, string> = {}, quiet = false) {
  const stdout = new Screen(options);
  const stderr = new Screen(options);
  const terminal = new Terminal({ stdout, stderr, env });
  terminal.obey({ quiet, color: 'auto' });
  let now = 1_000;
  const progress = new Progress(terminal, () => now);
  const after = (ms: number) => {
    now += ms;
    return progress;
  };
  return { stdout, stderr, terminal, after };
}

const reading = (done: number, total?: number) => ({ type: 'progress', phase: 'stash', done, total }) as const;

describe('on a terminal', () => {
  it('one line is redrawn with rate and time left', () => {
    const { stderr, after } = rig();
    after(0).handle({ type: 'phase', phase: 'stash' });
    expect(stderr.lines).toEqual(['Checking scenes ...']);
    after(2_000).handle(reading(50_000, 200_000));
    expect(stderr.lines).toEqual(['Checking scenes  50,000 of 200,000 (25%)  25,000/s  6.0 s left']);
  });

  it('no more than ten times a second', () => {
    const { stderr, after } = rig();
    after(0).handle({ type: 'phase', phase: 'stash' });
    for (let i = 1; i <= 1000; i++) after(1).handle(reading(i, 1000));
    expect(stderr.redraws).toBe(11);
  });

  it('never wraps', () => {
    const { stderr, after } = rig({ columns: 30 });
    after(0).handle({ type: 'phase', phase: 'stash' });
    after(2_000).handle(reading(50_000, 200_000));
    expect(stderr.lines).toEqual(['Checking scenes  50,000 of 2…']);
  });

  it('counts the columns of wide characters', () => {
    const { stderr, terminal } = rig({ columns: 10 });
    terminal.draw('\u6620\u753b\u6620\u753b\u6620\u753b');
    expect(stderr.lines).toEqual(['\u6620\u753b\u6620\u753b…']);
  });

  it('never goes back: neither within a part that is read again, nor in a phase that is returned to', () => {
    const { stderr, after } = rig();
    after(0).handle({ type: 'phase', phase: 'stash' });
    after(1_000).handle(reading(600, 1_000));
    after(0).handle({ type: 'phase', phase: 'plex' });
    after(1_000).handle({ type: 'progress', phase: 'plex', done: 500, total: 900 });
    after(1_000).handle({ type: 'progress', phase: 'plex', done: 200, total: 900 });
    expect(stderr.lines).toEqual(['Reading Plex  500 of 900 (55%)  250/s  1.6 s left']);
    after(0).handle({ type: 'phase', phase: 'stash' });
    after(1_000).handle(reading(700, 1_000));
    // The rate is that of now, not of what was read before Plex.
    expect(stderr.lines).toEqual(['Checking scenes  700 of 1,000 (70%)  100/s  3.0 s left']);
  });

  it('tells of both servers where they are read at once', () => {
    const { stderr, after } = rig({ columns: 100 });
    after(0).handle({ type: 'phase', phase: 'plex' });
    after(1_000).handle(reading(600, 1_000));
    after(1_000).handle({ type: 'progress', phase: 'plex', done: 500, total: 900 });
    expect(stderr.lines).toEqual(['Reading Plex  500 of 900 (55%)  250/s  1.6 s left  and 600 scenes']);
  });

  it('falls back to 80 columns on one that does not know its width', () => {
    const { stderr, terminal } = rig({ columns: 0 });
    terminal.draw('x'.repeat(200));
    expect(stderr.lines).toEqual([`${'x'.repeat(78)}…`]);
  });

  it('makes way for lines and results, and leaves nothing behind', () => {
    const { stdout, stderr, terminal, after } = rig();
    after(0).handle({ type: 'phase', phase: 'plex' });
    after(500).handle({ type: 'retry', server: 'plex', reason: 'Plex dropped\u001b[2J it', attempt: 1, delayMs: 400 });
    expect(stderr.lines).toEqual(['Plex dropped [2J it; trying again in 0.4 s (1)', '']);
    after(500).handle({ type: 'progress', phase: 'plex', done: 10, total: undefined });
    expect(stderr.lines.at(-1)).toBe('Reading Plex  10  10/s');
    terminal.result('done');
    expect([stdout.lines, stderr.lines.at(-1)]).toEqual([['done', ''], '']);
  });

  it('ignores progress of a phase that is over', () => {
    const { stderr, after } = rig();
    after(0).handle({ type: 'phase', phase: 'merge' });
    after(5_000).handle(reading(1, 2));
    expect(stderr.lines).toEqual(['Settling matches ...']);
  });
});

describe('elsewhere', () => {
  it.each([
    ['a pipe', { isTTY: false }, {}],
    ['CI', {}, { CI: 'true' }],
    ['a dumb terminal', {}, { TERM: 'dumb' }],
  ])('%s gets a line every ten seconds, and none from a short run', (_, screen, env) => {
    const { stderr, after } = rig(screen, env);
    after(0).handle({ type: 'phase', phase: 'stash' });
    for (let second = 1; second <= 9; second++) after(1_000).handle(reading(second * 1_000, 30_000));
    expect(stderr.written).toBe('');
    for (let second = 10; second <= 25; second++) after(1_000).handle(reading(second * 1_000, 30_000));
    expect(stderr.lines).toEqual([
      'Checking scenes  10,000 of 30,000 (33%)  1,000/s  20 s left',
      'Checking scenes  20,000 of 30,000 (66%)  1,000/s  10 s left',
      '',
    ]);
    after(6_000).handle({ type: 'phase', phase: 'merge' });
    after(1_000).handle({ type: 'phase', phase: 'queue' });
    expect(stderr.lines.slice(2)).toEqual(['Settling matches ...', '']);
  });

  it('quiet says nothing but failures', () => {
    const { stderr, terminal, after } = rig({}, {}, true);
    after(0).handle({ type: 'phase', phase: 'stash' });
    after(60_000).handle(reading(1, 2));
    after(0).handle({ type: 'retry', server: 'stash', reason: 'x', attempt: 1, delayMs: 1 });
    terminal.say('talk');
    expect(stderr.written).toBe('');
    terminal.complain('it failed');
    expect(stderr.written).toBe('it failed\n');
  });
});

describe('a terminal', () => {
  it('shows no secret, on any of its ways out', () => {
    const { stdout, stderr, terminal } = rig();
    terminal.keepSecret('marked-secret');
    terminal.draw('marked-secret');
    terminal.say('say marked-secret');
    terminal.complain('complain marked-secret');
    terminal.result('result marked-secret');
    terminal.resultJson({ at: 'marked-secret' });
    expect(stdout.lines).toEqual(['result [secret]', '{"at":"[secret]"}', '']);
    expect(stderr.written).not.toContain('marked-secret');
  });

  it.each([
    [{}, {}, true],
    [{ isTTY: false }, {}, false],
    [{}, { NO_COLOR: '1' }, false],
    [{}, { NO_COLOR: '' }, true],
    [{}, { TERM: 'dumb' }, false],
  ])('%j with %j: colours %s', (screen, env, color) => {
    expect(rig(screen, env).terminal.color).toBe(color);
  });
});

describe('a progress line', () => {
  it.each([
    [0, undefined, 0, 'Reading  0'],
    [0, 100, 5, 'Reading  0 of 100 (0%)'],
    [999, 1000, 1, 'Reading  999 of 1,000 (99%)  999/s  0.0 s left'],
    [1200, 1000, 1, 'Reading  1,200 of 1,000 (100%)  1,200/s'],
    [1000, 1_000_000, 10, 'Reading  1,000 of 1,000,000 (0%)  100/s  2 h 46 min left'],
    [5, 0, 1, 'Reading  5  5/s'],
  ])('%j of %j after %d s', (done, total, seconds, line) => {
    expect(progressLine('Reading', { done, total, begunAt: 0, seconds })).toBe(line);
  });
});
