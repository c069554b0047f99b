/** Finds gapscan on PATH and runs it in this very process: Stash stops a task by killing it, and would not find a child. */
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const program = findProgram();
if (program === undefined) {
  const error =
    'gapscan is not on the PATH of Stash. Install it where Stash runs (npm install --global gapscan), or set GAPSCAN_BIN to its dist/main/bin.js.';
  process.stdout.write(`${JSON.stringify({ error })}\n`);
} else {
  process.argv = [process.argv[0], program, 'plugin'];
  await import(pathToFileURL(program).href);
}

function findProgram() {
  const named = process.env.GAPSCAN_BIN;
  if (named) return existsSync(named) ? realpathSync(named) : undefined;
  const directories = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return directories.flatMap(programsIn).find((file) => file.endsWith('.js') && existsSync(file));
}

/** On POSIX, npm links the program; on Windows it writes a script beside its folder of packages. */
function programsIn(directory) {
  const link = join(directory, 'gapscan');
  const linked = existsSync(link) ? [realpathSync(link)] : [];
  const script = join(directory, 'gapscan.cmd');
  const inPackages = join(dirname(script), 'node_modules', 'gapscan', 'dist', 'main', 'bin.js');
  return [...linked, ...(existsSync(script) ? [inPackages] : [])];
}
