/** The frame of commands that look at both servers as a scan does, and write nothing. */
import { InterruptedError } from '../errors.js';
import { Plausibility } from '../plausibility/plausibility.js';
import type { ScanOptions } from '../scan-types.js';
import { dataPaths } from '../state/data-dir.js';
import type { ScanSetup } from './connect.js';
import { ScanRun } from './run.js';

/** Runs something in the frame of a scan of everything. @throws GapscanError: a failed question is not a "no" */
export async function readOnly<T>(options: ScanOptions, use: (setup: ScanSetup) => Promise<T>): Promise<T> {
  const whole = { ...options, dryRun: true, ids: undefined, since: undefined };
  const run = new ScanRun(whole);
  try {
    const paths = dataPaths(options.dataDir, options.stateDir);
    const plausibility = new Plausibility({ force: options.force === true, lastRunFile: paths.lastRun });
    return await use({ run, options: whole, paths, plausibility });
  } catch (error: unknown) {
    throw run.interrupted && !(error instanceof InterruptedError) ? new InterruptedError(error) : error;
  } finally {
    await run.close();
  }
}
