/** Where settings come from. */

/** The environment; an empty variable counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting and where it was found. */
export interface Found {
  readonly value: string;
  readonly source: string;
}

/** A place a setting may come from, and what it says there. */
export type Candidate = readonly [source: string, value: string | undefined];

/** The first that is set and not blank, trimmed; undefined when there is none. */
export function firstOf(...candidates: readonly Candidate[]): Found | undefined {
  for (const [source, value] of candidates)
    if (value !== undefined && value.trim() !== '') return { source, value: value.trim() };
  return undefined;
}
