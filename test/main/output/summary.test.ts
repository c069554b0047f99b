import { describe, expect, it } from 'vitest';
import { renderOneLine, renderSummary, type SummaryStyle } from '../../../src/main/output/summary.js';
import type { ScanSummary } from '../../../src/main/scan-types.js';
import { widthOf } from '../../../src/main/output/width.js';
import { VERDICTS, zeroVerdicts } from '../../../src/shared/verdicts.js';
import { summary } from '../../support/report.js';

const NO_ACTIONS = {
  enqueued: 0,
  refreshed: 0,
  already_queued: 0,
  recently_done: 0,
  withheld: 0,
  dead_lettered: 0,
  unsafe_name: 0,
  not_selected: 0,
};

interface Figures extends Partial<Omit<ScanSummary, 'verdicts' | 'queue' | 'scenes'>> {
  readonly verdicts?: Partial<ScanSummary['verdicts']>;
  readonly queue?: Partial<ScanSummary['queue']>;
}

function summaryOf({ verdicts = {}, queue = {}, ...rest }: Figures): ScanSummary {
  const counted = { ...zeroVerdicts(), ...verdicts };
  return {
    ...summary,
    elapsedSeconds: 40,
    plex: { sections: [{ key: '1', title: 'Clips', items: 1, kept: false }], items: 1, files: 1 },
    warnings: [],
    ...rest,
    scenes: { checked: Object.values(counted).reduce((sum, count) => sum + count, 0) },
    verdicts: counted,
    queue: { ...NO_ACTIONS, ...queue },
  };
}

const zeroVerdictsOf = (count: number): ScanSummary['verdicts'] =>
  Object.fromEntries(VERDICTS.map((verdict) => [verdict, count])) as ScanSummary['verdicts'];

const PLAIN: SummaryStyle = { color: false, reports: [], include: 'gaps', processQueue: false };
const REPORT = { path: 'gaps.ndjson', format: 'ndjson' } as const;
const nextOf = (figures: Figures, style: Partial<SummaryStyle> = {}) =>
  renderSummary(summaryOf(figures), { ...PLAIN, ...style })
    .split('\n')
    .filter((line) => line.startsWith('Next: '));

const EVERYTHING = summaryOf({
  plex: {
    sections: [
      { key: '1', title: 'Clips', items: 900_000, kept: false },
      { key: '2', title: 'Holi\u001b[31mdays', items: 100_001, kept: false },
    ],
    items: 1_000_001,
    files: 1_000_002,
  },
  verdicts: {
    in_sync: 900_000,
    stale: 1_200,
    matched: 80_000,
    empty: 34,
    missing: 5,
    ambiguous: 6,
    nothing_to_sync: 7,
    no_file: 8,
    unreadable: 12,
  },
  queue: { enqueued: 1_000, refreshed: 200, already_queued: 30, recently_done: 4, withheld: 3, unsafe_name: 2 },
  phases: [
    { name: 'plex', seconds: 12.3 },
    { name: 'index', seconds: 0.01 },
    { name: 'stash', seconds: 27.4 },
  ],
  warnings: [
    { code: 'a', message: 'Stash could not deliver 12 scenes', sceneIds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] },
    { code: 'b', message: 'one\nodd thing', sceneIds: [7] },
    { code: 'c', message: 'nothing about scenes' },
  ],
});

