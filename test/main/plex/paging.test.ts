import { existsSync } from 'node:fs';
import { GuardError, ServerError, scan } from 'gapscan';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../support/faults.js';
import { sampleItem, sampleScene, type SampleItem } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig, type ScanRig } from '../../support/scan-world.js';

const itemsUpTo = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    sampleItem({ ratingKey: String(i + 1), studio: 'Acme', parts: [{ file: `/p/${i + 1}.mp4`, size: 100 + i }] }),
  );
const scenes = Array.from({ length: 12 }, (_, i) =>
  sampleScene({ id: i + 1, details: 'd', files: [{ path: `/s/${i + 1}.mp4`, size: 100 + i, duration: 60 }] }),
);

interface Listing {
  MediaContainer: { size: number; totalSize?: number; offset: number; Metadata?: object[] };
}

/** Answers every page of a listing with what `change` makes of all rows and the place that was asked for. */
function pagesOf(
  rig: ScanRig,
  change: (rows: readonly object[], start: number, size: number) => Partial<Listing['MediaContainer']>,
) {
  rig.plex.fault = ({ path }): Fault | undefined => {
    if (!path.includes('/all?')) return undefined;
    const url = new URL(path, 'http://plex');
    const [start = 0, size = 0] = ['Start', 'Size'].map((name) =>
      Number(url.searchParams.get(`X-Plex-Container-${name}`)),
    );
    const rows = rig.plex.state.world.sections[0]!.items.map((item) => row(item));
    const { Metadata = [], ...rest } = change(rows, start, size);
    const body = { MediaContainer: { size: Metadata.length, offset: start, ...rest, Metadata } };
    return { kind: 'body', type: 'application/json', body: JSON.stringify(body) };
  };
}

function row({ ratingKey, title, studio, media }: SampleItem): object {
  return { ratingKey, title, studio, Media: media.map(({ parts }) => ({ Part: parts })) };
}

const plexRequests = ({ plex }: ScanRig) => plex.requests.length;

describe('a listing without a sound end', () => {
  it.each([0, 2])('a start that is ignored ends in an error, soon (%i threads)', async (threads) => {
    const rig = await scanRig({ scenes, items: itemsUpTo(30) });
    pagesOf(rig, (rows) => ({ totalSize: 1000, Metadata: rows.slice(0, 30) }));
    await expect(scan({ ...rig.options, threads })).rejects.toMatchObject({
      code: 'plex_bad_answer',
      message: expect.stringMatching(
        /cannot be read page by page: library "Clips" gives 30 rows it has given before/,
      ) as unknown,
    });
    expect(plexRequests(rig)).toBeLessThanOrEqual(20);
    expect(existsSync(rig.queueFile)).toBe(false);
  });

  it('the same without a count', async () => {
    const rig = await scanRig({ scenes, items: itemsUpTo(30) });
    pagesOf(rig, (rows) => ({ Metadata: rows.slice(0, 30) }));
    await expect(scan(rig.options)).rejects.toBeInstanceOf(ServerError);
    expect(plexRequests(rig)).toBeLessThanOrEqual(20);
  });

  it('is whole where all rows did arrive', async () => {
    const rig = await scanRig({ scenes, items: itemsUpTo(30) });
    pagesOf(rig, (rows) => ({ totalSize: 30, Metadata: [...rows] }));
    expect((await scan(rig.options)).verdicts.matched).toBe(12);
    expect(plexRequests(rig)).toBeLessThanOrEqual(20);
  });

  it('no count at all: read to the empty page', async () => {
    const rig = await scanRig({ scenes, items: itemsUpTo(700) });
    pagesOf(rig, (rows, start, size) => ({ Metadata: rows.slice(start, start + Math.min(size, 300)) }));
    const { plex, verdicts } = await scan(rig.options);
    expect([plex.items, verdicts.matched]).toEqual([700, 12]);
    expect(plexRequests(rig)).toBeLessThanOrEqual(20);
  });

  it.each([
    ['with', 1200],
    ['without', undefined],
  ])('the last page again beyond the end, %s a count', async (_, totalSize) => {
    const rig = await scanRig({ scenes, items: itemsUpTo(1200) });
    pagesOf(rig, (rows, start, size) => {
      const from = Math.min(start, 1000);
      return { ...(totalSize !== undefined && { totalSize }), Metadata: rows.slice(from, from + size) };
    });
    expect((await scan(rig.options)).plex.items).toBe(1200);
    expect(plexRequests(rig)).toBeLessThanOrEqual(20);
  });

  it('ever new rows behind the end end in an error', async () => {
    const rig = await scanRig({ scenes, items: itemsUpTo(30) });
    pagesOf(rig, (rows, start, size) => {
      if (size === 0) return { totalSize: 30 };
      const made = Array.from({ length: 30 }, (_, i) => ({ ...rows[i], ratingKey: String(start + i + 1) }));
      return { totalSize: 30, Metadata: made };
    });
    await expect(scan(rig.options)).rejects.toThrow(/does not come to an end: library "Clips" counts 30 items/);
    expect(plexRequests(rig)).toBeLessThanOrEqual(20);
  });
});

