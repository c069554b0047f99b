/**
 * Stash and Plex in a process of their own, answering from prepared bytes: what is measured is the product, not the
 * making of JSON. Forked by run.js; says `ready` with its URLs, counts requests and bytes, and prepares every page once.
 */
import { createServer } from 'node:http';
import { rangeQuery } from '../dist/main/stash/queries.js';
import { lanesOf, STASH_LANES, stashRowCost } from '../dist/main/demo/costs.js';
import { PLEX_ITEMS_PER_SECOND } from '../dist/main/plex/connection.js';
import { makeWorld } from './world.js';

/**
 * @typedef {object} Servers
 * @property {number} [delayMs] every answer comes so much later
 * @property {number} [sections] over how many libraries the items are spread; one by default
 * @property {boolean} [costs] answers take what they take real servers
 * @property {number} [plexItemsPerSecond] then, instead of what real ones list
 * @typedef {import('./world.js').WorldSetup & Servers} ServerSetup
 * @typedef {{ stashRequests: number, stashBytes: number, stashCost: number, plexRequests: number, plexBytes: number, plexCost: number }} Traffic
 */

/** @type {ServerSetup} */
const setup = JSON.parse(process.argv[2] ?? '{}');
const world = makeWorld(setup);

/** @type {Map<string, Buffer>} */
const prepared = new Map();
const sections = setup.sections ?? 1;
const sectionItems = Math.ceil(world.items / sections);
/** Moves when the content of the last library is said to have changed. */
let lastChangedAt = 1;
const stashLane = lanesOf(STASH_LANES);
const plexLane = lanesOf(1);
/** The costs are processor milliseconds. */
const NOTHING = { stashRequests: 0, stashBytes: 0, stashCost: 0, plexRequests: 0, plexBytes: 0, plexCost: 0 };
const counts = { ...NOTHING };

/** @param {string} key @param {() => string} make */
function page(key, make) {
  let bytes = prepared.get(key);
  if (bytes === undefined) {
    bytes = Buffer.from(make());
    prepared.set(key, bytes);
  }
  return bytes;
}

/** @param {number} from @param {number} to @param {(n: number) => string} row */
function rows(from, to, row) {
  const list = [];
  for (let n = from; n <= to; n++) list.push(row(n));
  return list.join(',');
}

const scenesAnswer = (/** @type {string} */ list) => `{"data":{"findScenes":{"scenes":[${list}]}}}`;

/** The fields a question asks for, which name the pages that answer it. @param {string} body */
const fieldsOf = (body) => body.slice(body.indexOf('scenes{'), body.indexOf('","variables'));

/** @param {number} from @param {number} to @param {number} limit @param {string} body */
function rangePage(from, to, limit, body) {
  const end = Math.min(to, world.scenes, from + limit - 1);
  charge('stash', Math.max(0, end - from + 1) * stashRowCost(body));
  return page(`${fieldsOf(body)}${from}-${end}`, () => scenesAnswer(rows(from, end, (n) => world.sceneRow(n, body))));
}

/** Notes what an answer costs, in microseconds; it is paid for when the answer is sent. @param {'stash' | 'plex'} name @param {number} us */
function charge(name, us) {
  due = us / 1000;
  counts[`${name}Cost`] += due;
}

/** Milliseconds that the answer just made costs. */
let due = 0;

/** @param {string} body */
function stashAnswer(body) {
  const range = /"from":(\d+),"to":(\d+),"rows":(\d+)/.exec(body);
  if (range) return rangePage(Number(range[1]), Number(range[2]), Number(range[3]), body);
  const ids = /"ids":\[([^\]]*)\]/.exec(body);
  if (ids) {
    const list = (ids[1] ?? '').split(',').map((id) => Number(id.replaceAll('"', '')));
    charge('stash', list.length * stashRowCost(body));
    return page(`${fieldsOf(body)}i${ids[1]}`, () => scenesAnswer(list.map((n) => world.sceneRow(n, body)).join(',')));
  }
  if (body.includes('NewestUpdate')) {
    return page('newest-update', () => scenesAnswer(world.sceneRow(world.scenes, 'scenes{id updated_at}')));
  }
  if (body.includes('count')) {
    return page(
      'newest',
      () =>
        `{"data":{"findScenes":{"count":${world.scenes},"scenes":[{"id":"${world.scenes}","paths":{"screenshot":"http://stash:9999/scene/1/screenshot?t=1"}}]}}}`,
    );
  }
  return Buffer.from('{"data":{"configuration":{"general":{"pluginsPath":"/nowhere"},"plugins":{}}}}');
}

