/** Scans of servers that take what real ones take: here a scan waits, and what counts is how little it asks, and of whom at once. */
import { join } from 'node:path';
import { STASH_LANES } from '../dist/main/demo/costs.js';
import { check, withWorld } from './rig.js';

const SCENES = 50_000;
/** What a full row costs by range, and by ids, and a light one: see src/main/demo/costs.ts. In microseconds. */
const FULL = 435;
const FULL_BY_IDS = 660;
const LIGHT = 27;

/** @typedef {Awaited<ReturnType<typeof measured>>} Measured */

/** @param {import('./run.js').BenchOptions} options @returns {Promise<import('./run.js').Row[]>} */
export async function costedServers({ seed, threads }) {
  const base = { seed, scenes: SCENES, shape: /** @type {const} */ ('realistic'), costs: true };
  return [
    ...(await withWorld({ ...base, bare: 0.25, sections: 2 }, (rig) => partlySynced(rig, threads))),
    ...(await withWorld({ ...base, bare: 0.2 }, (rig) => nothingSynced(rig, threads))),
    ...(await withWorld({ ...base, bare: 0.2, plexItemsPerSecond: (1e6 / FULL) * STASH_LANES }, (rig) =>
      equallySlow(rig, threads),
    )),
  ];
}

/** @typedef {Parameters<Parameters<typeof withWorld>[1]>[0]} Rig */

/** 55% are synced. @param {Rig} rig @param {number | undefined} threads */
async function partlySynced(rig, threads) {
  /** @type {Record<string, number>} */
  const timestamps = {};
  for (let n = 1; n <= SCENES; n++) if ((n * 7919) % 100 < 55) timestamps[n] = rig.world.updatedAtSeconds(n) + 60;
  const open = SCENES - Object.keys(timestamps).length;
  const dataDir = rig.dataDir(timestamps);
  const first = await measured(rig, { dataDir, threads });
  check('in sync', first.summary.verdicts.in_sync, SCENES - open);
  const second = await measured(rig, { dataDir, threads });
  check('second run', second.summary.verdicts, first.summary.verdicts);
  await rig.changeLastSection();
  const changed = await measured(rig, { dataDir, threads });
  check('run after a change', changed.summary.verdicts, first.summary.verdicts);
  const allDir = rig.dataDir(timestamps);
  const reports = [{ path: join(allDir, 'report.ndjson'), format: 'ndjson' }];
  const all = await measured(rig, { dataDir: allDir, threads, include: 'all', reports });
  check('include all', all.summary.verdicts, first.summary.verdicts);
  const earlierPlan = SCENES * LIGHT + open * FULL_BY_IDS;
  return [
    waited('first scan, 55% synced', first),
    row("the same, Stash's cost against light rows, then full ones", first.stashUs / earlierPlan, 1.02),
    row("the same with --include all, Stash's cost", all.stashUs / first.stashUs, 1.1),
    row(`second run, nothing changed (${second.seconds.toFixed(1)} s): wall`, second.seconds / first.seconds, 0.2),
    row('the same, rows of Plex', second.summary.asked.plex.rows / first.summary.asked.plex.rows, 0.01),
    row('run after one of two libraries changed: wall', changed.seconds / first.seconds, 0.6),
  ];
}

/** @param {Rig} rig @param {number | undefined} threads */
async function nothingSynced(rig, threads) {
  const totals = rig.world.totals();
  const dataDir = rig.dataDir();
  const first = await measured(rig, { dataDir, threads });
  check('verdicts', [first.summary.verdicts.matched, first.summary.verdicts.empty], [totals.matched, totals.empty]);
  check('jobs', first.summary.queue.enqueued, totals.empty);
  const second = await measured(rig, { dataDir, threads });
  check('second run', second.summary.verdicts, first.summary.verdicts);
  return [
    waited('first scan, nothing synced, 80% with metadata', first),
    row("the same, Stash's cost against full rows", first.stashUs / (SCENES * FULL), 0.8),
    row("second run, nothing changed, Stash's cost against full rows", second.stashUs / (SCENES * FULL), 0.8),
  ];
}

/** @param {Rig} rig @param {number | undefined} threads */
async function equallySlow(rig, threads) {
  const run = await measured(rig, { dataDir: rig.dataDir(), threads });
  const sum = (run.plexMs + (SCENES * FULL) / 1000 / STASH_LANES) / 1000;
  return [
    row(`two equally slow servers (${run.seconds.toFixed(1)} s): wall against their sum`, run.seconds / sum, 0.75),
  ];
}

/** A scan, and what it cost both servers. @param {Rig} rig @param {object} options */
async function measured(rig, options) {
  await rig.traffic();
  const { seconds, summary } = await rig.scan(options);
  const { stashCost, plexCost } = await rig.traffic();
  return { seconds, summary, stashUs: stashCost * 1000, plexMs: plexCost };
}

/** Wall clock without a second of start-up, against the server that takes longer by itself. @param {string} what @param {Measured} run */
function waited(what, { seconds, stashUs, plexMs }) {
  const alone = Math.max(plexMs, stashUs / 1000 / STASH_LANES) / 1000;
  return row(`${what} (${seconds.toFixed(1)} s): (wall - 1 s) / slower server alone`, (seconds - 1) / alone, 1.1);
}

/** @param {string} measure @param {number} value @param {number} bar */
const row = (measure, value, bar) => ({
  measure,
  value: `${value.toFixed(3)}x`,
  bar: `<= ${bar}x`,
  met: value <= bar,
});
