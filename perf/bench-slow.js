/** A slow server costs waiting, not memory: what a scan holds depends on the pages in flight, not on how long they take. */
import { check, median, withWorld } from './rig.js';

const SCENES = 50_000;
const DELAY_MS = 20;

/** @param {import('./run.js').BenchOptions} options @returns {Promise<import('./run.js').Row[]>} */
export async function slowServers({ repeat, threads, seed }) {
  const rounds = Math.min(repeat, 3);
  const setup = /** @type {const} */ ({ seed, scenes: SCENES, shape: 'realistic' });
  const fast = await peakOf(setup, rounds, threads);
  const slow = await peakOf({ ...setup, delayMs: DELAY_MS }, rounds, threads);
  const ratio = slow.peakBytes / fast.peakBytes;
  return [
    {
      measure: `every answer ${DELAY_MS} ms late (${slow.seconds.toFixed(2)} s, else ${fast.seconds.toFixed(2)} s): peak RSS`,
      value: `${ratio.toFixed(2)}x`,
      bar: '<= 1.1x',
      met: ratio <= 1.1,
    },
  ];
}

/** @param {import('./world.js').WorldSetup & { delayMs?: number }} setup @param {number} rounds @param {number | undefined} threads */
function peakOf(setup, rounds, threads) {
  return withWorld(setup, async (rig) => {
    const totals = rig.world.totals();
    const runs = [];
    for (let round = 0; round <= rounds; round++) {
      const run = await rig.scan({ dataDir: rig.dataDir(), threads });
      check('jobs', run.summary.queue.enqueued, totals.empty + totals.missing);
      if (round > 0) runs.push(run);
    }
    return {
      seconds: median(runs.map(({ seconds }) => seconds)),
      peakBytes: median(runs.map(({ peakBytes }) => peakBytes)),
    };
  });
}
