import fc from 'fast-check';
import { join } from 'node:path';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { csv } from '../../../src/main/report/csv.js';
import { html } from '../../../src/main/report/html.js';
import { markdown } from '../../../src/main/report/markdown.js';
import { writeReport } from '../../../src/main/report/write-report.js';
import type { ReportLine, ScanSummary } from '../../../src/main/scan-types.js';
import { zeroActions, zeroVerdicts } from '../../../src/shared/verdicts.js';
import { runs } from '../../support/property.js';
import { python } from '../../support/python.js';
import { tempDir } from '../../support/temp-dir.js';

const HEADER =
  'sceneId,verdict,title,action,code,reason,nextStep,path,url,updatedAt,ratingKey,itemTitle,section,itemPath,itemUrl,evidence,candidates,missing,directory,suggestion';

const lineOf = (fields: Partial<ReportLine> = {}): ReportLine => ({
  sceneId: 7,
  verdict: 'empty',
  code: 'item_empty',
  reason: 'because',
  action: 'enqueued',
  title: 'A',
  url: 'http://s/scenes/7',
  path: '/s/a.mp4',
  updatedAt: null,
  item: { ratingKey: '101', title: 'B', section: 'Clips', path: '/p/a.mp4', url: 'http://p/101' },
  evidence: 'same path',
  candidates: [],
  nextStep: 'wait',
  missing: null,
  ...fields,
});

const summary: ScanSummary = {
  schema: 'gapscan.summary/1',
  version: '0.0.0',
  scope: { libraries: null, since: null, ids: null },
  threads: 0,
  requests: { stash: 1, plex: 1 },
  retries: { stash: 0, plex: 0 },
  dryRun: false,
  audit: false,
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:00:01.000Z',
  elapsedSeconds: 1,
  plex: { sections: [{ key: '1', title: 'Clips <1>', items: 3 }], items: 3, files: 3 },
  scenes: { checked: 2 },
  verdicts: { ...zeroVerdicts(), empty: 2 },
  queue: { ...zeroActions(), enqueued: 2 },
  roots: [],
  missing: [],
  phases: [],
  warnings: [{ code: 'x', message: 'look <here>' }],
};

const texts = (lines: readonly ReportLine[]) => lines.map((line) => JSON.stringify(line));
const write = (lines: readonly ReportLine[]) => [...csv(texts(lines), {})].join('');

