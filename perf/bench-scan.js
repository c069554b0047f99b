/** Cold scan against the floor, and nightly scan against the cold one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { check, median, spread, withWorld } from './rig.js';

/** @param {import('./run.js').BenchOptions} options @returns {Promise<import('./run.js').Row[]>} */
export function coldAndNightly({ scenes, repeat, threads, seed }) {
  return withWorld({ seed, scenes, shape: 'realistic' }, async (rig) => {
    const { world } = rig;
    const totals = world.totals();
    const synced = nightlyTimestamps(world);
    /** @type {number[]} */
    const floors = [];
    /** @type {number[]} */
    const colds = [];
    /** @type {{ gaps: number[], all: number[] }} */
    const reported = { gaps: [], all: [] };
    /** @type {{ lines: Reported[], page: Reported[] }} */
    const all = { lines: [], page: [] };
    const nightlies = [];
    /** @type {number[]} */
    const seconds = [];
    let coldBytes = 0;
    let nightlyBytes = 0;
    // The first round warms the servers and the file system.
    for (let round = 0; round <= repeat; round++) {
      const floor = await rig.floor();
      await rig.traffic();
      const dataDir = rig.dataDir();
      const cold = await rig.scan({ dataDir, threads });
      const traffic = await rig.traffic();
      check('cold verdicts', pickTotals(cold.summary.verdicts), totals);
      check('cold jobs', cold.summary.queue.enqueued, totals.empty + totals.missing);
      check(
        'requests',
        traffic.stashRequests <= Math.ceil(scenes / 500) + 5 &&
          traffic.plexRequests <= Math.ceil(world.items / 500) + 6,
        true,
      );
      const again = await rig.scan({ dataDir, threads });
      check('second run', again.summary.verdicts, cold.summary.verdicts);
      check('second run, rows of Plex', again.summary.asked.plex.rows, 0);
      rig.drop(dataDir);
      if (round > 0) seconds.push(again.seconds / cold.seconds);
      for (const include of /** @type {const} */ (['gaps', 'all'])) {
        const { lines, ...run } = await scanWithReport(rig, include, threads);
        check(`lines of ${include}`, lines, include === 'all' ? scenes : totals.empty + totals.missing);
        if (round > 0) reported[include].push(run.seconds);
        if (round > 0 && include === 'all') all.lines.push(run);
      }
      const page = await scanWithPage(rig, threads);
      check('findings of the page', page.findings, scenes);
      if (round > 0) all.page.push(page);
      await rig.traffic();
      const nightlyDir = rig.dataDir(synced.timestamps);
      const nightly = await rig.scan({ dataDir: nightlyDir, threads });
      rig.drop(nightlyDir);
      check('nightly stale', nightly.summary.verdicts.stale, synced.stale);
      check('nightly in sync', nightly.summary.verdicts.in_sync, synced.inSync);
      const lightTraffic = await rig.traffic();
      coldBytes = traffic.stashBytes;
      nightlyBytes = lightTraffic.stashBytes;
      if (round === 0) continue;
      floors.push(floor.seconds);
      colds.push(cold.seconds);
      nightlies.push(nightly.seconds);
      if (round === repeat)
        console.log(
          `  phases of the last cold scan: ${cold.summary.phases.map((/** @type {{name: string, seconds: number}} */ p) => `${p.name} ${p.seconds}`).join(', ')}; peak RSS ${Math.round(cold.peakBytes / 1e6)} MB; CPU ${cold.cpuSeconds.toFixed(2)} s, floor ${floor.cpuSeconds.toFixed(2)} s`,
        );
    }
    const ratio = median(colds.map((cold, i) => cold / (floors[i] ?? NaN)));
    const nightlyRatio = median(nightlies.map((nightly, i) => nightly / (colds[i] ?? NaN)));
    console.log(
      `  floor ${spread(floors)}, ${Math.round((scenes + world.items) / median(floors)).toLocaleString('en')} rows/s`,
    );
    return [
      {
        measure: `cold scan of ${scenes} vs. floor: ${spread(colds)}`,
        value: `${ratio.toFixed(2)}x`,
        bar: '<= 0.95x',
        met: ratio <= 0.95,
      },
      againstFloor('with --report of the gaps', reported.gaps, floors, 1.1),
      againstFloor('with --report --include all', reported.all, floors, 1.35),
      ...pageAgainstLines(all),
      {
        measure: 'a second run, Plex unchanged, nothing synced, vs. the first',
        value: `${median(seconds).toFixed(2)}x`,
        bar: '<= 0.9x',
        met: median(seconds) <= 0.9,
      },
      {
        measure: 'nightly, bytes from Stash vs. cold',
        value: `${(nightlyBytes / coldBytes).toFixed(3)}x`,
        bar: '<= 0.15x',
        met: nightlyBytes / coldBytes <= 0.15,
      },
      {
        measure: `nightly, wall vs. cold: ${spread(nightlies)}`,
        value: `${nightlyRatio.toFixed(2)}x`,
        bar: '<= 0.5x',
        met: nightlyRatio <= 0.5,
      },
    ];
  });
}

