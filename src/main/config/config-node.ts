/** The content of a config file: a tree in which every value knows its line. */

interface Place {
  /** Counted from 1. */
  readonly line: number;
  /** `pathMappings[1].plex`: as people count, lists from 1. */
  readonly key: string;
  /** A `${NAME}` in it could not be expanded, which has been said. */
  readonly isBroken: boolean;
}

/** A value that is no list and no map. */
export interface ScalarNode extends Place {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** From the environment, where everything is a text. */
  readonly isExpanded: boolean;
}

/** A list. */
export interface ListNode extends Place {
  readonly kind: 'list';
  readonly items: readonly ConfigNode[];
}

/** Keys with values, in the order of the file. */
export interface MapNode extends Place {
  readonly kind: 'map';
  readonly entries: readonly { readonly name: string; readonly node: ConfigNode }[];
}

/** A value of the config file. */
export type ConfigNode = ScalarNode | ListNode | MapNode;

/** The value without its places, to be described. */
export function plainValue(node: ConfigNode): unknown {
  if (node.kind === 'scalar') return node.value;
  return node.kind === 'list' ? node.items.map(plainValue) : {};
}
