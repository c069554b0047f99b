/** Bundles the page of HTML reports, a part of the build: one script and one style, which every report carries in itself. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const source = new URL('../../../src/main/report/html/page/', import.meta.url);
const target = new URL('../report/html/', import.meta.url);

const bundle = await rolldown({
  input: fileURLToPath(new URL('main.ts', source)),
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  tsconfig: fileURLToPath(new URL('tsconfig.json', source)),
  platform: 'browser',
});
const { output } = await bundle.generate({ format: 'iife', minify: true });
// An element ends where its text says so, whatever it is within the script.
const script = output[0].code.trim().replaceAll('</script', '<\\/script');
writeFileSync(new URL('page.js', target), script);

const charts = readFileSync(new URL(import.meta.resolve('charts.css')), 'utf8');
const own = readFileSync(new URL('style.css', source), 'utf8');
writeFileSync(new URL('page.css', target), `${charts.trim()}\n${own}`);
