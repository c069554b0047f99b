/** Paths put together from a directory and what lies below it. */

/** A path below a directory, with the separators of that directory. */
export function joinPath(directory: string, names: readonly string[]): string {
  const separator = directory.includes('\\') && !directory.includes('/') ? '\\' : '/';
  return names.reduce((path, name) => (/[/\\]$/.test(path) ? path + name : path + separator + name), directory);
}
