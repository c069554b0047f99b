/** Findings and a summary for tests of reports. */
import fc from 'fast-check';
import type { ReportLine, ScanSummary } from '../../src/main/scan-types.js';
import { zeroActions, zeroVerdicts } from '../../src/shared/verdicts.js';

/** A finding. */
export const lineOf = (fields: Partial<ReportLine> = {}): ReportLine => ({
  sceneId: 7,
  verdict: 'empty',
  code: 'item_empty',
  reason: 'because',
  action: 'enqueued',
  title: 'A',
  url: 'http://s/scenes/7',
  path: '/s/a.mp4',
  updatedAt: null,
  studio: 'Acme',
  date: '2024-05-02',
  item: { ratingKey: '101', title: 'B', section: 'Clips', path: '/p/a.mp4', url: 'http://p/101' },
  evidence: 'same path',
  candidates: [],
  nextStep: 'wait',
  missing: null,
  ...fields,
});

/** A line without what is only known of a scene in sync where its row was read anyway. */
export const asLightRow = (line: ReportLine): ReportLine =>
  line.verdict === 'in_sync' ? { ...line, path: null, studio: null, date: null } : line;

const NOTHING_ASKED = { requests: 0, rows: 0, bytes: 0, waitSeconds: 0 };

/** The summary of a run. */
export const summary: ScanSummary = {
  schema: 'gapscan.summary/1',
  version: '0.0.0',
  scope: { libraries: null, since: null, ids: null },
  threads: 0,
  requests: { stash: 1, plex: 1 },
  retries: { stash: 0, plex: 0 },
  asked: { stash: NOTHING_ASKED, plex: NOTHING_ASKED },
  dryRun: false,
  audit: false,
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:00:01.000Z',
  elapsedSeconds: 1,
  plex: { sections: [{ key: '1', title: 'Clips <1>', items: 3, kept: false }], items: 3, files: 3 },
  scenes: { checked: 2 },
  verdicts: { ...zeroVerdicts(), empty: 2 },
  queue: { ...zeroActions(), enqueued: 2 },
  sinceLastRun: null,
  roots: [],
  missing: [],
  phases: [],
  warnings: [{ code: 'x', message: 'look <here>' }],
};

/** Texts that mean something to somebody. */
export const NASTY = [
  '=1+1',
  '+1',
  '-1',
  '@x',
  '\t=1',
  ' =1',
  '\r=1',
  '\uFF1D1',
  'a"b',
  'a,b',
  'a\nb',
  'a\r\nb',
  ' a ',
  '',
  "'",
  '\u{1f3ac}',
  '</td><script>alert(1)</script>',
  '&lt;',
  '\u0000\u0007',
  ']]>',
  '{{x}}',
];
/** Any text a library may hold. */
export const anyName = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary' }), fc.string());
