/** Rules that turn a path of Stash's into a path of Plex's. */
import type { PathMapping } from '../../scan-types.js';
import { plainValue, type ConfigNode, type MapNode } from '../config-node.js';
import { describeValue } from '../problems.js';
import type { NodeReading, SettingType } from '../setting.js';

const expected = 'a list of {stash: directory, plex: directory}';
/** Both spellings of a rule's two sides. */
const SIDES = [
  ['stash', 'plex'],
  ['from', 'to'],
] as const;

/** Read from the config file only: a flag for two directories would be longer than the file. */
export const pathMappings: SettingType<readonly PathMapping[]> = {
  expected,
  argument: 'LIST',
  schema: {
    anyOf: [
      { type: 'array', items: { anyOf: SIDES.map(ruleSchema) } },
      {
        type: 'object',
        propertyNames: { pattern: '[\\\\/:]' },
        additionalProperties: { type: 'string', minLength: 1 },
      },
    ],
  },
  fromTexts: (_, reading) => reading.refuse('path mappings are set in the config file'),
  fromNode(node, reading) {
    if (node.kind === 'list') return allOf(node.items.map((item) => readRule(item, reading)));
    if (node.kind === 'map' && node.entries.every(({ name }) => isDirectory(name))) {
      return allOf(node.entries.map((entry) => pair(entry.name, readDirectory(entry.node, reading))));
    }
    return reading.refuse(node, `expected ${expected}, got ${describeValue(plainValue(node))}`);
  },
  is: (value): value is PathMapping[] => Array.isArray(value) && value.every(isRule),
};

function ruleSchema([from, to]: (typeof SIDES)[number]): object {
  const side = { type: 'string', minLength: 1 };
  return {
    type: 'object',
    properties: { [from]: side, [to]: side },
    required: [from, to],
    additionalProperties: false,
  };
}

/** A map of one rule written without its list, {stash: ..., plex: ...}, must not be taken for a rule from "stash" to ... */
const isDirectory = (name: string): boolean => /[\\/:]/.test(name);

function allOf(rules: readonly (PathMapping | null)[]): PathMapping[] | null {
  return rules.some((rule) => rule === null) ? null : (rules as PathMapping[]);
}

function pair(stash: string | null, plex: string | null): PathMapping | null {
  return stash === null || plex === null ? null : { stash, plex };
}

function readRule(node: ConfigNode, reading: NodeReading): PathMapping | null {
  const sides = node.kind === 'map' && node.entries.length === 2 ? sidesOf(node) : undefined;
  if (sides) return pair(readDirectory(sides[0], reading), readDirectory(sides[1], reading));
  return reading.refuse(node, `expected {stash: directory, plex: directory}, got ${describeRule(node)}`);
}

function sidesOf({ entries }: MapNode): readonly [ConfigNode, ConfigNode] | undefined {
  for (const [from, to] of SIDES) {
    const first = entries.find(({ name }) => name === from);
    const second = entries.find(({ name }) => name === to);
    if (first && second) return [first.node, second.node];
  }
  return undefined;
}

function describeRule(node: ConfigNode): string {
  if (node.kind !== 'map') return describeValue(plainValue(node));
  const names = node.entries.map(({ name }) => name.slice(0, 40)).join(', ');
  return names === '' ? 'no keys' : `the key${node.entries.length === 1 ? '' : 's'} ${names}`;
}

function readDirectory(node: ConfigNode, reading: NodeReading): string | null {
  const value = plainValue(node);
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  return reading.refuse(node, `expected a directory, got ${describeValue(value)}`);
}

function isRule(value: unknown): value is PathMapping {
  const { stash, plex } = (value ?? {}) as Partial<Record<string, unknown>>;
  return [stash, plex].every((side) => typeof side === 'string' && side.trim() !== '');
}