describe('the summary', () => {
  it('says what was checked, found and done, how long it took, and what to do next', () => {
    expect(renderSummary(EVERYTHING, { ...PLAIN, reports: [REPORT] }).split('\n')).toEqual([
      'Checked 981,272 scenes against 1,000,001 Plex items',
      '  in Clips, Holi [31mdays',
      '',
      '    900,000  in_sync          synced since the last update',
      '      1,200  stale            updated after the last sync',
      '     80,000  matched          the Plex item has metadata',
      '         34  empty            the Plex item has no metadata',
      '          5  missing          no Plex item is this scene',
      '          6  ambiguous        several items could be it',
      '          7  nothing_to_sync  neither side has metadata',
      '          8  no_file          no file that Plex could see',
      '         12  unreadable       Stash could not deliver it',
      '',
      '1,239 gaps',
      '',
      '      1,000  enqueued         new job queued',
      '        200  refreshed        waiting job brought up to date',
      '         30  already_queued   a job is waiting or at work',
      '          4  recently_done    a job finished lately',
      '          3  withheld         the scene has nothing to send',
      '          2  unsafe_name      its job would hit another item',
      '',
      'Took 40 s (24,532 scenes/s)',
      '  read Plex 12 s, check scenes 27 s',
      'Report: gaps.ndjson',
      'Warning: Stash could not deliver 12 scenes: scenes 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ...',
      'Warning: one odd thing: scene 7',
      'Warning: nothing about scenes',
      'Next: start the task "Process Queue" of Stash2Plex in Stash, or use --process-queue',
      'Next: see which scenes need a look with --include all --report scenes.ndjson',
    ]);
  });

  it('of a dry run says what a real one would do', () => {
    const lines = renderSummary(
      summaryOf({ dryRun: true, verdicts: { missing: 1 }, queue: { enqueued: 1 } }),
      PLAIN,
    ).split('\n');
    expect(lines).toContain('1 gap, nothing written (dry run)');
    expect(lines).toContain('A real run would say');
    expect(lines.at(-1)).toBe('Next: run again without --dry-run to queue the jobs');
  });

  it('of a library without gaps is short', () => {
    expect(renderSummary(summaryOf({ verdicts: { in_sync: 2 } }), PLAIN).split('\n')).toEqual([
      'Checked 2 scenes against 1 Plex item (Clips)',
      '',
      '          2  in_sync          synced since the last update',
      '',
      'No gaps',
      '',
      'Took 40 s (0 scenes/s)',
    ]);
  });

  it('says how the gaps have changed', () => {
    const sinceLastRun = { startedAt: '2026-01-30T04:30:00.000Z', new: 1, fixed: 2, persistent: 3 };
    const said = '  1 new, 2 fixed, 3 persistent since the last run';
    expect(renderSummary(summaryOf({ verdicts: { stale: 4 }, sinceLastRun }), PLAIN)).toContain(`4 gaps\n${said}\n`);
    expect(renderSummary(summaryOf({ sinceLastRun }), PLAIN)).toContain(`No gaps\n${said}\n`);
    expect(renderSummary(summaryOf({ sinceLastRun: { ...sinceLastRun, fixed: 0 } }), PLAIN)).toContain('No gaps\n\n');
  });

  it('fits a terminal of 60 columns, whatever the names', () => {
    const wide = '\u6620\u753b'.repeat(40);
    const group = {
      directory: `/data/${wide}/end`,
      scenes: 3,
      nextStep: 'let Plex scan the library, word by word '.repeat(3),
    };
    const summary = summaryOf({
      ...EVERYTHING,
      dryRun: true,
      sinceLastRun: { startedAt: null, new: 1_000_000, fixed: 1_000_000, persistent: 1_000_000 },
      plex: {
        sections: ['a', wide, 'b'].map((title) => ({ key: title, title, items: 1, kept: false })),
        items: 1_000_000,
        files: 1,
      },
      verdicts: zeroVerdictsOf(1_000_000),
      queue: Object.fromEntries(Object.keys(NO_ACTIONS).map((action) => [action, 1_000_000])),
      missing: [{ reason: 'outside_libraries', scenes: 3, groups: [group] }],
      phases: (['plex', 'index', 'stash', 'merge', 'queue', 'report'] as const).map((name) => ({
        name,
        seconds: 4000,
      })),
    });
    const lines = renderSummary(summary, { ...PLAIN, columns: 60 }).split('\n');
    expect(lines.filter((line) => widthOf(line) > 60)).toEqual([]);
    expect(lines.slice(0, 2)).toEqual([
      'Checked 11,000,000 scenes against 1,000,000 Plex items',
      `  in a, ${'\u6620\u753b'.repeat(5)}\u6620…, b`,
    ]);
    expect(lines).toContain(`             …\u753b${'\u6620\u753b'.repeat(10)}/end`);
    expect(lines).toContain('  1,000,000  dead_lettered    given up; see --retry-failed');
    expect(lines).toContain('  read Plex 1 h 6 min, index 1 h 6 min,');
    // Each in its column, however wide what stands before it.
    expect(
      new Set(lines.filter((line) => /^ {2}1,000,000 {2}/.test(line)).map((line) => line.search(/[a-z]/))),
    ).toEqual(new Set([13]));
  });

  it('proposes mappings on a line each where one has no room', () => {
    const example = { stash: '/data/a/x', plex: '/media/b/x' };
    const root = { stash: '/data/a', plex: '/media/b', scenes: 2, contradictions: 0, configured: false, example };
    const figures = { verdicts: { missing: 1 }, roots: [root, { ...root, stash: '/data/c' }] };
    const [first = '', second = ''] = ['/data/a', '/data/c'].map((stash) => `{ stash: "${stash}", plex: "/media/b" }`);
    expect(renderSummary(summaryOf(figures), PLAIN).split('\n').at(-1)).toBe(
      `Next: put into the config file: pathMappings: [${first}, ${second}]`,
    );
    expect(
      renderSummary(summaryOf(figures), { ...PLAIN, columns: 60 })
        .split('\n')
        .slice(-4),
    ).toEqual(['Next: put into the config file:', 'pathMappings:', `  - ${first}`, `  - ${second}`]);
  });

  it('has colours only when asked', () => {
    const colored = renderSummary(EVERYTHING, { ...PLAIN, color: true });
    expect(colored).toContain('\u001b[33m      1,200  stale            updated after the last sync\u001b[39m');
    // eslint-disable-next-line no-control-regex -- colours are escapes
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(renderSummary(EVERYTHING, PLAIN));
  });
});

