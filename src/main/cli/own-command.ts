/** What a person types to start gapscan again, by the way it was started. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../config/sources.js';

/** Only a clone has the sources. */
const SOURCES = fileURLToPath(new URL('../../../src/main', import.meta.url));

/** @param script the file Node.js was started with */
export function ownCommand(script: string | undefined, env: Environment): string {
  // A link named gapscan is one on PATH, or of a project.
  const isLinked = script !== undefined && /[\\/]gapscan(?:\.cmd)?$/.test(script);
  if (env['npm_command'] === 'exec') return 'npx gapscan';
  if (isLinked) return script.includes('node_modules') ? 'npx gapscan' : 'gapscan';
  return existsSync(SOURCES) ? 'node dist/main/bin.js' : 'gapscan';
}
