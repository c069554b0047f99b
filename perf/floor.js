/**
 * The floor: one thread downloads the same pages from the same servers over the same number of connections and
 * JSON-parses each. No tool that reads as much can be faster on one thread. Prints {"seconds", "rows"}.
 */
import { Pool } from 'undici';

/** @type {{ stash: string, plex: string, scenes: number, items: number }} */
const { stash, plex, scenes, items } = JSON.parse(process.argv[2] ?? '{}');
const { rangeQuery } = await import('../dist/main/stash/queries.js');
const { sectionPageRequest } = await import('../dist/main/plex/section-page.js');

let rows = 0;

/** @param {Pool} pool @param {Pick<import('undici').Dispatcher.RequestOptions, 'path' | 'method' | 'body'>} options */
async function read(pool, options) {
  const response = await pool.request({
    ...options,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
  });
  return JSON.parse(await response.body.text());
}

/** @param {number} lanes @param {number} pages @param {(page: number) => Promise<number>} readPage */
async function inLanes(lanes, pages, readPage) {
  let next = 0;
  const lane = async () => {
    while (next < pages) {
      const read = await readPage(next++);
      rows += read;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

const started = performance.now();
const plexPool = new Pool(plex, { connections: 3 });
const section = {
  key: '1',
  title: 'Clips',
  type: /** @type {const} */ ('movie'),
  agentIsNone: true,
  uuid: undefined,
  agent: '',
  contentChangedAt: undefined,
  locations: [],
};
await inLanes(3, Math.ceil(items / 500), async (n) => {
  const answer = await read(plexPool, { method: 'GET', path: sectionPageRequest(section, n * 500, 500).path });
  return answer.MediaContainer.Metadata.length;
});
const stashPool = new Pool(stash, { connections: 4 });
await inLanes(4, Math.ceil(scenes / 500), async (n) => {
  const body = rangeQuery(
    'full',
    { from: n * 500 + 1, to: Math.min(n * 500 + 500, scenes) },
    { since: undefined, titles: false },
  );
  const answer = await read(stashPool, { method: 'POST', path: '/graphql', body });
  return answer.data.findScenes.scenes.length;
});
const seconds = (performance.now() - started) / 1000;
if (rows !== scenes + items) throw new Error(`the floor read ${rows} rows instead of ${scenes + items}`);
const { user, system } = process.cpuUsage();
process.stdout.write(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, rows }));
await Promise.all([plexPool.close(), stashPool.close()]);
