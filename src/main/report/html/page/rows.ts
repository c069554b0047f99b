/** Findings as the page holds them: what is searched, sorted and counted ready to hand, the rest in its line. */
import type { ReportLine } from '../../../../shared/report-line.js';
import { GAP_KINDS } from '../../../../shared/verdicts.js';
import type { Facet } from './facets.js';

/** One finding. */
export interface Row extends Readonly<Record<Facet, string>> {
  readonly id: number;
  readonly title: string;
  /** Path of its file; empty without one. */
  readonly file: string;
  /** Title of the Plex item, or where that has none its path; empty without an item. */
  readonly item: string;
  readonly url: string;
  readonly itemUrl: string | null;
  /** What the search looks at: folded id, title, file and item. */
  readonly searched: string;
  /** The whole line as JSON, read again for the explanation. */
  readonly json: string;
}

/** What is known of the run beside its findings. */
export interface RunFacts {
  /** Directories of Stash under which scenes were found in Plex. */
  readonly roots: readonly string[];
  /** The gaps of the run before; undefined where there was none to compare with. */
  readonly earlier: ReadonlySet<number> | undefined;
}

/** Reads lines into rows. */
export class RowReader {
  readonly #facts: RunFacts;
  /** The longest root first: the innermost counts. */
  readonly #roots: readonly string[];
  /** One text for each value: of a hundred thousand equal ones the page would keep a hundred thousand. */
  readonly #known = new Map<string, string>();

  constructor(facts: RunFacts) {
    this.#facts = facts;
    this.#roots = [...facts.roots].sort((a, b) => b.length - a.length);
  }

  /** Reads one line of a report. */
  read(json: string): Row {
    const line = JSON.parse(json) as ReportLine;
    const { sceneId, title, item, verdict, action } = line;
    const file = line.path ?? '';
    const itemPath = item?.path ?? '';
    return {
      id: sceneId,
      title,
      file,
      item: item === null ? '' : item.title || itemPath,
      url: line.url,
      itemUrl: item?.url ?? null,
      verdict,
      action: action ?? '',
      change: this.#changeOf(line),
      library: this.#one(item?.section ?? ''),
      root: this.#one(this.#rootOf(file)),
      directory: this.#one(/^(.*)[\\/]/s.exec(file)?.[1] ?? ''),
      studio: this.#one(line.studio ?? ''),
      year: this.#one(/^\d{4}/.exec(line.date ?? '')?.[0] ?? ''),
      searched: fold([sceneId, title, file, item?.title ?? '', itemPath].join('\n')),
      json,
    };
  }

  /** What only an audit finds is compared with nothing: most runs do not look for it. */
  #changeOf({ sceneId, verdict }: ReportLine): string {
    const { earlier } = this.#facts;
    if (earlier === undefined || verdict === 'lost' || !GAP_KINDS.some((kind) => kind === verdict)) return '';
    return earlier.has(sceneId) ? 'persistent' : 'new';
  }

  #rootOf(file: string): string {
    return this.#roots.find((root) => isBelow(file, root)) ?? '';
  }

  #one(text: string): string {
    const known = this.#known.get(text);
    if (known === undefined) this.#known.set(text, text);
    return known ?? text;
  }
}

function isBelow(file: string, directory: string): boolean {
  return file.startsWith(directory) && /^$|[\\/]/.test(directory.slice(-1) + file.charAt(directory.length));
}

/** More directories than these make no picture; fewer than a handful neither. */
const FEW_DIRECTORIES = 6;

/**
 * For each directory the one it counts under: all are cut at the same depth, the first at which there are more than a handful.
 */
export function directoriesAtDepth(directories: Iterable<string>): Map<string, string> {
  const all = [...new Set(directories)];
  for (let depth = 1; ; depth++) {
    const cut = new Map(all.map((directory) => [directory, cutAt(directory, depth)]));
    const isWhole = all.every((directory) => cut.get(directory) === directory);
    if (isWhole || new Set(cut.values()).size > FEW_DIRECTORIES) return cut;
  }
}

function cutAt(directory: string, depth: number): string {
  let names = 0;
  for (const { index } of directory.matchAll(/[\\/](?=[^\\/])/g)) {
    if (index > 0 && ++names > depth) return directory.slice(0, index);
  }
  return directory;
}

/** One spelling for what a person takes to be the same. */
export function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
