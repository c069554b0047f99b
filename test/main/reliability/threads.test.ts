import { scan, ServerError } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig, type ScanRig } from '../../support/scan-world.js';

const IDS = Array.from({ length: 30 }, (_, i) => i + 1);
const small = {
  scenes: IDS.map((id) => sampleScene({ id, details: 'd', files: [{ path: `/s/${id}.mp4`, size: id, duration: 1 }] })),
  items: IDS.map((id) =>
    sampleItem({ ratingKey: String(id), studio: 'Acme', parts: [{ file: `/p/${id}.mp4`, size: id }] }),
  ),
};

/** Stash refuses its pages, so that a run ends while its threads are just starting. */
function refusePages(rig: ScanRig): void {
  rig.stash.fault = ({ body }) => (body.includes('ScenePage') ? { kind: 'status', status: 401 } : undefined);
}

describe('threads that have hardly begun when a run ends', () => {
  it('take nothing with them, in the library', async () => {
    const rig = await scanRig(small);
    const options = { ...rig.options, threads: 8, dryRun: true };
    for (let run = 0; run < 3; run++) {
      expect((await scan(options)).verdicts.matched).toBe(30);
      refusePages(rig);
      await expect(scan(options)).rejects.toBeInstanceOf(ServerError);
      rig.stash.fault = undefined;
    }
  }, 60_000);

  it('take nothing with them, on the command line', async () => {
    const rig = await scanRig(small);
    for (let run = 0; run < 2; run++) {
      const args = ['scan', '--dry-run', '--threads', '8'];
      const whole = await runCli(args, cliEnvironment(rig));
      expect([whole.code, whole.signal]).toEqual([0, null]);
      refusePages(rig);
      const refused = await runCli(args, cliEnvironment(rig));
      expect([refused.code, refused.signal]).toEqual([4, null]);
      rig.stash.fault = undefined;
    }
  }, 60_000);
});
