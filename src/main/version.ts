/** The version of this package. */
import { createRequire } from 'node:module';

/** As package.json states it, two folders up from the compiled file. */
export const version: string = (createRequire(import.meta.url)('../../package.json') as { version: string }).version;
