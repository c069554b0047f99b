/** The exit codes, as help texts and docs list them. */

/** What each code says. */
export const EXIT_CODES: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'scenes that --fail-on or --fail-on-gaps names; doctor: a check failed',
  2: 'usage, config, an input file, or output that cannot be written',
  3: 'done, but some scenes could not be read',
  4: 'a server unreachable or refused',
  5: 'a guard tripped, nothing written',
  6: 'another run holds the lock',
  70: 'a bug',
  130: 'interrupted, queue untouched (143 by SIGTERM)',
};
