/**
 * In a checkout, takes a newer database driver where the lock file's would end this Node.js abruptly; whoever installs the package
 * gets the one that suits by its range of versions.
 */
import { spawnSync } from 'node:child_process';
import { driverVersion, endsAbruptly } from '../cli/native-module.js';

if (endsAbruptly(driverVersion(), process.versions.node)) {
  const args = ['install', '--no-save', '--ignore-scripts', 'better-sqlite3@13'];
  process.exitCode = spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1;
}
