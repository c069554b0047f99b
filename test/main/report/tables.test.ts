import fc from 'fast-check';
import { join } from 'node:path';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { csv } from '../../../src/main/report/csv.js';
import { markdown } from '../../../src/main/report/markdown.js';
import { writeReport } from '../../../src/main/report/write-report.js';
import type { ReportLine, ScanSummary } from '../../../src/main/scan-types.js';
import { runs } from '../../support/property.js';
import { NASTY, anyName, lineOf, summary } from '../../support/report.js';
import { python } from '../../support/python.js';
import { tempDir } from '../../support/temp-dir.js';

const HEADER =
  'sceneId,verdict,title,action,code,reason,nextStep,path,url,updatedAt,ratingKey,itemTitle,section,itemPath,itemUrl,evidence,candidates,missing,directory,suggestion,studio,date';

const texts = (lines: readonly ReportLine[]) => lines.map((line) => JSON.stringify(line));
const write = (lines: readonly ReportLine[]) => [...csv(texts(lines), {})].join('');

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
        '7,empty,A,enqueued,item_empty,because,wait,/s/a.mp4,http://s/scenes/7,,101,B,Clips,/p/a.mp4,http://p/101,same path,1 (Clips): /p/x.mp4; 2 (Clips): /p/x.mp4,,,,Acme,2024-05-02',
        '8,empty,"a ""b"", c",,item_empty,because,wait,,http://s/scenes/7,,,,,,,,,,,,Acme,2024-05-02',
        '',
      ].join('\r\n'),
    );
  });

  it('gives back every text to a reader of CSV, and no formula to a spreadsheet', () => {
    const [lines] = fc.sample(fc.array(anyName, { minLength: runs(300), maxLength: runs(300) }), {
      numRuns: 1,
      seed: 3,
    });
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

describe('a Markdown report', () => {
  const page = (lines: readonly ReportLine[], more: Partial<ScanSummary> = {}) =>
    [...markdown(texts(lines), { ...summary, ...more })].join('');

  it('says what the run found, and shows the first of each kind', () => {
    const group = { directory: '/new/a_b', scenes: 3, nextStep: 'let Plex scan it' };
    const lines = [
      ...Array.from({ length: 12 }, (_, i) => lineOf({ sceneId: i + 1, title: `T${i + 1}` })),
      lineOf({ sceneId: 20, verdict: 'ambiguous', action: null, title: '', nextStep: null }),
    ];
    const sinceLastRun = { startedAt: null, new: 1, fixed: 2, persistent: 3 };
    const missing = [{ reason: 'not_scanned' as const, scenes: 3, groups: [group] }];
    const text = page(lines, { missing, dryRun: true, sinceLastRun });
    expect(text).toBe(
      `# gapscan

2026-01-01T00:00:00.000Z, dry run: nothing was written. Checked 2 scenes against 3 Plex items (Clips \\<1\\>).

| | scenes |
| --- | ---: |
| empty | 2 |
| → enqueued | 2 |

Since the last run: 1 new, 2 fixed, 3 persistent.

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
    const [more] = fc.sample(fc.array(anyName, { minLength: runs(300), maxLength: runs(300) }), {
      numRuns: 1,
      seed: 5,
    });
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

describe('writing a report', () => {
  it.each(['ndjson', 'json', 'csv'] as const)('takes lines as they come, never all at once: %s', async (format) => {
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
    const content = { lines: { texts: lines, bytes }, changes: () => [], summary, earlierGaps: undefined };
    await writeReport({ path, format }, content);
    expect(onDisk).toBeGreaterThan(48 * 100_000);
    expect(readFileSync(path, 'utf8').split('x'.repeat(100_000))).toHaveLength(51);
  });
});
