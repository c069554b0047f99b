/** From the text of a config file to plain values. Nothing of the text is ever quoted: it may hold a secret. */
import { extname } from 'node:path';
import { LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import { ConfigError } from '../errors.js';

/** Parses YAML, or strictly JSON where the name ends in `.json`. @throws ConfigError, with line and column where they are known */
export function parseConfig(path: string, source: string): unknown {
  const language = extname(path).toLowerCase() === '.json' ? 'JSON' : 'YAML';
  const text = source.replace(/^\uFEFF/, '');
  if (language === 'JSON' && text.trim() !== '') checkJson(path, text);
  // A JSON file is read as YAML too, since JSON.parse takes the last of two equal keys without a word.
  return parseYaml(path, text, language);
}

function checkJson(path: string, text: string): void {
  try {
    JSON.parse(text);
  } catch (error: unknown) {
    // Not every message of JSON.parse says where; what YAML's parser finds then says at least more than nothing.
    const offset = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    if (offset === undefined) parseYaml(path, text, 'JSON');
    throw notValid(path, 'JSON', offset === undefined ? '' : at(positionOf(text, Number(offset))));
  }
}

function parseYaml(path: string, text: string, language: 'JSON' | 'YAML'): unknown {
  const lineCounter = new LineCounter();
  const schema = language === 'JSON' ? 'json' : 'core';
  const document = parseDocument(text, { strict: true, schema, prettyErrors: false, lineCounter });
  const [error] = document.errors;
  if (error !== undefined) {
    throw notValid(path, language, `${at(lineCounter.linePos(error.pos[0]))}${problemOf(error)}`);
  }
  try {
    return document.toJS() as unknown;
  } catch {
    // Aliases without an anchor, or so many that they would fill the memory.
    throw notValid(path, language, ': an alias (*name) in it cannot be resolved');
  }
}

interface Position {
  readonly line: number;
  readonly col: number;
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, col: (before.at(-1)?.length ?? 0) + 1 };
}

const at = ({ line, col }: Position): string => ` at line ${line}, column ${col}`;

const PROBLEMS: Readonly<Partial<Record<string, string>>> = {
  DUPLICATE_KEY: 'the same key twice',
  MISSING_CHAR: 'a quote, bracket or comma is missing',
  BAD_INDENT: 'wrong indentation',
  TAB_AS_INDENT: 'a tab where spaces are expected',
  MULTIPLE_DOCS: 'more than one document',
};

/** Only the kind of error is said: the parser's own message quotes the line. */
function problemOf({ code }: Pick<YAMLParseError, 'code'>): string {
  const problem = PROBLEMS[code];
  return problem === undefined ? '' : `: ${problem}`;
}

/** Without the parser's error as a cause: `--verbose` would print the line it quotes. */
function notValid(path: string, language: string, where: string): ConfigError {
  return new ConfigError(`The config file ${path} is not valid ${language}${where}`, {
    code: 'config_invalid',
    hint: 'Correct it there.',
  });
}
