import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { scan } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { PageStore } from '../../../src/main/stash/page-store.js';
import { runs } from '../../support/property.js';
import { payloadOf, scanRig, type ScanRig } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';
import { until } from '../../support/until.js';

const path = (id: number) => `/media/clips/${id % 9}/Scene ${id}.mp4`;
const scenes = Array.from({ length: 3000 }, (_, i) =>
  sampleScene({ id: i + 1, details: 'd', files: [{ path: path(i + 1), size: i + 100, duration: 9 }] }),
);
// Every tenth is missing, every hundredth item is claimed by a weaker scene too.
const items = Array.from({ length: 6000 }, (_, i) => i + 1)
  .filter((id) => id % 10 !== 3)
  .map((id) =>
    sampleItem({
      ratingKey: String(10_000 + id),
      summary: id % 2 === 0 ? 'there' : '',
      parts: [{ file: path(id), size: id + 99 }],
    }),
  );
// Of every second scene the timestamp is newer than its update, of some older.
const syncTimestamps = Object.fromEntries(
  scenes.filter(({ id }) => id % 2 === 0).map(({ id }) => [id, id % 10 === 0 ? 1_600_000_000 : 1_760_000_000]),
);

const isPlexPage = (url: string) => url.includes('/all') && !url.includes('Size=0');
const isStashPage = (body: string) => body.includes('BETWEEN') || body.includes('ids');

/** What a descriptor of this process is of; the one that lists them is gone by then. */
function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

/** Makes both servers slow, and tells in which order pages were asked for. */
function slowDown(rig: ScanRig, plexMs: number, stashMs: number): string[] {
  const order: string[] = [];
  rig.plex.fault = ({ path: url }) => {
    if (!isPlexPage(url)) return undefined;
    order.push('plex');
    return { kind: 'delay', ms: plexMs };
  };
  rig.stash.fault = ({ body }) => {
    if (!isStashPage(body)) return undefined;
    order.push('stash');
    return { kind: 'delay', ms: stashMs };
  };
  return order;
}

const rowsOf = (rig: ScanRig) =>
  rig
    .rows()
    .map((row) => [row.job.get('scene_id') as number, payloadOf(row)] as const)
    .sort(([a], [b]) => a - b);

