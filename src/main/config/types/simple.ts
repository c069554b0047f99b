/** Types of settings that are one plain value: texts, paths, numbers, switches, choices. */
import { resolve } from 'node:path';
import { plainValue } from '../config-node.js';
import { describeValue, kindOfValue } from '../problems.js';
import type { JsonSchema, SettingType, Surroundings } from '../setting.js';

/** A type whose values are written as one text. */
interface PlainType<T> {
  readonly expected: string;
  readonly argument: string;
  readonly schema: JsonSchema;
  readonly completes?: SettingType<T>['completes'];
  /** Undefined where the text is not one. */
  readonly read: (text: string, surroundings: Surroundings) => T | undefined;
  /** What the config file may hold beside texts. */
  readonly is: (value: unknown) => value is T;
  /** In the config file a text is no value, unless it comes from the environment. */
  readonly isNoText?: boolean;
}

/** Makes a type of values that can be shown when they are refused. */
export function plainType<T>({
  expected,
  argument,
  schema,
  completes,
  read,
  is,
  isNoText,
}: PlainType<T>): SettingType<T> {
  const refusal = (value: unknown) => `expected ${expected}, got ${describeValue(value)}`;
  return {
    expected,
    argument,
    schema,
    ...(completes && { completes }),
    fromTexts(texts, reading) {
      const text = texts.at(-1) ?? '';
      return read(text.trim(), reading) ?? reading.refuse(refusal(text));
    },
    fromNode(node, reading) {
      const value = plainValue(node);
      if (typeof value !== 'string') return is(value) ? value : reading.refuse(node, refusal(value));
      const isText = isNoText !== true || (node.kind === 'scalar' && node.isExpanded);
      const found = isText ? read(value.trim(), reading) : undefined;
      return found ?? reading.refuse(node, refusal(value));
    },
    is,
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

/** Any text; one that is refused is not shown. */
export function text(argument: string): SettingType<string> {
  const expected = 'a text that is not empty';
  return {
    expected,
    argument,
    schema: { type: 'string', minLength: 1 },
    fromTexts(texts, reading) {
      const value = texts.at(-1)?.trim() ?? '';
      return value === '' ? reading.refuse(`expected ${expected}`) : value;
    },
    fromNode(node, reading) {
      const value = plainValue(node);
      return isText(value) ? value.trim() : reading.refuse(node, `expected ${expected}, got ${kindOfValue(value)}`);
    },
    is: isText,
  };
}

/** The path, made absolute; `~` is the home directory. */
export function resolvePath(path: string, { base, home }: Surroundings): string {
  return resolve(base, expandHome(path, home));
}

function expandHome(path: string, home: string): string {
  return /^~(?=$|[\\/])/.test(path) ? home + path.slice(1) : path;
}

/** A path. */
export function path(completes: 'file' | 'directory'): SettingType<string> {
  return plainType({
    expected: 'a path',
    argument: completes === 'file' ? 'FILE' : 'DIR',
    completes,
    schema: { type: 'string', minLength: 1 },
    read: (text, surroundings) => (text === '' ? undefined : resolvePath(text, surroundings)),
    is: isText,
  });
}

/** A file that messages should call what the person calls it. */
export const fileAsGiven: SettingType<string> = plainType({
  expected: 'a path',
  argument: 'FILE',
  completes: 'file',
  schema: { type: 'string', minLength: 1 },
  read: (text, { home }) => (text === '' ? undefined : expandHome(text, home)),
  is: isText,
});

/** A whole number. */
export function wholeNumber(min: number, max: number): SettingType<number> {
  const fits = (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
  return plainType({
    expected: max === Infinity ? `a whole number of ${min} or more` : `a whole number from ${min} to ${max}`,
    argument: 'N',
    schema: { type: 'integer', minimum: min, ...(max !== Infinity && { maximum: max }) },
    read: (text) => (/^\d{1,15}$/.test(text) && fits(Number(text)) ? Number(text) : undefined),
    is: fits,
    isNoText: true,
  });
}

/** One of a few words. */
export function choice<const Words extends readonly string[]>(words: Words): SettingType<Words[number]> {
  const is = (value: unknown): value is Words[number] => words.some((word) => word === value);
  return plainType({
    expected: words.join(', ').replace(/, ([^,]*)$/, ' or $1'),
    argument: words.join('|'),
    completes: words,
    schema: { enum: words },
    read: (text) => (is(text) ? text : undefined),
    is,
  });
}

/** On or off; its flag has no value. */
export function onOff(): SettingType<boolean> {
  const type = plainType({
    expected: 'true or false',
    argument: '',
    schema: { type: 'boolean' },
    read: (text) => ({ true: true, false: false })[text],
    is: (value): value is boolean => typeof value === 'boolean',
    isNoText: true,
  });
  return { ...type, argument: undefined };
}