/** @param {number} section from 0 @param {number} start @param {number} size */
function plexPage(section, start, size) {
  const first = section * sectionItems;
  const total = Math.min(sectionItems, world.items - first);
  const end = Math.min(start + size, total);
  const count = Math.max(0, end - start);
  charge('plex', (count * 1e6) / (setup.plexItemsPerSecond ?? PLEX_ITEMS_PER_SECOND));
  return page(`p${section} ${start}-${end}`, () => {
    const head = `{"MediaContainer":{"size":${count},"totalSize":${total},"offset":${start}`;
    const list = count > 0 ? `,"Metadata":[${rows(first + start, first + end - 1, world.itemRow)}]` : '';
    return `${head}${list}}}`;
  });
}

function sectionList() {
  const list = Array.from({ length: sections }, (_, section) => {
    const changedAt = section === sections - 1 ? lastChangedAt : 1;
    return {
      key: String(section + 1),
      type: 'movie',
      title: `Clips ${section + 1}`,
      agent: 'tv.plex.agents.none',
      uuid: `perf ${section}`,
      contentChangedAt: changedAt,
    };
  });
  return Buffer.from(JSON.stringify({ MediaContainer: { size: sections, Directory: list } }));
}

/** @param {string} url */
function plexAnswer(url) {
  // Without it nothing would be remembered, and what remembering costs would go unmeasured.
  if (url.startsWith('/identity')) {
    return page('identity', () => '{"MediaContainer":{"size":0,"machineIdentifier":"perf","version":"1.41.0.0"}}');
  }
  const section = /sections\/(\d+)\/all/.exec(url)?.[1];
  if (section === undefined) return sectionList();
  const start = /Container-Start=(\d+)/.exec(url)?.[1];
  const size = /Container-Size=(\d+)/.exec(url)?.[1];
  return plexPage(Number(section) - 1, Number(start), Number(size));
}

/** @param {'stash' | 'plex'} name @param {(url: string, body: string) => Buffer} answer */
function serve(name, answer) {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1').on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      due = 0;
      const bytes = answer(request.url ?? '', body);
      const lateMs = setup.costs === true ? (name === 'stash' ? stashLane : plexLane)(due) : (setup.delayMs ?? 0);
      counts[`${name}Requests`]++;
      counts[`${name}Bytes`] += bytes.length;
      const send = () => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
        response.end(bytes);
      };
      if (lateMs > 0) setTimeout(send, lateMs);
      else send();
    });
  });
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`),
    ),
  );
}

/** @type {('light' | 'match' | 'full')[]} */
const kinds = ['light', 'full'];
// Match rows are only asked for where most items have metadata.
if (setup.bare !== undefined) kinds.push('match');
for (const kind of kinds) {
  const width = kind === 'light' ? 1000 : 500;
  for (let from = 1; from <= world.scenes; from += width) {
    const to = from + width - 1;
    rangePage(from, to, width, rangeQuery(kind, { from, to }, { since: undefined, titles: false }));
  }
}
for (let section = 0; section < sections; section++) {
  for (let start = 0; start < sectionItems; start += 500) plexPage(section, start, 500);
}
Object.assign(counts, NOTHING);

const stash = await serve('stash', (_, body) => stashAnswer(body));
const plex = await serve('plex', plexAnswer);
process.on('message', (message) => {
  if (message === 'change') lastChangedAt++;
  process.send?.({ ...counts });
  Object.assign(counts, NOTHING);
});
process.on('disconnect', () => process.exit());
process.send?.({ stash, plex });