describe('both servers at once', () => {
  // Of nearly all items it is known at once that they have metadata.
  const filled = items.map((item) => (Number(item.ratingKey) % 12 === 0 ? item : { ...item, summary: 'there' }));

  it.each([
    ['nothing synced', items, {}],
    ['half synced', items, syncTimestamps],
    ['most with metadata', filled, {}],
  ])('answer as one after the other: %s', async (_, listed, timestamps) => {
    const quick = await scanRig({ scenes, items: listed, syncTimestamps: timestamps });
    const plain = await quick.run();
    const rig = await scanRig({ scenes, items: listed, syncTimestamps: timestamps });
    const order = slowDown(rig, 700, 250);
    const { summary, lines } = await rig.run();
    const matchRows = rig.stash.requests.filter(({ body }) => body.includes('files{') && !body.includes('performers'));
    expect(matchRows.length > 0).toBe(listed === filled);
    // Stash was read before Plex had ended, and nothing of Plex was asked twice for it.
    expect(order.indexOf('stash')).toBeLessThan(order.lastIndexOf('plex'));
    expect(order.filter((server) => server === 'plex')).toHaveLength(12);
    expect([summary.verdicts, summary.queue, summary.missing]).toEqual([
      plain.summary.verdicts,
      plain.summary.queue,
      plain.summary.missing,
    ]);
    // The servers have other addresses.
    const without = (all: typeof lines) =>
      [...all].map(([id, line]) => [id, { ...line, url: '', item: line.item?.ratingKey }]);
    expect(without(lines)).toEqual(without(plain.lines));
    const pictureless = (rows: ReturnType<typeof rowsOf>) =>
      rows.map(([id, data]) => [id, { ...data, poster_url: '' }]);
    expect(pictureless(rowsOf(rig))).toEqual(pictureless(rowsOf(quick)));
  });

  it('writes nothing where Plex fails in the middle, whatever has been read of Stash', async () => {
    const rig = await scanRig({ scenes, items });
    const order = slowDown(rig, 700, 20);
    const slow = rig.plex.fault;
    rig.plex.fault = (request) => {
      const fault = slow?.(request);
      return order.filter((server) => server === 'plex').length > 9 ? { kind: 'status', status: 503 } : fault;
    };
    await expect(scan({ ...rig.options, plex: { ...rig.options.plex, retries: 0 } })).rejects.toMatchObject({
      code: 'plex_unreachable',
    });
    expect(order).toContain('stash');
    expect(existsSync(rig.queueFile)).toBe(false);
  });

  it('ends soon where Stash fails while Plex is still being read', async () => {
    const rig = await scanRig({ scenes, items });
    const order = slowDown(rig, 700, 20);
    rig.stash.fault = ({ body }) => (isStashPage(body) ? { kind: 'status', status: 401 } : undefined);
    await expect(scan(rig.options)).rejects.toMatchObject({ code: 'stash_refused' });
    expect(order.filter((server) => server === 'plex').length).toBeLessThan(12);
    expect(existsSync(rig.queueFile)).toBe(false);
  });

  it.runIf(existsSync('/proc/self/fd')).each([
    ['in the state directory', false],
    ['but in a dry run, which writes nothing there', true],
  ])('holds what is too much for memory %s', { timeout: 120_000 }, async (_, dryRun) => {
    // It deflates badly, to more than the 64 MB that are held in memory.
    const details = () => randomBytes(24_000).toString('base64');
    const rig = await scanRig({ scenes: scenes.map((scene) => ({ ...scene, details: details() })), items });
    const stateDir = join(rig.dataDir, 'gapscan');
    const held = () =>
      readdirSync('/proc/self/fd')
        .map(linkOf)
        .filter((path) => path.endsWith('/held (deleted)'));
    let pages = 0;
    let seen: string[] = [];
    const { send } = rig.plex;
    rig.plex.send = async (outgoing, answer, request) => {
      if (isPlexPage(request.path) && ++pages > 11) await until(() => (seen = held()).length > 0);
      else if (isPlexPage(request.path)) await sleep(700);
      return send(outgoing, answer, request);
    };
    await scan({ ...rig.options, dryRun });
    expect(seen.map((path) => path.startsWith(stateDir))).toEqual([!dryRun]);
    expect(held()).toEqual([]);
    expect(existsSync(stateDir) && readdirSync(stateDir).some((name) => name.startsWith('held'))).toBe(false);
  });

  it('does not begin with Stash where Plex is quick', async () => {
    const rig = await scanRig({ scenes, items });
    const order = slowDown(rig, 1, 1);
    await scan(rig.options);
    expect(order.indexOf('stash')).toBeGreaterThan(order.lastIndexOf('plex'));
  });
});

describe('pages that are held', () => {
  const kindOf = (asOf: number) => ({ kind: asOf % 2 === 0 ? ('full' as const) : ('match' as const) });

  it('come back as they were, from memory and from the file, each once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 }),
        fc.integer({ min: 0, max: 400 }),
        (pages, memoryBytes) => {
          const store = new PageStore({ memoryBytes });
          try {
            for (const [asOf, bytes] of pages.entries()) store.add({ bytes, asOf, rows: kindOf(asOf) });
            const back = [...store.pages()].map(({ bytes, asOf, rows }) => [asOf, rows, [...bytes]]);
            expect(back).toEqual([...pages.entries()].map(([asOf, bytes]) => [asOf, kindOf(asOf), [...bytes]]));
            expect([...store.pages()]).toEqual([]);
          } finally {
            store.close();
          }
        },
      ),
      { numRuns: runs(100) },
    );
  });

  const page = { bytes: new Uint8Array(100).fill(7), asOf: 1, rows: kindOf(0) };

  it.runIf(existsSync('/proc/self/fd'))('lie in the directory that is named, and leave nothing there', () => {
    const directory = tempDir();
    const openThere = () => readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith(directory));
    const store = new PageStore({ memoryBytes: 0, directory });
    store.add(page);
    expect(openThere()).toHaveLength(1);
    expect(readdirSync(directory)).toEqual([]);
    store.close();
    expect(openThere()).toEqual([]);
  });

  it('say where they find no room', () => {
    const directory = join(tempDir(), 'none');
    const held = () => {
      new PageStore({ memoryBytes: 0, directory }).add(page);
    };
    expect(held).toThrow(`What Stash said cannot be held in ${directory} until Plex has been read: ENOENT`);
  });
});
