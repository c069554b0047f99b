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
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
