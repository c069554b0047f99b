/** Splits a command line into flags and words: which flags there are and whether they have values, not what the values mean. */
import { parseArgs } from 'node:util';
import { Problems } from '../config/problems.js';
import type { Setting, SettingTable } from '../config/setting.js';
import type { GivenFlags } from '../config/sources.js';
import { didYouMean, showName } from '../config/suggest.js';

/** What a command line says. */
export interface CommandLine {
  readonly flags: GivenFlags;
  /** What is no flag. */
  readonly words: readonly string[];
}

/** Flags of every command, beside its settings. */
export const GENERAL_FLAGS = { help: { short: 'h' }, version: { short: 'V' } } as const;

/** Flags people try for secrets. What follows the word may be the secret itself, so only the part up to it is shown. */
const SECRET_FLAG = /^--?[a-z-]*?(?:token|api-?key|password|secret|cookie)/i;

interface FlagShape {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
}

type Token = ReturnType<typeof tokensOf>[number];

/** Splits the command line of a command. @throws ConfigError that says every flag that is wrong */
export function parseFlags(argv: readonly string[], table: SettingTable): CommandLine {
  const shapes = shapesOf(table);
  const problems = new Problems('flags');
  const flags = new Map<string, string[]>();
  const words: string[] = [];
  let refusedArgument = -1;
  for (const token of tokensOf(argv, shapes)) {
    if (token.kind === 'positional') words.push(token.value);
    // Of letters together, -xyz, the first that is wrong is enough: they may be a secret, spelled out.
    if (token.kind !== 'option' || token.index === refusedArgument) continue;
    const what = problemOf(token, shapes);
    if (what === undefined) flags.set(token.name, [...(flags.get(token.name) ?? []), token.value ?? 'true']);
    else {
      problems.add(...what);
      refusedArgument = token.index;
    }
  }
  problems.throwIfAny();
  return { flags, words };
}

function shapesOf(table: SettingTable): ReadonlyMap<string, FlagShape> {
  const shapes = new Map<string, FlagShape>();
  for (const { flag, short, type } of Object.values<Setting<unknown>>(table)) {
    if (flag === undefined) continue;
    shapes.set(flag, {
      type: type.argument === undefined ? 'boolean' : 'string',
      ...(short !== undefined && { short }),
    });
  }
  for (const [flag, { short }] of Object.entries(GENERAL_FLAGS)) shapes.set(flag, { type: 'boolean', short });
  return shapes;
}

function tokensOf(argv: readonly string[], shapes: ReadonlyMap<string, FlagShape>) {
  const options = Object.fromEntries(shapes);
  // Not strict: its refusals quote values, and come one at a time.
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

/** Where and what is wrong with a flag. */
function problemOf(
  token: Token & { kind: 'option' },
  shapes: ReadonlyMap<string, FlagShape>,
): [string, string] | undefined {
  const { name, rawName, value, inlineValue } = token;
  const shape = shapes.get(name);
  if (!shape) return unknownFlag(rawName, shapes);
  if (shape.type === 'boolean') return value === undefined ? undefined : [`--${name}`, 'takes no value'];
  if (value === undefined) return [`--${name}`, 'expected a value'];
  // `--data-dir "$DIR"` with DIR unset must not quietly mean another directory.
  if (value.trim() === '') return [`--${name}`, 'expected a value, got ""'];
  // Nor may a forgotten value swallow the next flag.
  const isFlag = !inlineValue && /^-./.test(value);
  return isFlag
    ? [`--${name}`, `expected a value, got another flag; if it is meant, write --${name}=VALUE`]
    : undefined;
}

function unknownFlag(rawName: string, shapes: ReadonlyMap<string, FlagShape>): [string, string] {
  const [secret] = SECRET_FLAG.exec(rawName) ?? [];
  if (secret !== undefined) {
    const instead = 'set STASH_API_KEY or PLEX_TOKEN, their _FILE forms, or the config file';
    return [secret, `secrets are not taken from flags, where other users could see them; ${instead}`];
  }
  const known = [...shapes.keys()].map((flag) => `--${flag}`);
  const shown = showName(rawName, known).trim();
  return [shown === '' ? '--' : shown, `unknown flag${didYouMean(rawName, known)}`];
}
