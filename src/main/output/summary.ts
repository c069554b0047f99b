/** The summary for people: a pure function of the summary object. */
import pc from 'picocolors';
import {
  GAP_ACTIONS,
  GAP_KINDS,
  VERDICTS,
  type GapAction,
  type MissingReason,
  type Verdict,
} from '../../shared/verdicts.js';
import { isOnOutput } from '../report/formats.js';
import type { PhaseName, ReportFile, ScanSummary, ScanWarning } from '../scan-types.js';
import { biggestFirst } from '../missing/groups.js';
import { formatCount, formatDuration, plural } from './format.js';
import { helpfulRoots, mappingsAsList, mappingsAsYaml } from './mappings.js';
import { sanitize } from './sanitize.js';
import { cutEnd, cutStart, widthOf, wrap } from './width.js';

/** In words. */
export const VERDICT_TEXT: Readonly<Record<Verdict, string>> = {
  in_sync: 'synced since the last update',
  stale: 'updated after the last sync',
  matched: 'the Plex item has metadata',
  empty: 'the Plex item has no metadata',
  missing: 'no Plex item is this scene',
  lost: 'synced, but lost in Plex since',
  ambiguous: 'several items could be it',
  nothing_to_sync: 'neither side has metadata',
  ignored: 'an ignore rule fits it',
  no_file: 'no file that Plex could see',
  unreadable: 'Stash could not deliver it',
};

/** In words. */
export const ACTION_TEXT: Readonly<Record<GapAction, string>> = {
  enqueued: 'new job queued',
  refreshed: 'waiting job brought up to date',
  already_queued: 'a job is waiting or at work',
  recently_done: 'a job finished lately',
  withheld: 'the scene has nothing to send',
  dead_lettered: 'given up; see --retry-failed',
  unsafe_name: 'its job would hit another item',
  not_selected: 'left out by flag or setting',
};

const PHASE_TEXT: Readonly<Record<PhaseName, string>> = {
  plex: 'read Plex',
  index: 'index',
  stash: 'check scenes',
  merge: 'settle',
  queue: 'queue',
  report: 'report',
};

/** What the table and the heading always fit into. */
const NARROW = 60;
/** Sentences longer than this are hard to read. */
const WIDEST = 100;

/** How to render. */
export interface SummaryStyle {
  readonly color: boolean;
  /** Of the terminal: sentences are wrapped to it. Undefined elsewhere: a line that is searched for stays one. */
  readonly columns?: number | undefined;
  readonly reports: readonly ReportFile[];
  /** Which scenes the reports list. */
  readonly include: 'gaps' | 'all';
  /** "Process Queue" was asked for. */
  readonly processQueue: boolean;
}

/** All gaps of a summary. */
export function gapCount({ verdicts }: ScanSummary): number {
  return GAP_KINDS.reduce((sum, kind) => sum + verdicts[kind], 0);
}

/** The whole summary; ends without a newline. */
export function renderSummary(summary: ScanSummary, style: SummaryStyle): string {
  const colors = pc.createColors(style.color);
  const say = (text: string): string[] => sentence(text, style.columns);
  const { verdicts, queue } = summary;
  const lines = [
    ...heading(summary).map(colors.bold),
    '',
    ...VERDICTS.filter((verdict) => verdicts[verdict] > 0).map((verdict) =>
      colors[VERDICT_COLORS[verdict]](row(verdict, verdicts[verdict], VERDICT_TEXT[verdict])),
    ),
    '',
    ...gapLines(summary).map((line, i) => (i === 0 ? colors.bold(line) : line)),
    ...GAP_ACTIONS.filter((action) => queue[action] > 0).map((action) =>
      row(action, queue[action], ACTION_TEXT[action]),
    ),
    ...whyMissing(summary, style).map((line, i) => (i === 0 ? `\n${colors.bold(line)}` : line)),
    '',
    ...timing(summary).map(colors.dim),
    ...style.reports.filter((report) => !isOnOutput(report)).map(({ path }) => `Report: ${sanitize(path)}`),
    ...refreshed(summary).flatMap(say),
    ...(summary.processQueue ? [`Stash works on the queue: job ${sanitize(summary.processQueue.jobId)}`] : []),
    ...summary.warnings.flatMap((warning) => say(`Warning: ${describeWarning(warning)}`).map(colors.yellow)),
    ...nextSteps(summary, style).flatMap((step) => say(`Next: ${step}`)),
    ...proposedMappings(summary, style).map(sanitize),
  ];
  return lines.join('\n');
}

