/** Scene ids: lists, ranges, files of them. */
import { readFileSync } from 'node:fs';
import { describeValue } from '../problems.js';
import type { SettingType, TextReading } from '../setting.js';
import { resolvePath } from './simple.js';

/** Stash's ids are 32-bit. */
const MAX_ID = 2 ** 31 - 1;
/** A list of more ids is a whole library; `--since` or nothing at all says that better. */
const MAX_IDS = 1_000_000;

const isId = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_ID;

const expected = 'scene ids like 1,2,10-20, @FILE, or - for standard input';

/** Scene ids, each once. */
export const sceneIds: SettingType<readonly number[]> = {
  expected,
  argument: 'LIST',
  isRepeatable: true,
  schema: { type: 'array', items: { type: 'integer', minimum: 1, maximum: MAX_ID }, minItems: 1 },
  fromTexts(texts, reading) {
    const ids = new Set<number>();
    for (const text of texts) if (!addIds(ids, text.trim(), reading)) return null;
    return ids.size > 0 ? [...ids] : reading.refuse(`expected ${expected}, got none`);
  },
  fromNode: (node, reading) => reading.refuse(node, 'ids are given by flag only'),
  is: (value): value is number[] => Array.isArray(value) && value.length > 0 && value.every(isId),
};

/** Adds what one text lists; false when it was refused. */
function addIds(ids: Set<number>, text: string, reading: TextReading): boolean {
  const list = readList(text, reading);
  if (list === null) return false;
  for (const entry of list.split(/[\s,]+/).filter(Boolean)) {
    const range = readRange(entry);
    if (range === undefined) {
      reading.refuse(`expected ${expected}, got ${describeValue(entry.slice(0, 40))}`);
      return false;
    }
    if (ids.size + range.last - range.first >= MAX_IDS) {
      reading.refuse(`expected at most ${MAX_IDS.toLocaleString('en-US')} scene ids, got more`);
      return false;
    }
    for (let id = range.first; id <= range.last; id++) ids.add(id);
  }
  return true;
}

/** The ids between two, both included. */
function readRange(entry: string): { readonly first: number; readonly last: number } | undefined {
  const [, from, to = from] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(entry) ?? [];
  const [first, last] = [Number(from), Number(to)];
  return isId(first) && isId(last) && first <= last ? { first, last } : undefined;
}

const STANDARD_INPUT = 0;

/** The list itself: given as it is, in a file, or on standard input. */
function readList(text: string, reading: TextReading): string | null {
  if (text !== '-' && !text.startsWith('@')) return text;
  const file = text === '-' ? STANDARD_INPUT : resolvePath(text.slice(1), reading);
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error: unknown) {
    const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return reading.refuse(`cannot read ${text === '-' ? 'standard input' : text.slice(1)}${reason}`);
  }
}
