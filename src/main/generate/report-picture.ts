/** Makes the README's picture of an HTML report, from the demo: `npm run picture`. Needs Debian's chromium, or CHROMIUM. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const command = fileURLToPath(new URL('../bin.js', import.meta.url));
const picture = fileURLToPath(new URL('../../../docs/report.png', import.meta.url));

const demo = spawnSync(process.execPath, [command, 'demo'], { encoding: 'utf8' });
const [path] = /(?<=^Report: ).*\.html$/m.exec(demo.stdout) ?? [];
if (path === undefined) throw new Error(`The demo wrote no page: ${demo.stdout}${demo.stderr}`);

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 1500 } });
  await page.goto(`${pathToFileURL(path).href}#verdict=empty&verdict=missing&verdict=ambiguous`);
  await page.locator('.chart').first().waitFor();
  await page.getByRole('button', { name: 'Why: scene 7', exact: true }).click();
  await page.getByRole('heading', { name: 'Findings', exact: true }).scrollIntoViewIfNeeded();
  await page.evaluate("document.querySelector('#findings-title').scrollIntoView()");
  await page.screenshot({ path: picture });
} finally {
  await browser.close();
}
