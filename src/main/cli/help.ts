/** The help texts, set by hand. */

const EXIT_CODES = `Exit codes
  0 done   1 gaps found (--fail-on-gaps)   2 usage, config or an input file
  3 done, but some scenes could not be read   4 a server unreachable or refused
  5 a guard tripped, nothing written   6 another run holds the lock
  70 a bug   130 interrupted, queue untouched`;

/** `gapscan --help`. */
export const HELP = `gapscan finds every Stash scene whose metadata never reached Plex
and queues a Stash2Plex sync job for each.

Usage
  gapscan scan [flags]     the main job: compare, report, queue
  gapscan demo             the whole thing against built-in sample servers
  gapscan help [command]   this text, or that of a command
  gapscan --version

Start here
  gapscan demo
  STASH_URL=http://localhost:9999 gapscan scan --dry-run

${EXIT_CODES}`;

/** `gapscan scan --help`. */
export const SCAN_HELP = `gapscan scan: compare all scenes with Plex and queue a job for every gap

Servers (secrets only by STASH_API_KEY, PLEX_TOKEN, their _FILE forms, or the
config file)
  --stash-url URL        Stash                                  STASH_URL
  --plex-url URL         Plex; default: what Stash2Plex uses    PLEX_URL
  --library NAME         Plex library by title or key, repeatable; default all
                                                                PLEX_LIBRARY
Files
  --data-dir DIR         Stash2Plex's data directory           GAPSCAN_DATA_DIR
  --state-dir DIR        own state; default gapscan/ in there  GAPSCAN_STATE_DIR
  --config FILE          YAML or JSON                          GAPSCAN_CONFIG
  --report FILE          .ndjson, .json, .csv or .html, repeatable
  --include gaps|all     which scenes reports list; default gaps

Which scenes
  --since SPAN|DATE      only those updated since: 30m, 24h, 7d, 2w, 2026-01-31
  --since-field FIELD    updated_at (default) or created_at
  --ids 1,2,3            only these

What to do about gaps
  --dry-run              write nothing, say what would be done
  --gaps LIST            kinds to queue: empty,stale,missing (default all)
  --retry-failed         queue again what was given up
  --allow-unsafe-names   queue jobs whose file name belongs to another item
  --process-queue        ask Stash to work on the queue afterwards
  --force                pass the guards against implausible answers

Output
  --json                 one JSON object on stdout
  --fail-on-gaps         exit with 1 when there are gaps
  --quiet, --verbose     say less, say more
  --threads N            worker threads, 0 for none; default by library size

Examples
  gapscan scan --dry-run --report gaps.ndjson
  gapscan scan --library Clips --gaps empty,stale --process-queue
  gapscan scan --since 24h --json

${EXIT_CODES}`;

/** `gapscan demo --help`. */
export const DEMO_HELP = `gapscan demo: scan a made-up library on built-in sample servers, twice

  --scenes N             size of the library, 100 to 50000; default 3000
  --seed N               another library of the same kind
  --json                 print {"first": ..., "second": ...} on stdout
  --quiet, --verbose     say less, say more

Needs no network and no set-up. The report stays in a temporary directory.`;
