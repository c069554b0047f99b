/** Makes the tree of a config file from YAML, and expands `${NAME}` in it. */
import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type Node, type Pair } from 'yaml';
import type { ConfigNode, MapNode, ScalarNode } from './config-node.js';
import type { Environment } from './sources.js';

/** What the tree is made from. */
export interface TreeSource {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly env: Environment;
  /** Told of every `${NAME}` that cannot be expanded. */
  readonly refuse: (place: { readonly line: number; readonly key: string }, what: string) => void;
}

/** More values than any settings have: aliases of aliases would otherwise fill the memory. */
const MAX_NODES = 20_000;

/** An alias inside of what it stands for has no end. */
const MAX_DEPTH = 50;

/** Thrown for an alias that means nothing, or too much. */
export class UnresolvableAlias extends Error {}

/** Makes the tree; undefined for an empty document. @throws UnresolvableAlias */
export function makeTree(source: TreeSource): ConfigNode | undefined {
  const { contents } = source.document;
  return contents === null ? undefined : new TreeMaker(source).make(contents, '', 1);
}

class TreeMaker {
  readonly #source: TreeSource;
  #count = 0;
  #depth = 0;

  constructor(source: TreeSource) {
    this.#source = source;
  }

  make(node: unknown, key: string, lineOfKey: number): ConfigNode {
    if (++this.#count > MAX_NODES || ++this.#depth > MAX_DEPTH) throw new UnresolvableAlias();
    const made = this.#make(node, key, lineOfKey);
    this.#depth--;
    return made;
  }

  #make(node: unknown, key: string, lineOfKey: number): ConfigNode {
    const line = this.#lineOf(node) ?? lineOfKey;
    if (isAlias(node)) return this.make(this.#target(node), key, line);
    if (isSeq(node)) {
      const items = node.items.map((item, i) => this.make(item, `${key}[${i + 1}]`, line));
      return { kind: 'list', line, key, items, isBroken: items.some(({ isBroken }) => isBroken) };
    }
    if (isMap(node)) {
      const entries = node.items.map((pair) => this.#entry(pair, key, line));
      return { kind: 'map', line, key, entries, isBroken: entries.some((entry) => entry.node.isBroken) };
    }
    return this.#scalar(isScalar(node) ? node.value : null, key, line);
  }

  #entry({ key, value }: Pair, parent: string, line: number): MapNode['entries'][number] {
    const raw = String(isScalar(key) ? key.value : key);
    const own = this.#lineOf(key) ?? line;
    const name = this.#expand(raw, { key: parent === '' ? raw : `${parent}.${raw}`, line: own });
    const node = this.make(value, [parent, name ?? raw].filter(Boolean).join('.'), own);
    return name === undefined ? { name: raw, node: { ...node, isBroken: true } } : { name, node };
  }

  #scalar(value: unknown, key: string, line: number): ScalarNode {
    if (typeof value === 'string') {
      const text = this.#expand(value, { key, line });
      const isExpanded = text !== value;
      return { kind: 'scalar', line, key, value: text ?? value, isExpanded, isBroken: text === undefined };
    }
    const plain = typeof value === 'number' || typeof value === 'boolean' ? value : null;
    return { kind: 'scalar', line, key, value: plain, isExpanded: false, isBroken: false };
  }

  /** Undefined where something in it is unset; that has then been said. */
  #expand(text: string, place: { readonly line: number; readonly key: string }): string | undefined {
    const problems: string[] = [];
    const expanded = text.replace(/\$\$\{|\$\{([A-Za-z_]\w*)\}|\$\{/g, (found, name: string | undefined) => {
      if (found === '$${') return '${';
      const value = name === undefined ? undefined : this.#source.env[name];
      if (value !== undefined && value.trim() !== '') return value;
      problems.push(
        name === undefined ? 'expected ${NAME}, or $${ for a plain ${' : `${found} is not set in the environment`,
      );
      return '';
    });
    for (const problem of problems) this.#source.refuse(place, problem);
    return problems.length === 0 ? expanded : undefined;
  }

  #target(alias: Node): Node {
    const target = isAlias(alias) ? alias.resolve(this.#source.document) : undefined;
    if (target === undefined) throw new UnresolvableAlias();
    return target;
  }

  #lineOf(node: unknown): number | undefined {
    const range = (node as Partial<Node> | null)?.range;
    return range ? this.#source.lines.linePos(range[0]).line : undefined;
  }
}