describe('what to do next', () => {
  const LOOK = 'Next: see which scenes need a look with --include all --report scenes.ndjson';
  const START = 'Next: start the task "Process Queue" of Stash2Plex in Stash, or use --process-queue';

  it.each([
    ['nothing without gaps', { verdicts: { in_sync: 3 } }, {}, []],
    ['start the queue after jobs were written', { queue: { refreshed: 1 } }, {}, [START]],
    ['nothing when Stash was asked to', { queue: { enqueued: 1 } }, { processQueue: true }, []],
    ['nothing for jobs that wait already', { queue: { already_queued: 1 } }, {}, []],
    ['a look at what is ambiguous', { verdicts: { ambiguous: 1 } }, {}, [LOOK]],
    ['also when the report lists gaps only', { verdicts: { unreadable: 1 } }, { reports: [REPORT] }, [LOOK]],
    ['but not when it lists all', { verdicts: { ambiguous: 1 } }, { reports: [REPORT], include: 'all' }, []],
    ['a look at unsafe names', { queue: { unsafe_name: 1 } }, {}, [LOOK]],
    ['unless the report has them', { queue: { unsafe_name: 1 } }, { reports: [REPORT] }, []],
  ] as const)('%s', (_, figures, style, steps) => {
    expect(nextOf(figures, style)).toEqual(steps);
  });
});

describe('one line', () => {
  it('is all of a quiet run', () => {
    expect(renderOneLine(EVERYTHING)).toBe('gapscan: 981,272 scenes checked, 1,239 gaps, 1,000 queued, 200 refreshed');
    expect(renderOneLine(summaryOf({ dryRun: true, verdicts: { stale: 1 }, queue: { enqueued: 1 } }))).toBe(
      'gapscan: 1 scene checked, 1 gap, 1 would be queued, 0 refreshed',
    );
  });
});
