/** Types of settings that are lists. */
import { plainValue, type ConfigNode } from '../config-node.js';
import { describeValue } from '../problems.js';
import type { NodeReading, SettingType } from '../setting.js';
import type { ReportFile } from '../../scan-types.js';
import {
  REPORT_ENDINGS,
  REPORT_FORMATS,
  STANDARD_OUTPUT,
  reportFormatOf,
  standardOutputFormat,
} from '../../report/formats.js';
import { resolvePath } from './simple.js';

/** The words of a text, separated by commas. */
function splitByCommas(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}

function isListOf<T>(value: unknown, is: (entry: unknown) => entry is T): value is T[] {
  return Array.isArray(value) && value.every(is);
}

/** Every entry of a list; null when one was refused. */
function readEntries<Entry, T>(list: readonly Entry[], read: (entry: Entry) => T | null): T[] | null {
  const entries = list.map(read);
  return entries.some((entry) => entry === null) ? null : (entries as T[]);
}

/** Names of libraries; an empty list in the config file means all. */
export const names: SettingType<readonly string[]> = {
  expected: 'a list of library titles or keys',
  argument: 'NAME',
  isRepeatable: true,
  schema: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: ['string', 'integer'] } }] },
  fromTexts(texts, { isVariable }) {
    const list = isVariable ? texts.flatMap(splitByCommas) : texts.map((text) => text.trim());
    return list.length === 0 ? undefined : list;
  },
  fromNode(node, reading) {
    if (node.kind === 'scalar' && typeof node.value === 'string') return splitByCommas(node.value);
    const refuse = (at: ConfigNode) =>
      reading.refuse(
        at,
        `expected ${at === node ? this.expected : 'a title or key'}, got ${describeValue(plainValue(at))}`,
      );
    if (node.kind !== 'list') return refuse(node);
    return readEntries(node.items, (item) => {
      const value = plainValue(item);
      const isName = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
      return isName ? String(value).trim() : refuse(item);
    });
  },
  is: (value): value is string[] =>
    isListOf(value, (entry): entry is string => typeof entry === 'string' && entry.trim() !== '') && value.length > 0,
};

/** Some of a few words, at least one; in the order of the words. */
export function someOf<Word extends string>(words: readonly Word[]): SettingType<readonly Word[]> {
  const all = words.join(', ');
  const isWord = (value: unknown): value is Word => words.some((word) => word === value);
  const inOrder = (found: readonly unknown[]): Word[] => words.filter((word) => found.includes(word));
  return {
    expected: `a list of ${all}`,
    argument: 'LIST',
    isRepeatable: true,
    completes: words,
    schema: { type: 'array', items: { enum: words }, minItems: 1 },
    fromTexts(texts, reading) {
      const given = texts.flatMap((text) => text.split(',').map((word) => word.trim()));
      const wrong = given.filter((word) => !isWord(word));
      for (const word of wrong) reading.refuse(`expected a comma list of ${all}, got "${word.slice(0, 40)}"`);
      return wrong.length === 0 ? inOrder(given) : null;
    },
    fromNode(node, reading) {
      const refuse = (at: ConfigNode) =>
        reading.refuse(
          at,
          `expected ${at === node ? `a list of ${all}` : words.join(' or ')}, got ${describeValue(plainValue(at))}`,
        );
      if (node.kind !== 'list' || node.items.length === 0) return refuse(node);
      const found = readEntries(node.items, (item) => {
        const value = plainValue(item);
        return isWord(value) ? value : refuse(item);
      });
      return found && inOrder(found);
    },
    is: (value): value is Word[] => isListOf(value, isWord) && value.length > 0,
  };
}

const isFormat = (value: unknown): value is ReportFile['format'] => REPORT_FORMATS.some((format) => format === value);

/** A pattern for a word in any letter case, for schemas, whose patterns have no flags. */
const anyCase = (word: string): string => word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);

function readReport(
  path: string,
  reading: NodeReading | Parameters<SettingType<unknown>['fromTexts']>[1],
): ReportFile | undefined {
  const outputFormat = standardOutputFormat(path);
  if (outputFormat !== undefined) return { path: STANDARD_OUTPUT, format: outputFormat };
  const format = reportFormatOf(path);
  return format === undefined ? undefined : { path: resolvePath(path, reading), format };
}

const ENDINGS = `ending in ${REPORT_ENDINGS}, or FORMAT:- for standard output`;
const FORMAT_PATTERN = REPORT_FORMATS.map(anyCase).join('|');

/** Files to write reports to; the ending says the format. */
export const reportFiles: SettingType<readonly ReportFile[]> = {
  expected: `a list of files ${ENDINGS}`,
  argument: 'FILE',
  isRepeatable: true,
  completes: 'file',
  schema: { type: 'array', items: { type: 'string', pattern: `\\.(${FORMAT_PATTERN})$|^((${FORMAT_PATTERN}):)?-$` } },
  fromTexts(texts, reading) {
    const refuse = (text: string) => reading.refuse(`expected a file ${ENDINGS}, got ${describeValue(text)}`);
    return readEntries(texts, (text) => readReport(text.trim(), reading) ?? refuse(text));
  },
  fromNode(node, reading) {
    if (node.kind !== 'list')
      return reading.refuse(node, `expected ${this.expected}, got ${describeValue(plainValue(node))}`);
    return readEntries(node.items, (item) => {
      const value = plainValue(item);
      const file = typeof value === 'string' ? readReport(value.trim(), reading) : undefined;
      return file ?? reading.refuse(item, `expected a file ${ENDINGS}, got ${describeValue(value)}`);
    });
  },
  is: (value): value is ReportFile[] => isListOf(value, isReportFile),
};

function isReportFile(value: unknown): value is ReportFile {
  const { path, format } = (value ?? {}) as Partial<Record<string, unknown>>;
  return typeof path === 'string' && path.trim() !== '' && isFormat(format);
}