/** @param {string} what @param {number[]} seconds @param {number[]} floors @param {number} bar */
function againstFloor(what, seconds, floors, bar) {
  const ratio = median(seconds.map((each, i) => each / (floors[i] ?? NaN)));
  return {
    measure: `the same ${what}: ${spread(seconds)}`,
    value: `${ratio.toFixed(2)}x`,
    bar: `<= ${bar}x`,
    met: ratio <= bar,
  };
}

/** @typedef {{ seconds: number, peakBytes: number }} Reported */

/** What an HTML report takes more than one of lines, of the same findings. @param {{ lines: Reported[], page: Reported[] }} all */
function pageAgainstLines({ lines, page }) {
  const more = (/** @type {(run: Reported) => number} */ of) =>
    median(page.map((run, i) => of(run) - of(lines[i] ?? run)));
  const seconds = more((run) => run.seconds);
  const megabytes = more((run) => run.peakBytes) / 1e6;
  return [
    {
      measure: `the same as HTML, after the lines: ${spread(page.map((run) => run.seconds))}`,
      value: `${seconds.toFixed(2)} s`,
      bar: '<= 1 s',
      met: seconds <= 1,
    },
    {
      measure: 'HTML, memory more than the lines',
      value: `${Math.round(megabytes)} MB`,
      bar: '<= 100 MB',
      met: megabytes <= 100,
    },
  ];
}

/**
 * A cold scan that writes a report; how long it took, and how many lines the report has.
 * @param {Parameters<Parameters<typeof withWorld>[1]>[0]} rig @param {'gaps' | 'all'} include @param {number | undefined} threads
 */
async function scanWithReport(rig, include, threads) {
  const dataDir = rig.dataDir();
  const path = join(dataDir, 'report.ndjson');
  const { seconds, peakBytes } = await rig.scan({ dataDir, threads, include, reports: [{ path, format: 'ndjson' }] });
  let lines = 0;
  for (const byte of readFileSync(path)) if (byte === 0x0a) lines++;
  rig.drop(dataDir);
  return { seconds, peakBytes, lines };
}

/**
 * The same with an HTML report of all scenes.
 * @param {Parameters<Parameters<typeof withWorld>[1]>[0]} rig @param {number | undefined} threads
 */
async function scanWithPage(rig, threads) {
  const dataDir = rig.dataDir();
  const path = join(dataDir, 'report.html');
  const reports = [{ path, format: 'html' }];
  const { seconds, peakBytes } = await rig.scan({ dataDir, threads, include: 'all', reports });
  let findings = 0;
  for (const [, block] of readFileSync(path, 'utf8').matchAll(/data-kind="lines">([^<]+)</g)) {
    for (const byte of inflateRawSync(Buffer.from(block ?? '', 'base64'))) if (byte === 0x0a) findings++;
  }
  rig.drop(dataDir);
  return { seconds, peakBytes, findings };
}

/** @param {Record<string, number>} verdicts */
const pickTotals = ({ matched, empty, missing, ambiguous }) => ({ matched, empty, missing, ambiguous });

/** 98% synced and fresh, 1% stale, the rest never synced. @param {ReturnType<typeof import('./world.js').makeWorld>} world */
function nightlyTimestamps(world) {
  /** @type {Record<string, number>} */
  const timestamps = {};
  let stale = 0;
  let inSync = 0;
  for (let n = 1; n <= world.scenes; n++) {
    if (n % 100 === 1) {
      timestamps[n] = world.updatedAtSeconds(n) - 60;
      stale++;
    } else if (n % 100 !== 2) {
      timestamps[n] = world.updatedAtSeconds(n) + 60;
      inSync++;
    }
  }
  return { timestamps, stale, inSync };
}
