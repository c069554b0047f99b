/**
 * Paths as Stash and Plex spell them. Neither runs here, so both `/` and `\` separate, drive letters and UNC hosts are
 * ordinary components, and everything compares folded (see text-key.ts). Raw spelling is kept for output.
 */
import { foldKey } from './text-key.js';

const SLASH = 0x2f;
const BACKSLASH = 0x5c;

/** A path cut before the separators in front of its last component; `dir + base === path`. */
export interface SplitPath {
  readonly dir: string;
  /** The last component with the separators in front of it, e.g. `/clip.mp4`. */
  readonly base: string;
}

/** Whether a UTF-16 unit (or byte) separates path components. */
export function isSeparator(code: number): boolean {
  return code === SLASH || code === BACKSLASH;
}

/** Index of the first character of the last component. */
function lastComponentStart(path: string): number {
  return Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
}

/** Cuts a path into its directory and its last component. */
export function splitPath(path: string): SplitPath {
  let dirEnd = lastComponentStart(path);
  while (dirEnd > 0 && isSeparator(path.charCodeAt(dirEnd - 1))) dirEnd--;
  return { dir: path.slice(0, dirEnd), base: path.slice(dirEnd) };
}

/** The last component, without separators; empty when the path ends in one. */
export function fileName(path: string): string {
  return path.slice(lastComponentStart(path));
}

/** How many separators a component as cut by {@link splitPath} begins with. */
export function leadingSeparators(base: string): number {
  let i = 0;
  while (i < base.length && isSeparator(base.charCodeAt(i))) i++;
  return i;
}

/** The components of a path as they are spelled, outermost first. */
export function components(path: string): string[] {
  return path.split(/[/\\]+/).filter(Boolean);
}

/** The folded components of a path, outermost first. */
export function foldedComponents(path: string): string[] {
  // Cut before folding: a stand-in for `\` within a name is no separator, see text-key.ts.
  return components(path).map(foldKey);
}

/** Whether a path is a directory or lies below it; both as folded components. */
export function isWithin(path: readonly string[], directory: readonly string[]): boolean {
  return directory.length <= path.length && directory.every((name, i) => name === path[i]);
}

/** A rule that replaces a directory prefix of a Stash path by the Plex spelling of the same directory. */
export interface FoldedMapping {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** Prepares `pathMappings`; the longest prefix comes first, so that the most specific rule wins. */
export function foldMappings(
  mappings: readonly { readonly stash: string; readonly plex: string }[],
): (FoldedMapping & { readonly stash: string; readonly plex: string })[] {
  return mappings
    .map(({ stash, plex }) => ({ stash, plex, from: foldedComponents(stash), to: foldedComponents(plex) }))
    .sort((a, b) => b.from.length - a.from.length);
}

/** Applies the first mapping whose prefix matches; returns the components unchanged when none does. */
export function mapComponents(path: string[], mappings: readonly FoldedMapping[]): string[] {
  for (const { from, to } of mappings) if (isWithin(path, from)) return [...to, ...path.slice(from.length)];
  return path;
}
