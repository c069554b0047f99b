/** How many cases a property test tries: its own number, times a factor from the environment for longer hunts. */

const factor = Number(process.env['GAPSCAN_TEST_FACTOR'] ?? 1);

/** Scales a number of runs; at least one remains. */
export const runs = (usual: number): number => Math.max(1, Math.round(usual * factor));
