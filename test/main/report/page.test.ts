import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scan, type ReportLine, type ScanSummary } from 'gapscan';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { html as writeHtml } from '../../../src/main/report/html/html.js';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { hasBrowser, useBrowser } from '../../support/browser.js';
import { NASTY, lineOf, summary } from '../../support/report.js';
import { scanRig } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';

/** From the build: the page's script is bundled there. */
const { html } = (await import(new URL('../../../dist/main/report/html/html.js', import.meta.url).href)) as {
  html: typeof writeHtml;
};

function writePage(lines: readonly ReportLine[], more: Partial<ScanSummary> = {}): string {
  const path = join(tempDir(), 'report.html');
  writeFileSync(path, [...html(blocksOf(lines), { ...summary, ...more }, { earlierGaps: undefined })].join(''));
  return path;
}

/** Blocks of some thousand lines, as the spool of a scan makes them. */
function blocksOf(lines: readonly ReportLine[]): Uint8Array[] {
  const texts = lines.map((line) => `${JSON.stringify(line)}\n`);
  const starts = texts.flatMap((_, i) => (i % 2000 === 0 ? [i] : []));
  return starts.map((start) => Buffer.from(texts.slice(start, start + 2000).join('')));
}

const item = (name: string) => ({
  ratingKey: `1${name}`,
  title: `Item ${name}`,
  section: 'Clips',
  path: `/p/${name}.mp4`,
  url: `http://p/${name}`,
});

const LINES: readonly ReportLine[] = [
  lineOf({ sceneId: 2, title: 'Episode 10', path: '/s/new/b.mp4', item: item('b'), studio: 'Acme' }),
  lineOf({ sceneId: 3, title: 'episode 9', path: '/s/old/ünï.mp4', item: item('c'), studio: 'Best', date: '2020' }),
  lineOf({
    sceneId: 11,
    verdict: 'missing',
    code: 'no_item',
    title: 'Zoo',
    path: '/s/new/zoo.mp4',
    item: null,
    action: 'withheld',
    missing: { reason: 'renamed', directory: '/s/new', suggestion: { ratingKey: '77', path: '/p/zoo2.mp4' } },
  }),
  lineOf({
    sceneId: 12,
    verdict: 'ambiguous',
    code: 'several_items',
    title: '',
    path: '/s/old/two.mp4',
    item: null,
    action: null,
    candidates: [item('x'), item('y')],
  }),
];

const rowCount = (page: Page) =>
  page.getByRole('table', { name: 'Findings', exact: true }).getAttribute('aria-rowcount');
/** Until all findings are read and selected. */
const waitForAll = (page: Page, findings: number) =>
  page.locator(`#findings[aria-rowcount="${findings + 1}"]`).waitFor();
const scenes = (page: Page) => page.locator('#rows .cell.scene').allTextContents();

