/** An explanation for programs and for people. */
import { plural } from '../output/format.js';
import { isoTime } from '../output/iso-time.js';
import { rowAsText } from '../output/queue-row.js';
import { sanitize } from '../output/sanitize.js';
import type { ReportItem } from '../../shared/report-line.js';
import type { GapAction, MissingReason } from '../../shared/verdicts.js';
import { UNASKED, type ExplainedCandidate, type GateFields } from './explain-scene.js';
import type { Explanation } from './explain.js';

/** As `--json` prints it. */
export function explanationAsJson({ syncedAt, queue, ...explanation }: Explanation) {
  const { scene, files, item, gate, claims, deadLetters, job, verdict, code, reason, missing, action } = explanation;
  return {
    schema: 'gapscan.explain/1',
    scene,
    syncedAt: isoTime(syncedAt),
    files,
    item,
    gate,
    claims,
    queue: queue.map(({ id, state, enqueuedAt, tries, lastError }) => ({
      id,
      state,
      enqueuedAt: isoTime(enqueuedAt),
      tries,
      lastError,
    })),
    deadLetters,
    job,
    verdict,
    code,
    reason,
    missing,
    action,
  };
}

const ACTION_TEXT: Readonly<Record<GapAction, string>> = {
  enqueued: 'A scan would queue a job for it.',
  refreshed: 'Its waiting job would be brought up to date.',
  already_queued: 'A job for it is waiting or being worked on.',
  recently_done: 'A job for it was finished in the last days, so no other would be queued.',
  withheld: 'No job would be queued: it has no metadata to send.',
  dead_lettered: 'Its job was given up; a scan with --retry-failed would queue it again.',
  unsafe_name: 'No job would be queued: it would hit another item of that name.',
  not_selected: 'No job would be queued: its kind, or its library, was not selected.',
};

const MISSING_TEXT: Readonly<Record<MissingReason, string>> = {
  renamed: 'It may have been renamed',
  outside_libraries: 'Its directory is in no Plex library',
  other_library: 'Its directory is in a library that was not selected',
  not_scanned: 'Plex has not scanned it yet',
  unmappable: 'It is not known where Plex has its directory',
};

/** For people: what it is and what would be done, then what that stands on. */
export function explanationAsText(explanation: Explanation, now: number): string {
  const { scene, verdict, action, reason, item } = explanation;
  if (scene === null) {
    return `${reason}: ${item === null ? '' : itemAsText(item)}`;
  }
  return [
    `Scene ${scene.id}${scene.title === '' ? '' : ` (${sanitize(scene.title)})`} is ${verdict ?? ''}: ${sanitize(reason)}.`,
    ...(action === null ? [] : [ACTION_TEXT[action]]),
    ...missingText(explanation),
    ...itemText(explanation),
    '',
    ...filesText(explanation),
    ...gateText(explanation),
    ...claimsText(explanation),
    ...queueText(explanation, now),
    ...jobText(explanation),
  ].join('\n');
}

function missingText({ missing }: Explanation): string[] {
  if (missing === null) return [];
  const { suggestion } = missing;
  const what = suggestion === null ? '' : ` to ${sanitize(suggestion.path)} (item ${suggestion.ratingKey})`;
  return [`${MISSING_TEXT[missing.reason]}${what}: ${sanitize(missing.directory)}`];
}

function itemText({ item, syncedAt }: Explanation): string[] {
  return [
    ...(item === null ? [] : [`Its item: ${itemAsText(item)}`]),
    syncedAt === null ? 'It was never synced' : `Last synced at ${isoTime(syncedAt) ?? ''}`,
  ];
}

function itemAsText({ ratingKey, section, path }: ReportItem): string {
  return `${ratingKey} in "${sanitize(section)}", ${path === '' ? 'without a file' : sanitize(path)}`;
}

function filesText({ files, verdict }: Explanation): string[] {
  const isAsked = verdict === null || UNASKED[verdict] === undefined;
  const prefix = ({ won }: ExplainedCandidate) => (won ? 'won: ' : isAsked ? 'not it: ' : '');
  return files.flatMap(({ path, candidates }) => [
    sanitize(path),
    ...(candidates.length === 0 && isAsked ? ['  no Plex file has this name'] : []),
    ...candidates.map(
      (each) =>
        `  ${each.won ? '*' : '-'} ${each.ratingKey} in "${sanitize(each.section)}", ${sanitize(each.path)}: ${each.agreement} (${prefix(each)}${each.why})`,
    ),
  ]);
}

function gateText({ gate }: Explanation): string[] {
  if (gate === null) return [];
  const fields = (side: GateFields): string => {
    const filled = Object.entries(side).flatMap(([name, isFilled]) => (isFilled ? [name] : []));
    return filled.length === 0 ? 'none of studio, performers, tags, details, date' : filled.join(', ');
  };
  return [
    '',
    `The scene has ${fields(gate.scene)}`,
    ...(gate.item === null ? [] : [`The item has ${fields(gate.item)}`]),
  ];
}

function claimsText({ claims, scene }: Explanation): string[] {
  return claims
    .filter(({ sceneId }) => sceneId !== scene?.id)
    .map(
      ({ sceneId, evidence, stands }) =>
        `Scene ${sceneId} claims the item too: ${evidence}${stands ? '' : ' (does not stand)'}`,
    );
}

function queueText({ queue, deadLetters }: Explanation, now: number): string[] {
  return [
    ...queue.map((row) => `Queue: ${rowAsText(row, now)}`),
    ...deadLetters.map(
      ({ error, message, tries, failedAt }) =>
        `Given up at ${sanitize(failedAt)} after ${plural(tries, 'attempt')}: ${sanitize(error)}, ${sanitize(message)}`,
    ),
  ];
}

function jobText({ job }: Explanation): string[] {
  if (job === null) return [];
  return [
    '',
    'The job:',
    ...JSON.stringify(job, undefined, 2)
      .split('\n')
      .map((line) => `  ${sanitize(line)}`),
  ];
}
