/** Cost per scene and peak memory of a large library against a small one. */
import { check, median, withWorld } from './rig.js';

const SMALL = 10_000;

/** @param {import('./run.js').BenchOptions} options @returns {Promise<import('./run.js').Row[]>} */
export async function scale({ scenes, repeat, threads, seed }) {
  const rounds = Math.min(repeat, 3);
  const small = await perScene({ seed, scenes: SMALL, shape: 'realistic' }, rounds * 3, threads ?? 2);
  const large = await perScene({ seed, scenes, shape: 'realistic' }, rounds, threads ?? 2);
  const ratio = large.microseconds / small.microseconds;
  return [
    {
      measure: `cost per scene, ${scenes} vs. ${SMALL} (${large.microseconds.toFixed(2)} vs. ${small.microseconds.toFixed(2)} us)`,
      value: `${ratio.toFixed(2)}x`,
      bar: '<= 1.1x',
      met: ratio <= 1.1,
    },
    {
      measure: `peak RSS at ${scenes}, 30% gaps`,
      value: `${Math.round(large.peakBytes / 1e6)} MB`,
      bar: '<= 700 MB',
      met: large.peakBytes <= 700e6,
    },
  ];
}

/** @param {import('./world.js').WorldSetup} setup @param {number} rounds @param {number} threads */
function perScene(setup, rounds, threads) {
  return withWorld(setup, async (rig) => {
    const totals = rig.world.totals();
    const seconds = [];
    let peakBytes = 0;
    for (let round = 0; round <= rounds; round++) {
      const run = await rig.scan({ dataDir: rig.dataDir(), threads });
      check('jobs', run.summary.queue.enqueued, totals.empty + totals.missing);
      if (round > 0) seconds.push(run.seconds);
      peakBytes = Math.max(peakBytes, run.peakBytes);
    }
    return { microseconds: (median(seconds) / setup.scenes) * 1e6, peakBytes };
  });
}
