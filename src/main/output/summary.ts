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
import { formatCount, formatDuration, plural } from './format.js';
import { mappingsAsYaml } from './mappings.js';
import { sanitize } from './sanitize.js';

const VERDICT_TEXT: Readonly<Record<Verdict, string>> = {
  in_sync: 'synced since the last update',
  stale: 'updated after the last sync',
  matched: 'the Plex item has metadata',
  empty: 'the Plex item has no metadata',
  missing: 'no Plex item is this scene',
  lost: 'synced, but its item is empty, gone or partly written',
  ambiguous: 'several Plex items could be it; never guessed',
  nothing_to_sync: 'neither side has metadata',
  ignored: 'an ignore rule fits it',
  no_file: 'no file that Plex could see',
  unreadable: 'Stash could not deliver it',
};

const ACTION_TEXT: Readonly<Record<GapAction, string>> = {
  enqueued: 'new job queued',
  refreshed: 'waiting job brought up to date',
  already_queued: 'a job is waiting or being worked on',
  recently_done: 'a job finished in the last days',
  withheld: 'the scene has no metadata to send',
  dead_lettered: 'its job was given up; --retry-failed queues it',
  unsafe_name: 'its job would hit another item of that name',
  not_selected: 'left out by --gaps, --limit or --library',
};

const PHASE_TEXT: Readonly<Record<PhaseName, string>> = {
  plex: 'read Plex',
  index: 'index',
  stash: 'check scenes',
  merge: 'settle',
  queue: 'queue',
  report: 'report',
};

/** How to render. */
export interface SummaryStyle {
  readonly color: boolean;
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
  const { plex, scenes, verdicts, queue, dryRun } = summary;
  const libraries = plex.sections.map(({ title }) => sanitize(title)).join(', ');
  const gaps = gapCount(summary);
  const lines = [
    colors.bold(`Checked ${plural(scenes.checked, 'scene')} against ${plural(plex.items, 'Plex item')} (${libraries})`),
    '',
    ...VERDICTS.filter((verdict) => verdicts[verdict] > 0).map((verdict) => {
      const line = row(verdict, verdicts[verdict], VERDICT_TEXT[verdict]);
      return GAP_KINDS.some((kind) => kind === verdict) ? colors.yellow(line) : line;
    }),
    '',
    colors.bold(
      gaps === 0
        ? 'No gaps'
        : `${plural(gaps, 'gap')}${dryRun ? ', nothing written (dry run); a real run would say' : ''}`,
    ),
    ...(gaps === 0 ? [] : ['']),
    ...GAP_ACTIONS.filter((action) => queue[action] > 0).map((action) =>
      row(action, queue[action], ACTION_TEXT[action]),
    ),
    ...whyMissing(summary).map((line, i) => (i === 0 ? `\n${colors.bold(line)}` : line)),
    '',
    ...timing(summary).map(colors.dim),
    ...style.reports.filter((report) => !isOnOutput(report)).map(({ path }) => `Report: ${sanitize(path)}`),
    ...refreshed(summary),
    ...(summary.processQueue ? [`Stash works on the queue: job ${sanitize(summary.processQueue.jobId)}`] : []),
    ...summary.warnings.map((warning) => colors.yellow(`Warning: ${describeWarning(warning)}`)),
    ...nextSteps(summary, style).map((step) => `Next: ${step}`),
  ];
  return lines.join('\n');
}

function row(name: string, count: number, text: string): string {
  return `  ${formatCount(count).padStart(9)}  ${name.padEnd(15)}  ${text}`;
}

const MISSING_TEXT: Readonly<Record<MissingReason, string>> = {
  renamed: 'may have been renamed',
  outside_libraries: 'in no Plex library',
  other_library: 'in a library that was not selected',
  not_scanned: 'not scanned by Plex yet',
  unmappable: 'unknown where Plex has it',
};

/** More groups than these only push the rest off the screen; `--json` has them all. */
const GROUPS_SHOWN = 5;

function whyMissing({ missing }: ScanSummary): string[] {
  const groups = missing
    .flatMap(({ reason, groups: directories }) => directories.map((group) => ({ reason, ...group })))
    .sort((a, b) => b.scenes - a.scenes);
  if (groups.length === 0) return [];
  const left = groups.slice(GROUPS_SHOWN);
  const scenes = left.reduce((sum, group) => sum + group.scenes, 0);
  return [
    'Why scenes are missing',
    ...groups
      .slice(0, GROUPS_SHOWN)
      .flatMap((group) => [
        `  ${formatCount(group.scenes).padStart(9)}  ${MISSING_TEXT[group.reason]}: ${sanitize(group.directory)}`,
        `             ${sanitize(group.nextStep)}`,
      ]),
    ...(left.length === 0 ? [] : [`             and ${formatCount(left.length)} more (${plural(scenes, 'scene')})`]),
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

/** Ready to paste, where paths would tell more than they do now. */
function proposedMappings({ roots, verdicts }: ScanSummary): string[] {
  if (verdicts.missing + verdicts.ambiguous === 0) return [];
  const helpful = roots.filter(({ configured, stash, plex }) => !configured && stash !== plex);
  if (helpful.length === 0) return [];
  return [`put into the config file: ${mappingsAsYaml(helpful)}`];
}

/** Phases nobody would notice are left out; the JSON summary has them all. */
const NOTICEABLE_SECONDS = 0.05;

function timing({ elapsedSeconds, phases, scenes }: ScanSummary): string[] {
  const rate = elapsedSeconds > 0 ? ` (${formatCount(Math.round(scenes.checked / elapsedSeconds))} scenes/s)` : '';
  const parts = phases
    .filter(({ seconds }) => seconds >= NOTICEABLE_SECONDS)
    .map(({ name, seconds }) => `${PHASE_TEXT[name]} ${formatDuration(seconds)}`);
  const total = `Took ${formatDuration(elapsedSeconds)}${rate}`;
  return parts.length === 0 ? [total] : [total, `  ${parts.join(', ')}`];
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
  return [...steps, ...proposedMappings(summary).map(sanitize)];
}

/** The summary in one line, for `--quiet`. */
export function renderOneLine(summary: ScanSummary): string {
  const { scenes, queue, dryRun } = summary;
  const done = `${formatCount(queue.enqueued)} ${dryRun ? 'would be ' : ''}queued, ${formatCount(queue.refreshed)} refreshed`;
  return `gapscan: ${plural(scenes.checked, 'scene')} checked, ${plural(gapCount(summary), 'gap')}, ${done}`;
}
