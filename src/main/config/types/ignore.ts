/** The type of the setting that names scenes to be left alone. */
import { plainValue, type ConfigNode } from '../config-node.js';
import { describeValue } from '../problems.js';
import type { NodeReading, SettingType } from '../setting.js';
import type { IgnoreOptions } from '../../scan-types.js';

const MEMBERS = ['paths', 'tags', 'studios'] as const;
type Member = (typeof MEMBERS)[number];

const expected = '{paths: [directory], tags: [name], studios: [name]}';
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isMember = (name: string): name is Member => MEMBERS.some((member) => member === name);

/** Rules by directory, tag and studio. */
export const ignoreRules: SettingType<IgnoreOptions> = {
  expected,
  argument: 'RULES',
  schema: {
    type: 'object',
    properties: Object.fromEntries(
      MEMBERS.map((member) => [member, { type: 'array', items: { type: 'string', minLength: 1 } }]),
    ),
    additionalProperties: false,
  },
  fromTexts: (_, reading) => reading.refuse('ignore rules are set in the config file'),
  fromNode(node, reading) {
    if (node.kind !== 'map')
      return reading.refuse(node, `expected ${expected}, got ${describeValue(plainValue(node))}`);
    const entries = node.entries.map((entry) =>
      isMember(entry.name)
        ? ([entry.name, readTexts(entry.node, reading)] as const)
        : ([entry.name, reading.refuse(entry.node, `expected ${expected}, got ${entry.name}`)] as const),
    );
    return entries.some(([, texts]) => texts === null) ? null : Object.fromEntries(entries);
  },
  is: (value): value is IgnoreOptions =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value as Record<string, unknown>).every(
      ([name, texts]) => isMember(name) && (texts === undefined || (Array.isArray(texts) && texts.every(isText))),
    ),
};

function readTexts(node: ConfigNode, reading: NodeReading): string[] | null {
  if (node.kind !== 'list')
    return reading.refuse(node, `expected a list of texts, got ${describeValue(plainValue(node))}`);
  const texts = node.items.map((item) => {
    const value = plainValue(item);
    return isText(value) ? value : reading.refuse(item, `expected a text, got ${describeValue(value)}`);
  });
  return texts.some((text) => text === null) ? null : (texts as string[]);
}
