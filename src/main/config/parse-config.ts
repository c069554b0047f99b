/** From the text of a config file to a tree of values. Nothing of the text is quoted where it is no valid YAML: it may hold a secret. */
import { extname } from 'node:path';
import { LineCounter, parseDocument, type Document, type YAMLParseError } from 'yaml';
import { ConfigError } from '../errors.js';
import type { ConfigNode } from './config-node.js';
import { makeTree, UnresolvableAlias } from './config-tree.js';
import type { Problems } from './problems.js';
import type { Environment } from './sources.js';

/** One config file. */
export interface ConfigText {
  /** As it is shown. */
  readonly path: string;
  readonly text: string;
}

/**
 * Parses YAML, or strictly JSON where the name ends in `.json`; undefined when the file is empty.
 * @throws ConfigError with the line where it is known
 */
export function parseConfig({ path, text }: ConfigText, env: Environment, problems: Problems): ConfigNode | undefined {
  const language = extname(path).toLowerCase() === '.json' ? 'JSON' : 'YAML';
  const source = text.replace(/^\uFEFF/, '');
  if (language === 'JSON' && source.trim() !== '') checkJson(path, source);
  // A JSON file is read as YAML too, since JSON.parse takes the last of two equal keys without a word.
  const lines = new LineCounter();
  const document = parseYaml(path, source, language, lines);
  try {
    return makeTree({
      document,
      lines,
      env,
      refuse: ({ line, key }, what) => {
        problems.addInFile(path, line, `${key}: ${what}`);
      },
    });
  } catch (error: unknown) {
    if (!(error instanceof UnresolvableAlias)) throw error;
    throw notValid(path, language, undefined, 'an alias (*name) in it cannot be resolved');
  }
}

function checkJson(path: string, text: string): void {
  try {
    JSON.parse(text);
  } catch (error: unknown) {
    // Not every message of JSON.parse says where; what YAML's parser finds then says at least more than nothing.
    const offset = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    if (offset === undefined) parseYaml(path, text, 'JSON', new LineCounter());
    throw notValid(path, 'JSON', offset === undefined ? undefined : positionOf(text, Number(offset)));
  }
}

function parseYaml(path: string, text: string, language: 'JSON' | 'YAML', lineCounter: LineCounter): Document {
  const schema = language === 'JSON' ? 'json' : 'core';
  const document = parseDocument(text, { strict: true, schema, prettyErrors: false, lineCounter });
  const [error] = document.errors;
  if (error === undefined) return document;
  throw notValid(path, language, lineCounter.linePos(error.pos[0]), PROBLEMS[error.code]);
}

interface Position {
  readonly line: number;
  readonly col: number;
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, col: (before.at(-1)?.length ?? 0) + 1 };
}

/** Only the kind of error is said: the parser's own message quotes the line. */
const PROBLEMS: Readonly<Partial<Record<YAMLParseError['code'], string>>> = {
  DUPLICATE_KEY: 'the same key twice',
  MISSING_CHAR: 'a quote, bracket or comma is missing',
  BAD_INDENT: 'wrong indentation',
  TAB_AS_INDENT: 'a tab where spaces are expected',
  MULTIPLE_DOCS: 'more than one document',
};

/** Without the parser's error as a cause: `--verbose` would print the line it quotes. */
function notValid(path: string, language: string, at?: Position, problem?: string): ConfigError {
  const where = at === undefined ? path : `${path}:${at.line}:${at.col}`;
  const why = problem === undefined ? '' : `: ${problem}`;
  return new ConfigError(`${where}: not valid ${language}${why}`, {
    code: 'config_invalid',
    hint: 'Correct it there.',
  });
}