/** A figure stays with its name. */
const asOneWord = (text: string): string => text.replaceAll(' ', '\u00a0');
const asWords = (text: string): string => text.replaceAll('\u00a0', ' ');

function indented(text: string, indent: number, columns: number): string[] {
  return wrap(text, columns - indent).map((line) => ' '.repeat(indent) + line);
}

/** By what it means to the person: good, to be closed by a job, to be looked at. */
const VERDICT_COLORS = {
  in_sync: 'green',
  stale: 'yellow',
  matched: 'green',
  empty: 'yellow',
  missing: 'yellow',
  lost: 'yellow',
  ambiguous: 'red',
  nothing_to_sync: 'reset',
  ignored: 'reset',
  no_file: 'reset',
  unreadable: 'red',
} as const satisfies Record<Verdict, 'green' | 'yellow' | 'red' | 'reset'>;

/** A sentence as it is shown on a terminal of so many columns; elsewhere it is one line. */
export function sentence(text: string, columns: number | undefined): string[] {
  return columns === undefined ? [text] : wrap(text, Math.min(columns, WIDEST), '  ');
}

/** A long name says no more than its beginning. */
const NAME_COLUMNS = 24;

function heading({ scenes, plex }: ScanSummary): string[] {
  const checked = `Checked ${plural(scenes.checked, 'scene')} against ${plural(plex.items, 'Plex item')}`;
  const libraries = plex.sections.map(({ title }) => cutEnd(sanitize(title), NAME_COLUMNS)).join(', ');
  const line = `${checked} (${libraries})`;
  if (widthOf(line) <= NARROW) return [line];
  return [checked, cutEnd(`  in ${libraries}`, NARROW)];
}

function gapLines(summary: ScanSummary): string[] {
  const { dryRun, sinceLastRun } = summary;
  const gaps = gapCount(summary);
  const changes =
    sinceLastRun === null || (gaps === 0 && sinceLastRun.fixed === 0)
      ? []
      : indented(
          `${formatCount(sinceLastRun.new)} new, ${formatCount(sinceLastRun.fixed)} fixed, ${formatCount(sinceLastRun.persistent)} persistent since the last run`,
          2,
          NARROW,
        );
  if (gaps === 0) return ['No gaps', ...changes];
  return [
    `${plural(gaps, 'gap')}${dryRun ? ', nothing written (dry run)' : ''}`,
    ...changes,
    '',
    ...(dryRun ? ['A real run would say'] : []),
  ];
}

function row(name: string, count: number, text: string): string {
  return `  ${formatCount(count).padStart(9)}  ${name.padEnd(15)}  ${text}`;
}

/** In words. */
export const MISSING_TEXT: Readonly<Record<MissingReason, string>> = {
  renamed: 'may have been renamed',
  outside_libraries: 'in no Plex library',
  other_library: 'in a library that was not selected',
  not_scanned: 'not scanned by Plex yet',
  unmappable: 'unknown where Plex has it',
};

/** More groups than these only push the rest off the screen; `--json` has them all. */
const GROUPS_SHOWN = 5;

function whyMissing({ missing }: ScanSummary, { columns }: SummaryStyle): string[] {
  const groups = biggestFirst(missing);
  if (groups.length === 0) return [];
  const left = groups.slice(GROUPS_SHOWN);
  const scenes = left.reduce((sum, group) => sum + group.scenes, 0);
  const indent = ' '.repeat(13);
  return [
    'Why scenes are missing',
    ...groups.slice(0, GROUPS_SHOWN).flatMap((group) => {
      const why = `  ${formatCount(group.scenes).padStart(9)}  ${MISSING_TEXT[group.reason]}: `;
      const directory = sanitize(group.directory);
      const step = indent + sanitize(group.nextStep);
      if (columns === undefined) return [`${why}${directory}`, step];
      const room = Math.max(columns - widthOf(why), 1);
      // Where little of a directory would be left, it has a line of its own.
      const head =
        widthOf(directory) <= room ? [why + directory] : [why.trimEnd(), indent + cutStart(directory, columns - 13)];
      return [...head, ...indented(sanitize(group.nextStep), 13, Math.min(columns, WIDEST))];
    }),
    ...(left.length === 0 ? [] : [`${indent}and ${formatCount(left.length)} more (${plural(scenes, 'scene')})`]),
  ];
}