describe('a section that changes while it is read', () => {
  /** Moves the section's counter with each request, as edits do, and does something to its items. */
  function editing(rig: ScanRig, edit: (items: readonly SampleItem[], count: number) => readonly SampleItem[]) {
    let count = 0;
    rig.plex.fault = () => {
      count++;
      const [section] = rig.plex.state.world.sections;
      const changed = { ...section!, contentChangedAt: count, items: edit(section!.items, count) };
      rig.plex.state.world = { ...rig.plex.state.world, sections: [changed] };
      return undefined;
    };
  }

  it('is read though its counter never stands still, as long as no rows come or go', async () => {
    const rig = await scanRig({ scenes, items: itemsUpTo(4000) });
    editing(rig, (items, count) =>
      items.map((item, i) => (i === count ? { ...item, summary: `edit ${count}` } : item)),
    );
    const { plex, verdicts, warnings } = await scan(rig.options);
    expect([plex.items, verdicts.matched, warnings]).toEqual([4000, 12, []]);
  });

  it('is read again when a row goes while another comes, which leaves the count alone but makes pages skip one', async () => {
    const rig = await scanRig({ scenes, items: itemsUpTo(1300) });
    // While its first pages are read, the first item goes and another comes at the end.
    editing(rig, (items, count) =>
      count === 5 ? [...items.slice(1), sampleItem({ ratingKey: '9999', parts: [{ file: '/p/new.mp4' }] })] : items,
    );
    const before = rig.plex.requests.length;
    const { plex } = await scan(rig.options);
    expect(plex.items).toBe(1300);
    const readings = rig.plex.requests.slice(before).filter(({ path }) => /Start=0&.*Size=500/.test(path));
    expect(readings.length).toBe(3);
  });

  it('is given up when rows come all the time', async () => {
    const rig = await scanRig({ scenes, items: itemsUpTo(600) });
    editing(rig, (items, count) => [...items, sampleItem({ ratingKey: String(10_000 + count), parts: [] })]);
    await expect(scan(rig.options)).rejects.toMatchObject({ code: 'plex_changing', exitCode: 4 });
  });
});

describe('a count that stays above what is listed', () => {
  async function shortRig() {
    const rig = await scanRig({ scenes, items: itemsUpTo(12) });
    pagesOf(rig, (rows, start, size) => ({ totalSize: 14, Metadata: rows.slice(start, start + size) }));
    return rig;
  }

  it('stops the run, naming both numbers', async () => {
    const rig = await shortRig();
    const failed = scan(rig.options);
    await expect(failed).rejects.toBeInstanceOf(GuardError);
    await expect(failed).rejects.toMatchObject({
      check: 'section_short',
      exitCode: 5,
      message:
        'Plex library "Clips" counts 14 items, but lists 12 however often it is read; nothing was written [section_short]',
    });
    expect(existsSync(rig.queueFile)).toBe(false);
  });

  it('is passed with --force, with the 12', async () => {
    const rig = await shortRig();
    const { code, stdout } = await runCli(['scan', '--force', '--json'], cliEnvironment(rig));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      plex: { items: 12 },
      verdicts: { matched: 12 },
      warnings: [{ code: 'section_short' }],
    });
  });
});