describe.skipIf(!hasBrowser)('an HTML report in a browser', () => {
  const browser = useBrowser();
  const open = async (hash = '', shown = LINES.length) => {
    const watched = await browser.open(writePage(LINES), hash);
    await waitForAll(watched.page, shown);
    return watched;
  };

  it('shows every text as it is; none does anything', async () => {
    const texts = [...NASTY, '<img src=x onerror=alert(1)>', '</script><script>alert(1)</script>', '\u202egnp.exe'];
    const hostile = texts.map((text, i) =>
      lineOf({
        sceneId: i + 1,
        title: text,
        path: `/s/${text}`,
        studio: text,
        reason: text,
        nextStep: text,
        url: i === 0 ? 'javascript:alert(1)' : `http://s/scenes/${i + 1}`,
        item: { ratingKey: text, title: text, section: text, path: text, url: 'javascript:alert(1)' },
      }),
    );
    const path = writePage(hostile, {
      plex: { sections: [{ key: '1', title: '<b onclick=x>', items: 1, kept: false }], items: 1, files: 1 },
      missing: [{ reason: 'renamed', scenes: 1, groups: [{ directory: '<i>', scenes: 1, nextStep: '</td>' }] }],
      warnings: [{ code: 'x', message: '</script><script>alert(2)</script>' }],
      roots: [
        {
          stash: '</script>',
          plex: '<',
          scenes: 1,
          contradictions: 0,
          configured: false,
          example: { stash: '', plex: '' },
        },
      ],
    });
    const { page, trouble } = await browser.open(path);
    await waitForAll(page, hostile.length);
    for (const [i, text] of texts.entries()) {
      // Each comes into sight by itself.
      await page.evaluate(`location.hash = 'q=${i + 1}&sort=-scene'`);
      await page.getByRole('button', { name: `Why: scene ${i + 1}`, exact: true }).click();
      const row = page.locator('.entry', {
        has: page.getByRole('button', { name: `Why: scene ${i + 1}`, exact: true }),
      });
      expect(await row.locator('.cell.title').textContent()).toBe(text);
      expect(await row.locator('.explanation dd').first().textContent()).toBe(`${text} (item_empty)`);
    }
    expect(await page.locator('#rows a[href^="javascript"]').count()).toBe(0);
    expect(await page.locator('#health-title ~ p').nth(1).textContent()).toContain('<b onclick=x>');
    expect(trouble).toEqual([]);
  });

  it('lets nothing run or load but its own script and style', async () => {
    const text = readFileSync(writePage(LINES), 'utf8');
    const policy = text.indexOf('<meta http-equiv="Content-Security-Policy"');
    expect(policy).toBeGreaterThan(0);
    expect(policy).toBeLessThan(Math.min(text.indexOf('<script'), text.indexOf('<style')));
    expect(text).toContain("default-src 'none'");
    expect(text).not.toMatch(/unsafe-(?:inline|eval)/);
    const { page, trouble } = await open();
    const refused = await page.evaluate(`(async () => {
      const violations = [];
      const both = new Promise((resolve) =>
        document.addEventListener('securitypolicyviolation', (event) => {
          if (violations.push(event.effectiveDirective) === 2) resolve();
        }),
      );
      const image = document.createElement('img');
      image.src = 'http://127.0.0.1:9/x.png';
      document.body.append(image);
      await fetch('http://127.0.0.1:9/').catch(() => undefined);
      await both;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return violations.sort();
    })()`);
    expect(refused).toEqual(['connect-src', 'img-src']);
    expect(trouble.filter((said) => !said.includes('127.0.0.1:9'))).toEqual([]);
  });

  it.each([
    ['11', ['11']],
    ['zoo', ['11']],
    ['EPISODE', ['2', '3']],
    ['/s/old', ['3', '12']],
    ['ünï', ['3']],
    ['item c', ['3']],
    ['episode 10', ['2']],
    ['nowhere', []],
  ])('searches id, title, file and item: %s', async (query, found) => {
    const { page, trouble } = await open();
    await page.getByRole('searchbox').fill(query);
    expect(await scenes(page)).toEqual(found);
    expect(await rowCount(page)).toBe(String(found.length + 1));
    expect(await page.getByRole('status').textContent()).toBe(`${found.length} of 4 findings`);
    expect(new URL(page.url()).hash).toBe(`#${new URLSearchParams({ q: query }).toString()}`);
    expect(trouble).toEqual([]);
  });

  it('sorts by a heading, and back', async () => {
    const { page } = await open();
    const heading = page.getByRole('columnheader', { name: 'Title' });
    await heading.click();
    expect([await scenes(page), await heading.getAttribute('aria-sort')]).toEqual([
      ['12', '3', '2', '11'],
      'ascending',
    ]);
    await heading.click();
    expect([await scenes(page), await heading.getAttribute('aria-sort')]).toEqual([
      ['11', '2', '3', '12'],
      'descending',
    ]);
    await page.getByRole('columnheader', { name: 'Scene' }).click();
    expect([await scenes(page), await heading.getAttribute('aria-sort')]).toEqual([['2', '3', '11', '12'], 'none']);
  });

  it('filters by what a bar stands for, and writes the view into its URL', async () => {
    const { page, trouble } = await open();
    const bar = (name: string) => page.locator('#charts').getByRole('button', { name, exact: true });
    await bar('missing').click();
    await expect.poll(() => scenes(page)).toEqual(['11']);
    // Of the same kind another may be chosen too.
    await bar('ambiguous').click();
    await expect.poll(() => scenes(page)).toEqual(['11', '12']);
    await expect.poll(() => bar('missing').getAttribute('aria-pressed')).toBe('true');
    await bar('2024').click();
    const { hash } = new URL(page.url());
    expect(hash).toBe('#verdict=missing&verdict=ambiguous&year=2024');
    const again = await open(`${hash}&sort=-scene`, 2);
    expect(await scenes(again.page)).toEqual(['12', '11']);
    await again.page.getByRole('button', { name: 'Clear filters' }).click();
    expect(await scenes(again.page)).toEqual(['12', '11', '3', '2']);
    expect(new URL(again.page.url()).hash).toBe('#sort=-scene');
    expect([...trouble, ...again.trouble]).toEqual([]);
  });

  it('groups, and closes a group', async () => {
    const { page } = await open();
    await page.getByLabel('Group by').selectOption('studio');
    expect(await page.locator('#rows .group').allTextContents()).toEqual(['Acme (3)', 'Best (1)']);
    expect(await scenes(page)).toEqual(['2', '11', '12', '3']);
    await page.getByRole('button', { name: 'Acme (3)' }).click();
    expect(await scenes(page)).toEqual(['3']);
    expect(await page.getByRole('button', { name: 'Acme (3)' }).getAttribute('aria-expanded')).toBe('false');
    expect(await rowCount(page)).toBe('4');
  });

  it('explains a finding when asked, and links to both servers', async () => {
    const { page } = await open();
    const link = (name: string) => page.locator('#rows').getByRole('link', { name, exact: true }).getAttribute('href');
    expect([await link('2'), await link('Item b')]).toEqual(['http://s/scenes/7', 'http://p/b']);
    const why = page.getByRole('button', { name: 'Why: scene 11' });
    expect(await why.getAttribute('aria-expanded')).toBe('false');
    expect(await page.getByText('/p/zoo2.mp4').count()).toBe(0);
    await why.press('Enter');
    expect(await why.getAttribute('aria-expanded')).toBe('true');
    const explained = page.locator('.explanation');
    for (const said of ['because (no_item)', 'renamed: /s/new', '/p/zoo2.mp4 (item 77)', 'wait'])
      expect(await explained.textContent()).toContain(said);
    // What is below makes room.
    await expect
      .poll(async () => {
        const box = await explained.boundingBox();
        const next = await page.getByRole('link', { name: '12', exact: true }).boundingBox();
        return box !== null && next !== null && next.y >= box.y + box.height;
      })
      .toBe(true);
    await why.press('Enter');
    expect(await explained.count()).toBe(0);
    await page.getByRole('button', { name: 'Why: scene 12' }).click();
    expect(await explained.locator('li').allTextContents()).toEqual([
      'Item x (item 1x in Clips) /p/x.mp4',
      'Item y (item 1y in Clips) /p/y.mp4',
    ]);
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 360],
  ] as const)('is for everybody: %s, %d pixels wide', async (colorScheme, width) => {
    const group = { directory: '/s/'.padEnd(200, 'long'), scenes: 3, nextStep: 'let Plex scan it' };
    const path = writePage(LINES, {
      missing: [{ reason: 'not_scanned', scenes: 3, groups: [group] }],
      sinceLastRun: { startedAt: '2026-01-01T00:00:00.000Z', new: 1, fixed: 2, persistent: 3 },
    });
    const { page, trouble } = await browser.open(path, '', { colorScheme, viewport: { width, height: 740 } });
    await waitForAll(page, LINES.length);
    await page.locator('.chart').first().waitFor();
    await page.getByRole('button', { name: 'Why: scene 12' }).click();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
      colorScheme === 'dark' ? 'rgb(15, 19, 24)' : 'rgb(255, 255, 255)',
    );
    expect(trouble).toEqual([]);
    await page.evaluate(axe.source);
    const violations = await page.evaluate('axe.run().then(({ violations }) => violations.map(({ id }) => id))');
    expect(violations).toEqual([]);
  });

  it('is printed as it is, without what only a screen can do', async () => {
    const { page } = await open();
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await scenes(page)).toEqual(['2', '3', '11', '12']);
    expect(await page.getByRole('searchbox').count()).toBe(0);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    await page.emulateMedia({ media: 'screen' });
    await expect.poll(() => scenes(page)).toEqual(['2', '3', '11', '12']);
  });

  it('holds 100,000 findings, of which few are elements', async () => {
    const many = Array.from({ length: 100_000 }, (_, i) =>
      lineOf({
        sceneId: i + 1,
        title: `Title ${((i * 7919) % 100_003).toString(36)}`,
        path: `/s/${i % 97}/${(i * 104_729) % 1_000_003}.mp4`,
        item: item(String(i)),
      }),
    );
    const path = writePage(many);
    expect(statSync(path).size).toBeLessThan(12_000_000);
    const { page, trouble } = await browser.open(path);
    await waitForAll(page, many.length);
    expect(await page.locator('#rows .row').count()).toBeLessThan(60);
    await page.evaluate('scroller.scrollTop = scroller.scrollHeight');
    await page.getByRole('link', { name: '100000', exact: true }).waitFor();
    await page.getByRole('searchbox').fill('/s/96/');
    await waitForAll(page, many.filter(({ path: file }) => file?.startsWith('/s/96/')).length);
    expect(trouble).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('an HTML report of a run', () => {
  const browser = useBrowser();

  it('says what is new, fixed and persistent since the run before', async () => {
    const file = (id: number) => `/media/clips/${id}/Scene ${id}.mp4`;
    const rig = await scanRig({
      scenes: [1, 2, 3].map((id) =>
        sampleScene({ id, studio: { name: 'Acme' }, files: [{ path: file(id), size: 5 + id, duration: 9 }] }),
      ),
      items: [1, 2].map((id) => sampleItem({ ratingKey: String(100 + id), parts: [{ file: file(id), size: 5 + id }] })),
    });
    const path = join(rig.dataDir, 'report.html');
    const run = () => scan({ ...rig.options, reports: [{ path, format: 'html' }] });
    expect((await run()).sinceLastRun).toBeNull();
    const first = await browser.open(path);
    expect(await first.page.locator('main').textContent()).toContain('no earlier run to compare with');
    const { sinceLastRun } = await run();
    const { page, trouble } = await browser.open(path);
    expect(sinceLastRun?.startedAt).toMatch(/^\d{4}-/);
    const figures = page.locator('.figures div');
    expect(await figures.allTextContents()).toEqual([
      'new0 gaps it did not have',
      'fixed0 gaps of that run that are none any more',
      'persistent3 gaps that are still there',
    ]);
    await page.locator('#rows .cell.change').first().waitFor();
    expect(new Set(await page.locator('#rows .cell.change').allTextContents())).toEqual(new Set(['persistent']));
    expect(trouble).toEqual([]);
  });
});
