#!/usr/bin/env node
/**
 * The executable. Nothing but what every Node.js has is imported here, and no newer syntax is used: an old Node.js must get
 * as far as being told so.
 */
import { readFileSync } from 'node:fs';

const UNUSABLE = 2;

const required = requiredVersion();
if (isOlder(process.versions.node, required)) refuse(process.versions.node, required);
else await import('./process.js');

/** As package.json states it, two folders up from the compiled file: `>=20.19`. */
function requiredVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { engines } = JSON.parse(text) as { readonly engines: { readonly node: string } };
  return engines.node.replace(/^\D+/, '');
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [requiredMajor = 0, requiredMinor = 0] = than.split('.').map(Number);
  return major < requiredMajor || (major === requiredMajor && minor < requiredMinor);
}

function refuse(version: string, than: string): void {
  const message = `gapscan needs Node.js ${than} or newer; this is ${version}`;
  const hint = 'Install a newer Node.js, for example with nvm install --lts.';
  if (process.argv[2] === 'plugin') process.stdout.write(`${JSON.stringify({ error: `${message}. ${hint}` })}\n`);
  else if (process.argv.includes('--json')) {
    const error = { schema: 'gapscan.error/1', code: 'node_too_old', message, hint };
    process.stdout.write(`${JSON.stringify(error)}\n`);
  }
  process.stderr.write(`gapscan: ${message}\n  ${hint}\n`);
  process.exitCode = UNUSABLE;
}
