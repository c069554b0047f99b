/** A real browser: Debian's chromium, or any other that CHROMIUM names. */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether there is one; `.ci/run` installs it by name, so that there the tests are not passed over. */
export const hasBrowser = existsSync(executablePath);

/** A page with all that went wrong on it. */
export interface Watched {
  readonly page: Page;
  /** Messages of the console, errors, refused loads, and whatever was asked of a network. */
  readonly trouble: readonly string[];
}

/** A browser for the tests of a file. */
export function useBrowser(): { open(path: string, hash?: string, context?: BrowserContextOptions): Promise<Watched> } {
  let browser: Browser;
  beforeAll(async () => {
    // Without a sandbox: a container of a CI has none to give.
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
  });
  return {
    open: async (path, hash = '', options = {}) => {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      const trouble: string[] = [];
      page.on('console', (message) => trouble.push(`console: ${message.text()}`));
      page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
      page.on('dialog', (dialog) => {
        trouble.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      const { href } = pathToFileURL(path);
      page.on('request', (request) => {
        if (!request.url().startsWith(href) && request.url() !== 'data:,') trouble.push(`asked: ${request.url()}`);
      });
      await page.goto(href + hash);
      return { page, trouble };
    },
  };
}
