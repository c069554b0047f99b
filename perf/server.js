/**
 * Stash and Plex in a process of their own, answering from prepared bytes: what is measured is the product, not the
 * making of JSON. Forked by run.js; says `ready` with its URLs, counts requests and bytes, and prepares every page once.
 */
import { createServer } from 'node:http';
import { makeWorld } from './world.js';

/** @type {import('./world.js').WorldSetup & { delayMs?: number }} */
const setup = JSON.parse(process.argv[2] ?? '{}');
const world = makeWorld(setup);

/** @type {Map<string, Buffer>} */
const prepared = new Map();
const counts = { stashRequests: 0, stashBytes: 0, plexRequests: 0, plexBytes: 0 };

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

/** @param {number} from @param {number} to @param {number} limit @param {boolean} light */
function rangePage(from, to, limit, light) {
  const end = Math.min(to, world.scenes, from + limit - 1);
  return page(`${light ? 'l' : 'f'}${from}-${end}`, () =>
    scenesAnswer(rows(from, end, light ? world.lightRow : world.sceneRow)),
  );
}

/** @param {string} body */
function stashAnswer(body) {
  const range = /"from":(\d+),"to":(\d+),"rows":(\d+)/.exec(body);
  if (range) return rangePage(Number(range[1]), Number(range[2]), Number(range[3]), !body.includes('files{'));
  const ids = /"ids":\[([^\]]*)\]/.exec(body);
  if (ids) {
    return page(`i${ids[1]}`, () =>
      scenesAnswer(
        (ids[1] ?? '')
          .split(',')
          .map((id) => world.sceneRow(Number(id.replaceAll('"', ''))))
          .join(','),
      ),
    );
  }
  if (body.includes('NewestUpdate')) {
    return page('newest-update', () => scenesAnswer(world.lightRow(world.scenes)));
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

/** @param {number} start @param {number} size */
function plexPage(start, size) {
  const end = Math.min(start + size, world.items);
  const count = Math.max(0, end - start);
  return page(`p${start}-${end}`, () => {
    const head = `{"MediaContainer":{"size":${count},"totalSize":${world.items},"offset":${start}`;
    return `${head}${count > 0 ? `,"Metadata":[${rows(start, end - 1, world.itemRow)}]` : ''}}}`;
  });
}

/** @param {string} url */
function plexAnswer(url) {
  // Without it nothing would be remembered, and what remembering costs would go unmeasured.
  if (url.startsWith('/identity')) {
    return page('identity', () => '{"MediaContainer":{"size":0,"machineIdentifier":"perf","version":"1.41.0.0"}}');
  }
  if (!url.includes('/all')) {
    return page(
      'sections',
      () =>
        '{"MediaContainer":{"size":1,"Directory":[{"key":"1","type":"movie","title":"Clips","agent":"tv.plex.agents.none","uuid":"perf","contentChangedAt":1}]}}',
    );
  }
  const start = /Container-Start=(\d+)/.exec(url)?.[1];
  const size = /Container-Size=(\d+)/.exec(url)?.[1];
  return plexPage(Number(start), Number(size));
}

/** @param {'stash' | 'plex'} name @param {(url: string, body: string) => Buffer} answer */
function serve(name, answer) {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1').on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const bytes = answer(request.url ?? '', body);
      counts[`${name}Requests`]++;
      counts[`${name}Bytes`] += bytes.length;
      const send = () => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
        response.end(bytes);
      };
      if (setup.delayMs) setTimeout(send, setup.delayMs);
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

for (let from = 1; from <= world.scenes; from += 500) rangePage(from, from + 499, 500, false);
for (let from = 1; from <= world.scenes; from += 1000) rangePage(from, from + 999, 1000, true);
for (let start = 0; start < world.items; start += 500) plexPage(start, 500);

const stash = await serve('stash', (_, body) => stashAnswer(body));
const plex = await serve('plex', plexAnswer);
process.on('message', () => {
  process.send?.({ ...counts });
  Object.assign(counts, { stashRequests: 0, stashBytes: 0, plexRequests: 0, plexBytes: 0 });
});
process.on('disconnect', () => process.exit());
process.send?.({ stash, plex });