function refreshed({ refreshPlex = [] }: ScanSummary): string[] {
  const left = refreshPlex.length - GROUPS_SHOWN;
  return [
    ...refreshPlex
      .slice(0, GROUPS_SHOWN)
      .map(
        ({ section, path, scenes }) =>
          `Plex scans ${sanitize(path)} in "${sanitize(section)}" (${plural(scenes, 'missing scene')})`,
      ),
    ...(left > 0 ? [`and ${formatCount(left)} more directories`] : []),
  ];
}

/** Ready to paste, where paths would tell more than they do now; on a narrow terminal each on a line of its own. */
function proposedMappings(summary: ScanSummary, { columns }: SummaryStyle): string[] {
  const helpful = helpfulRoots(summary);
  if (helpful.length === 0) return [];
  const line = `Next: put into the config file: ${mappingsAsYaml(helpful)}`;
  if (columns === undefined || widthOf(line) <= columns) return [line];
  return ['Next: put into the config file:', ...mappingsAsList(helpful)];
}

/** Phases nobody would notice are left out; the JSON summary has them all. */
const NOTICEABLE_SECONDS = 0.05;

function timing({ elapsedSeconds, phases, scenes }: ScanSummary): string[] {
  const rate = elapsedSeconds > 0 ? ` (${formatCount(Math.round(scenes.checked / elapsedSeconds))} scenes/s)` : '';
  const parts = phases
    .filter(({ seconds }) => seconds >= NOTICEABLE_SECONDS)
    .map(({ name, seconds }) => `${PHASE_TEXT[name]} ${formatDuration(seconds)}`);
  const total = `Took ${formatDuration(elapsedSeconds)}${rate}`;
  return parts.length === 0 ? [total] : [total, ...indented(parts.map(asOneWord).join(', '), 2, NARROW).map(asWords)];
}

/** More ids than this only push the rest off the screen; `--json` has up to 100. */
const IDS_SHOWN = 10;

/** A warning in one line. */
export function describeWarning({ message, sceneIds = [] }: ScanWarning): string {
  const ids = sceneIds.slice(0, IDS_SHOWN).join(', ');
  const more = sceneIds.length > IDS_SHOWN ? ', ...' : '';
  const scenes = ids === '' ? '' : `: scene${sceneIds.length === 1 ? '' : 's'} ${ids}${more}`;
  return sanitize(message) + scenes;
}

function nextSteps(summary: ScanSummary, style: SummaryStyle): string[] {
  const { queue, verdicts, dryRun } = summary;
  const { reports, include, processQueue } = style;
  const steps: string[] = [];
  const waiting = queue.enqueued + queue.refreshed;
  if (dryRun && waiting > 0) steps.push('run again without --dry-run to queue the jobs');
  if (!dryRun && waiting > 0 && !processQueue) {
    steps.push('start the task "Process Queue" of Stash2Plex in Stash, or use --process-queue');
  }
  // Reports of gaps only list what is unsafe, but neither what is ambiguous nor what is unreadable.
  const unlisted = reports.length === 0 || include === 'gaps' ? verdicts.ambiguous + verdicts.unreadable : 0;
  if (unlisted > 0 || (queue.unsafe_name > 0 && reports.length === 0)) {
    steps.push('see which scenes need a look with --include all --report scenes.ndjson');
  }
  return steps;
}

/** The summary in one line, for `--quiet`. */
export function renderOneLine(summary: ScanSummary): string {
  const { scenes, queue, dryRun } = summary;
  const done = `${formatCount(queue.enqueued)} ${dryRun ? 'would be ' : ''}queued, ${formatCount(queue.refreshed)} refreshed`;
  return `gapscan: ${plural(scenes.checked, 'scene')} checked, ${plural(gapCount(summary), 'gap')}, ${done}`;
}
