import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // Whole scans are tested through the public door, as built: workers are files of their own.
    alias: { gapscan: fileURLToPath(new URL('dist/main/index.js', import.meta.url)) },
  },
  test: {
    include: ['test/**/*.test.ts'],
    server: { deps: { external: [/\/dist\//] } },
    // Most of what is tested waits for sockets, disks and child processes; one file a core would leave the cores idle.
    maxWorkers: Math.max(4, availableParallelism()),
    // Modules keep nothing that another test could see; to load them again for each file takes a quarter of the time.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
