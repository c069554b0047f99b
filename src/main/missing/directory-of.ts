/** The directory around a path. */
import { splitPath } from '../../shared/path.js';

/** The directory a file or directory lies in, as it is spelled; the outermost one keeps its separator. */
export function directoryOf(path: string): string {
  const { dir } = splitPath(path);
  return dir === '' ? (/^[/\\]/.exec(path)?.[0] ?? '') : dir;
}
