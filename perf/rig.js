/** What the benchmarks share: servers, child processes, temporary data directories, and statistics. */
import { execFile, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeWorld } from './world.js';

const script = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Starts the servers of a world and runs `use` with them.
 * @template T
 * @param {import('./server.js').ServerSetup} setup
 * @param {(rig: Awaited<ReturnType<typeof start>>) => Promise<T>} use
 */
export async function withWorld(setup, use) {
  const rig = await start(setup);
  try {
    return await use(rig);
  } finally {
    rig.stop();
  }
}

/** @param {import('./server.js').ServerSetup} setup */
async function start(setup) {
  const child = fork(script('server.js'), [JSON.stringify(setup)], { execArgv: ['--max-old-space-size=16000'] });
  const directory = mkdtempSync(join(tmpdir(), 'gapscan-perf-'));
  const next = () =>
    new Promise((resolve, reject) => {
      child.once('exit', reject).once('message', (message) => {
        child.off('exit', reject);
        resolve(message);
      });
    });
  const { stash, plex } = /** @type {{ stash: string, plex: string }} */ (await next());
  const world = makeWorld(setup);
  let directories = 0;
  return {
    world,
    stash,
    plex,
    /** Requests, bytes and costs (processor milliseconds) since the last time this was asked. */
    async traffic() {
      const answer = next();
      child.send('traffic');
      return /** @type {import('./server.js').Traffic} */ (await answer);
    },
    /** From now on, Plex says that the content of its last library has changed. */
    async changeLastSection() {
      const answer = next();
      child.send('change');
      await answer;
    },
    /** A fresh data directory. @param {Record<string, number>} [syncTimestamps] */
    dataDir(syncTimestamps = {}) {
      const path = join(directory, `data${directories++}`);
      mkdirSync(path);
      writeFileSync(join(path, 'sync_timestamps.json'), JSON.stringify(syncTimestamps));
      return path;
    },
    /**
     * Removes a data directory once its run has been looked at: with hundreds of megabytes of earlier runs in the system's cache,
     * each run writes into memory that was never touched before, which on a virtual machine takes ten times as long.
     * @param {string} path
     */
    drop(path) {
      rmSync(path, { recursive: true, force: true });
    },
    /** What the command line is told of this world. @param {string} dataDir */
    environment: (dataDir) => ({
      PATH: process.env['PATH'],
      STASH_URL: stash,
      PLEX_URL: plex,
      PLEX_TOKEN: 'perf-token-0123456789',
      GAPSCAN_DATA_DIR: dataDir,
    }),
    floor: () => runChild('floor.js', { stash, plex, scenes: world.scenes, items: world.items }),
    /** @param {object} options */
    scan: (options) => runChild('scan-child.js', { stash: { url: stash }, plex: { url: plex }, ...options }),
    stop() {
      child.disconnect();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** @param {string} name @param {object} argument @returns {Promise<any>} */
async function runChild(name, argument) {
  const { stdout } = await promisify(execFile)(process.execPath, [script(name), JSON.stringify(argument)], {
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout);
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** `1.23 (1.20-1.31)`. @param {readonly number[]} values */
export const spread = (values) =>
  `${median(values).toFixed(2)} s (${Math.min(...values).toFixed(2)}-${Math.max(...values).toFixed(2)})`;

/** @param {string} what @param {unknown} actual @param {unknown} expected */
export function check(what, actual, expected) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`wrong answer: ${what} is ${a}, but should be ${b}`);
}