const NASTY = [
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
const name = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary' }), fc.string());

describe('a CSV report', () => {
  it('is a header and one record per scene, with every column', () => {
    const candidate = { ratingKey: '1', title: 'x', section: 'Clips', path: '/p/x.mp4', url: null };
    const lines = [
      lineOf({ candidates: [candidate, { ...candidate, ratingKey: '2' }] }),
      lineOf({ sceneId: 8, action: null, item: null, evidence: null, path: null, title: 'a "b", c' }),
    ];
    expect(write(lines)).toBe(
      [
        HEADER,
        '7,empty,A,enqueued,item_empty,because,wait,/s/a.mp4,http://s/scenes/7,,101,B,Clips,/p/a.mp4,http://p/101,same path,1 (Clips): /p/x.mp4; 2 (Clips): /p/x.mp4,,,',
        '8,empty,"a ""b"", c",,item_empty,because,wait,,http://s/scenes/7,,,,,,,,,,,',
        '',
      ].join('\r\n'),
    );
  });

  it('gives back every text to a reader of CSV, and no formula to a spreadsheet', () => {
    const [lines] = fc.sample(fc.array(name, { minLength: runs(300), maxLength: runs(300) }), { numRuns: 1, seed: 3 });
    const wanted = [...NASTY, ...lines!];
    const read = python(
      'import csv, io\nprint(json.dumps(list(csv.reader(io.StringIO(input, newline=""), strict=True))))',
      write(wanted.map((title) => lineOf({ title }))).replaceAll('\u0000', ''),
    ) as string[][];
    expect(read.shift()).toEqual(HEADER.split(','));
    const titles = read.map((cells) => cells[2]!);
    expect(titles).toHaveLength(wanted.length);
    for (const [i, title] of titles.entries()) {
      expect(title).not.toMatch(/^\s*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/);
      const plain = wanted[i]!.replaceAll('\u0000', '');
      expect([plain, `'${plain}`]).toContain(title);
    }
  });
});

// eslint-disable-next-line no-control-regex -- what no page may hold
const UNFIT_FOR_HTML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g;

const READ_HTML = `
from html.parser import HTMLParser
class Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.rows, self.cell, self.tags, self.attributes = [], None, set(), set()
    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(k for k, v in attrs)
        if tag == "tr": self.rows.append([])
        if tag == "td": self.cell = ""
    def handle_endtag(self, tag):
        if tag == "td":
            self.rows[-1].append(self.cell)
            self.cell = None
    def handle_data(self, data):
        if self.cell is not None: self.cell += data
reader = Reader()
reader.feed(input)
reader.close()
print(json.dumps({"rows": reader.rows[1:], "tags": sorted(reader.tags), "attributes": sorted(reader.attributes)}))`;

describe('a Markdown report', () => {
  const page = (lines: readonly ReportLine[], more: Partial<ScanSummary> = {}) =>
    [...markdown(texts(lines), { ...summary, ...more })].join('');

  it('says what the run found, and shows the first of each kind', () => {
    const group = { directory: '/new/a_b', scenes: 3, nextStep: 'let Plex scan it' };
    const lines = [
      ...Array.from({ length: 12 }, (_, i) => lineOf({ sceneId: i + 1, title: `T${i + 1}` })),
      lineOf({ sceneId: 20, verdict: 'ambiguous', action: null, title: '', nextStep: null }),
    ];
    const text = page(lines, { missing: [{ reason: 'not_scanned', scenes: 3, groups: [group] }], dryRun: true });
    expect(text).toBe(
      `# gapscan

2026-01-01T00:00:00.000Z, dry run: nothing was written. Checked 2 scenes against 3 Plex items (Clips \\<1\\>).

| | scenes |
| --- | ---: |
| empty | 2 |
| → enqueued | 2 |

> Warning: look \\<here\\>

## Why scenes are missing

| scenes | reason | directory | next |
| ---: | --- | --- | --- |
| 3 | not\\_scanned | /new/a\\_b | let Plex scan it |

## empty: 12

| scene | title | why | next |
| ---: | --- | --- | --- |
${Array.from({ length: 10 }, (_, i) => `| [${i + 1}](<http://s/scenes/7>) | T${i + 1} | because | wait |`).join('\n')}

and 2 more

## ambiguous: 1

| scene | title | why | next |
| ---: | --- | --- | --- |
| [20](<http://s/scenes/7>) | /s/a.mp4 | because |  |

`,
    );
  });

  it('keeps every text within its cell, whatever it is', () => {
    const [more] = fc.sample(fc.array(name, { minLength: runs(300), maxLength: runs(300) }), { numRuns: 1, seed: 5 });
    for (const title of [...NASTY, ...more!, 'a|b', '[x](y)', '`c`', '**b**', '<img src=x>', '\\|']) {
      const rows = page([lineOf({ title })]).split('\n');
      const row = rows.find((text) => text.startsWith('| [7]'))!;
      expect(rows).toHaveLength(page([lineOf()]).split('\n').length);
      expect(row.replace(/\\[^\p{L}\p{N}]/gu, '').split('|')).toHaveLength(6);
      const cell = row.split(/(?<!\\)\|/)[2] ?? '';
      if (!title.includes('\\') && title !== '')
        expect(cell.replace(/\\[^\p{L}\p{N}]/gu, '')).not.toMatch(/[<>[\]`*_|]/);
    }
  });
});

describe('an HTML report', () => {
  const page = (lines: readonly ReportLine[]) => [...html(texts(lines), summary)].join('');

  it('shows every text as it is, and nothing of it becomes markup', () => {
    const [more] = fc.sample(fc.array(name, { minLength: runs(300), maxLength: runs(300) }), { numRuns: 1, seed: 4 });
    const wanted = [...NASTY, ...more!];
    const empty = python(READ_HTML, page([])) as { tags: string[]; attributes: string[] };
    const full = python(READ_HTML, page(wanted.map((title) => lineOf({ title })))) as typeof empty & {
      rows: string[][];
    };
    const shown = (text: string) => text.replace(UNFIT_FOR_HTML, '\ufffd').replace(/\r\n?/g, '\n');
    expect(full.rows.map((cells) => shown(cells[2]!))).toEqual(wanted.map(shown));
    expect(full.tags).toEqual([...new Set([...empty.tags, 'a', 'td'])].sort());
    expect(full.attributes).toEqual([...empty.attributes, 'href'].sort());
  });

  it('needs nothing from anywhere, and says so to the browser', () => {
    const text = page([lineOf()]);
    expect(text).toMatch(/default-src 'none'/);
    // What a person may click on is not asked for.
    const links = /<a href="(http:[^"<>]+)">\1<\/a>/g;
    expect([...text.matchAll(links)].map(([, url]) => url)).toEqual(['http://s/scenes/7', 'http://p/101']);
    expect(text.replace(links, '')).not.toMatch(/https?:|src=|href=|@import|url\(/);
    expect(text).toContain('color-scheme: light dark');
    expect(text).toContain('Clips &lt;1&gt;');
    expect(text).toContain('look &lt;here&gt;');
    expect(text).toContain('<dt>empty</dt><dd>2</dd>');
  });
});

describe('writing a report', () => {
  it.each(['ndjson', 'json', 'csv', 'html'] as const)('takes lines as they come, never all at once: %s', (format) => {
    const directory = tempDir();
    const path = join(directory, `r.${format}`);
    const line = JSON.stringify(lineOf({ title: 'x'.repeat(100_000) }));
    let onDisk = 0;
    function* lines() {
      for (let i = 0; i < 49; i++) yield line;
      onDisk = statSync(join(directory, readdirSync(directory)[0]!)).size;
      yield line;
    }
    function* bytes() {
      for (const text of lines()) yield Buffer.from(`${text}\n`);
    }
    writeReport({ path, format }, { texts: lines, bytes }, [], summary);
    expect(onDisk).toBeGreaterThan(48 * 100_000);
    expect(readFileSync(path, 'utf8').split('x'.repeat(100_000))).toHaveLength(51);
  });
});
