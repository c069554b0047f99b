/** Where settings come from. */

/** The environment; an empty variable counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the command line says: the texts given to each flag, by its name without dashes. A switch has the text `true`. */
export type GivenFlags = ReadonlyMap<string, readonly string[]>;

/** The variable's text, trimmed; undefined when it is unset or blank. */
export function variable(env: Environment, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}
