/** Hostile shapes against the realistic world, per scene. */
import { check, median, withWorld } from './rig.js';

const SCENES = 100_000;
/** @type {import('./world.js').Shape[]} */
const SHAPES = ['scene-mp4', 'thousand-names', 'unicode', 'all-missing', 'all-ambiguous'];

/** @param {import('./run.js').BenchOptions} options @returns {Promise<import('./run.js').Row[]>} */
export async function stress({ repeat, threads, seed }) {
  const rounds = Math.min(repeat, 3);
  const realistic = await secondsOf({ seed, scenes: SCENES, shape: 'realistic' }, rounds, threads);
  const rows = [];
  for (const shape of SHAPES) {
    const ratio = (await secondsOf({ seed, scenes: SCENES, shape }, rounds, threads)) / realistic;
    rows.push({
      measure: `${shape}, ${SCENES} scenes, vs. realistic (${realistic.toFixed(2)} s)`,
      value: `${ratio.toFixed(2)}x`,
      bar: '<= 2x',
      met: ratio <= 2,
    });
  }
  return rows;
}

/** @param {import('./world.js').WorldSetup} setup @param {number} rounds @param {number | undefined} threads */
function secondsOf(setup, rounds, threads) {
  return withWorld(setup, async (rig) => {
    const totals = rig.world.totals();
    const seconds = [];
    for (let round = 0; round <= rounds; round++) {
      const { seconds: took, summary } = await rig.scan({
        dataDir: rig.dataDir(),
        threads,
        // That nothing is found in Plex would else be taken for a mistake.
        force: setup.shape === 'all-missing',
      });
      const { matched, empty, missing, ambiguous } = summary.verdicts;
      check(`verdicts of ${setup.shape}`, { matched, empty, missing, ambiguous }, totals);
      if (round > 0) seconds.push(took);
    }
    return median(seconds);
  });
}
