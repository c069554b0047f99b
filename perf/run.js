/** Runs the benchmarks: `npm run perf -- [--scenes N] [--repeat N] [--only NAME] [--threads N]`. */
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { coldAndNightly } from './bench-scan.js';
import { costedServers } from './bench-costs.js';
import { explain } from './bench-explain.js';
import { matcher } from './bench-matcher.js';
import { queueCommit } from './bench-queue.js';
import { scale } from './bench-scale.js';
import { slowServers } from './bench-slow.js';
import { smallLibrary } from './bench-small.js';
import { stress } from './bench-stress.js';

/**
 * @typedef {{ scenes: number, repeat: number, threads: number | undefined, seed: number }} BenchOptions
 * @typedef {{ measure: string, value: string, bar: string, met: boolean }} Row
 */

const { values } = parseArgs({
  options: {
    scenes: { type: 'string', default: '200000' },
    repeat: { type: 'string', default: '5' },
    only: { type: 'string' },
    threads: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});

const options = {
  scenes: Number(values.scenes),
  repeat: Number(values.repeat),
  threads: values.threads === undefined ? undefined : Number(values.threads),
  seed: Number(values.seed),
};

/** @type {Record<string, (options: BenchOptions) => Promise<Row[]>>} */
const benches = {
  scan: coldAndNightly,
  matcher,
  queue: queueCommit,
  small: smallLibrary,
  explain,
  slow: slowServers,
  costs: costedServers,
  stress,
  scale,
};
// The million takes minutes, so it is measured only when asked for.
const chosen = values.only
  ? [values.only]
  : options.scenes >= 1_000_000
    ? ['scale']
    : ['scan', 'matcher', 'queue', 'small', 'explain', 'slow', 'costs', 'stress'];

console.log(
  `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, Node ${process.version}, ${options.repeat} repeats, seed ${options.seed}`,
);
for (const name of chosen) {
  const bench = benches[name];
  if (bench === undefined) throw new Error(`--only takes one of ${Object.keys(benches).join(', ')}`);
  console.log(`\n${name}`);
  for (const { measure, value, bar, met } of await bench(options)) {
    console.log(`  ${met ? 'ok  ' : 'MISS'}  ${measure.padEnd(58)} ${value.padEnd(34)} bar ${bar}`);
  }
}
