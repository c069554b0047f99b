/** `explain` of single scenes as whole processes, by what the last scan remembers. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { check, median, spread, withWorld } from './rig.js';

const cli = fileURLToPath(new URL('../dist/main/bin.js', import.meta.url));

/** @param {import('./run.js').BenchOptions} options @returns {Promise<import('./run.js').Row[]>} */
export function explain({ scenes, repeat, threads, seed }) {
  return withWorld({ seed, scenes, shape: 'realistic' }, async (rig) => {
    const dataDir = rig.dataDir();
    await rig.scan({ dataDir, threads });
    await rig.traffic();
    const env = rig.environment(dataDir);
    const wanted = ['empty', 'missing', 'matched', 'ambiguous'];
    /** @type {number[]} */
    const seconds = [];
    for (let round = 0; round <= repeat; round++) {
      for (const verdict of wanted) {
        const id = sceneWith(rig.world, verdict, Math.floor((scenes / (repeat + 1)) * round) + 1);
        const started = performance.now();
        const explained = await explainScene(env, id);
        if (round > 0) seconds.push((performance.now() - started) / 1000);
        check(`verdict on scene ${id}`, explained.verdict, verdict);
      }
    }
    const { plexBytes } = await rig.traffic();
    // Libraries and sizes, never a listing.
    check('Plex was not read', plexBytes < 20_000 * (repeat + 1), true);
    const middle = median(seconds);
    return [
      {
        measure: `explain from memory, ${scenes} scenes`,
        value: spread(seconds),
        bar: '<= 2 s',
        met: middle <= 2,
      },
    ];
  });
}

/** @param {ReturnType<typeof import('./world.js').makeWorld>} world @param {string} verdict @param {number} from */
function sceneWith(world, verdict, from) {
  let id = from;
  while (world.truth(id) !== verdict) id++;
  return id;
}

/** @param {NodeJS.ProcessEnv} env @param {number} id */
async function explainScene(env, id) {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'explain', String(id), '--json'], { env });
  return JSON.parse(stdout);
}
