/** The command `list`: findings of the last scan, from what it kept. No server is asked. */
import { foldedComponents, isWithin } from '../../shared/path.js';
import { LISTED_VERDICTS, type Verdict } from '../../shared/verdicts.js';
import { resolveLocalPaths } from '../config/local-paths.js';
import { Problems } from '../config/problems.js';
import { readSettings } from '../config/read-settings.js';
import { OUTPUT_SETTINGS } from '../config/settings-table.js';
import { ConfigError } from '../errors.js';
import { formatCount, limitsOf } from '../output/format.js';
import { sanitize } from '../output/sanitize.js';
import type { ReportLine } from '../scan-types.js';
import { findingsIn, readFindings, type KeptFindings } from '../state/findings.js';
import type { CommandContext, CommandInput } from './context.js';
import { LIST_SETTINGS, withoutOwn } from './own-settings.js';

const TABLE = { ...LIST_SETTINGS, json: OUTPUT_SETTINGS.json };

/** Shows the findings; returns the exit code. @throws ConfigError */
export async function listFindings({ flags }: CommandInput, context: CommandContext): Promise<number> {
  const { env, signal, terminal } = context;
  const problems = new Problems();
  const { verdicts = LISTED_VERDICTS, under, json } = readSettings(TABLE, { flags, env }, problems).values;
  problems.throwIfAny();
  const placeFlags = withoutOwn(flags, LIST_SETTINGS);
  const paths = await resolveLocalPaths({ flags: placeFlags, env, signal, keepSecret: terminal.keepSecret });
  const { kept, lines } = read(paths.findings);
  const directory = under === undefined ? undefined : foldedComponents(under);
  const findings = lines.filter(
    ({ verdict, path }) =>
      verdicts.some((wanted) => wanted === verdict) &&
      (directory === undefined || (path !== null && isWithin(foldedComponents(path), directory))),
  );
  const left = leftOut(kept, lines, verdicts);
  if (json === true) {
    const { startedAt, scope } = kept;
    terminal.resultJson({ schema: 'gapscan.list/1', startedAt, scope, notKept: Object.fromEntries(left), findings });
  } else terminal.result(asText(kept, findings, left));
  return 0;
}

function read(path: string): { readonly kept: KeptFindings; readonly lines: readonly ReportLine[] } {
  const state = readFindings(path);
  if (state.kind === 'absent') throw noFindings('No scan has left any findings yet');
  if (state.kind === 'unusable') throw noFindings(`The findings in ${path} cannot be used (${state.reason})`);
  try {
    return { kept: state.value, lines: findingsIn(state.value) };
  } catch (cause: unknown) {
    throw noFindings(`The findings in ${path} cannot be used (they are damaged)`, cause);
  }
}

function noFindings(message: string, cause?: unknown): ConfigError {
  const hint = 'Run gapscan scan first; a dry run leaves none.';
  return new ConfigError(message, { code: 'no_findings', hint, cause });
}

/** Of each verdict how many scenes had it that are not among the lines. */
function leftOut(
  { verdicts: counts }: KeptFindings,
  lines: readonly ReportLine[],
  verdicts: readonly Verdict[],
): ReadonlyMap<Verdict, number> {
  const kept = new Map<Verdict, number>();
  for (const { verdict } of lines) kept.set(verdict, (kept.get(verdict) ?? 0) + 1);
  return new Map(
    verdicts
      .map((verdict) => [verdict, counts[verdict] - (kept.get(verdict) ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
}

function asText(
  { startedAt, scope }: KeptFindings,
  findings: readonly ReportLine[],
  left: ReadonlyMap<Verdict, number>,
): string {
  const libraries = scope.libraries === null ? [] : [`only ${scope.libraries.map(sanitize).join(', ')}`];
  const of = [`Findings of the scan of ${startedAt}`, ...limitsOf(scope), ...libraries].join(', ');
  const groups = LISTED_VERDICTS.flatMap((verdict) => {
    const members = findings.filter((finding) => finding.verdict === verdict);
    return members.length === 0
      ? []
      : ['', `${verdict}: ${formatCount(members.length)}`, ...members.flatMap(findingAsText)];
  });
  const notKept = [...left].map(
    ([verdict, count]) => `${formatCount(count)} more were ${verdict}; a report (--report) has them all`,
  );
  return [of, ...(groups.length === 0 ? ['', 'None'] : groups), ...(notKept.length === 0 ? [] : ['', ...notKept])].join(
    '\n',
  );
}

function findingAsText({ sceneId, title, path, action, reason, nextStep }: ReportLine): string[] {
  const name = title === '' ? (path ?? 'without a title') : title;
  const done = action === null ? '' : ` (${action})`;
  return [
    `${String(sceneId).padStart(9)}  ${sanitize(name)}${done}`,
    ...(path === null || path === name ? [] : [path]).map(indented),
    indented(reason),
    ...(nextStep === null ? [] : [indented(`next: ${nextStep}`)]),
  ];
}

const indented = (text: string): string => `           ${sanitize(text)}`;
