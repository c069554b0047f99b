/** A small library through the command line: the whole process, start to exit. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { check, median, spread, withWorld } from './rig.js';

const SCENES = 300;

/** @param {import('./run.js').BenchOptions} options @returns {Promise<import('./run.js').Row[]>} */
export function smallLibrary({ repeat, seed }) {
  const bin = fileURLToPath(new URL('../dist/main/bin.js', import.meta.url));
  return withWorld({ seed, scenes: SCENES, shape: 'realistic' }, async (rig) => {
    const seconds = [];
    for (let round = 0; round <= repeat; round++) {
      const env = rig.environment(rig.dataDir());
      const started = performance.now();
      const { status, stdout } = spawnSync(process.execPath, [bin, 'scan', '--json'], { env, encoding: 'utf8' });
      if (round > 0) seconds.push((performance.now() - started) / 1000);
      check('exit code', status, 0);
      check('scenes', JSON.parse(stdout).scenes.checked, SCENES);
    }
    return [
      {
        measure: `${SCENES} scenes, whole process`,
        value: spread(seconds),
        bar: '<= 1.0 s',
        met: median(seconds) <= 1,
      },
    ];
  });
}
