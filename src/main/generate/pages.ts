/** Everything in the repository that is made from the tables of commands and settings. */
import { version } from '../version.js';
import { configSchema } from './config-schema.js';
import { manPage } from './man-page.js';
import { settingsPage } from './settings-page.js';

/** The files by their path in the repository. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return {
    'docs/settings.md': settingsPage(),
    'man/gapscan.1': manPage(version),
    'schemas/config-file.schema.json': `${JSON.stringify(configSchema(), undefined, 2)}\n`,
  };
}
