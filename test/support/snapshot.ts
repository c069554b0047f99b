/** What a directory tree looks like, to tell whether anything in it was touched. */
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Every entry with its kind, mode, size, modification time and content; reading it leaves no trace itself. */
export function snapshot(directory: string): Record<string, string> {
  const seen: Record<string, string> = {};
  const walk = (path: string, name: string): void => {
    const stats = lstatSync(path, { bigint: true });
    seen[name] = `${stats.mode} ${stats.size} ${stats.mtimeNs} ${stats.ino} ${contentOf(path)}`;
    if (!stats.isDirectory()) return;
    for (const entry of readdirSync(path).sort()) walk(join(path, entry), `${name}/${entry}`);
  };
  walk(directory, '.');
  return seen;
}

function contentOf(path: string): string {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return readlinkSync(path);
  return stats.isFile() ? createHash('sha1').update(readFileSync(path)).digest('hex') : '';
}
