/** Reports for a chat or an issue: the figures of the run, and the first findings of each kind. */
import { biggestFirst } from '../missing/groups.js';
import type { ReportLine, ScanSummary } from '../scan-types.js';
import { GAP_ACTIONS, VERDICTS, type Verdict } from '../../shared/verdicts.js';

/** More rows than these nobody reads in a chat; the other formats have them all. */
const FIRST = 10;

/** Of tables that begin with a number. */
const ALIGNMENT = '| ---: | --- | --- | --- |';

/** Writes lines, each given as its JSON, below the figures of the run. */
export function* markdown(lines: Iterable<string>, summary: ScanSummary): Generator<string> {
  yield figures(summary);
  yield missingGroups(summary);
  const { first, counts } = firstOfEach(lines);
  for (const verdict of VERDICTS) {
    const findings = first.get(verdict) ?? [];
    if (findings.length > 0) yield section(verdict, findings, counts.get(verdict) ?? 0);
  }
}

function firstOfEach(lines: Iterable<string>) {
  const first = new Map<Verdict, ReportLine[]>();
  const counts = new Map<Verdict, number>();
  for (const text of lines) {
    const line = JSON.parse(text) as ReportLine;
    const findings = first.get(line.verdict) ?? [];
    first.set(line.verdict, findings);
    counts.set(line.verdict, (counts.get(line.verdict) ?? 0) + 1);
    if (findings.length < FIRST) findings.push(line);
  }
  return { first, counts };
}

function figures({ startedAt, dryRun, scenes, plex, verdicts, queue, warnings, sinceLastRun }: ScanSummary): string {
  const libraries = plex.sections.map(({ title }) => escape(title)).join(', ');
  const rows = [
    ...VERDICTS.filter((name) => verdicts[name] > 0).map((name) => [name, verdicts[name]] as const),
    ...GAP_ACTIONS.filter((name) => queue[name] > 0).map((name) => [`→ ${name}`, queue[name]] as const),
  ];
  return [
    '# gapscan\n',
    `${startedAt}${dryRun ? ', dry run: nothing was written' : ''}. Checked ${scenes.checked} scenes against ${plex.items} Plex items (${libraries}).\n`,
    '| | scenes |\n| --- | ---: |',
    ...rows.map(([name, count]) => `| ${escape(name)} | ${count} |`),
    ...(sinceLastRun
      ? [
          `\nSince the last run: ${sinceLastRun.new} new, ${sinceLastRun.fixed} fixed, ${sinceLastRun.persistent} persistent.`,
        ]
      : []),
    ...warnings.map(({ message }) => `\n> Warning: ${escape(message)}`),
    '\n',
  ].join('\n');
}

function missingGroups({ missing }: ScanSummary): string {
  if (missing.length === 0) return '';
  const groups = biggestFirst(missing);
  const rows = groups
    .slice(0, FIRST)
    .map(({ reason, directory, scenes, nextStep }) => row(String(scenes), reason, directory, nextStep));
  return [
    '## Why scenes are missing\n',
    row('scenes', 'reason', 'directory', 'next'),
    ALIGNMENT,
    ...rows,
    ...more(groups.length),
    '\n',
  ].join('\n');
}

function section(verdict: Verdict, findings: readonly ReportLine[], count: number): string {
  const rows = findings.map(
    ({ sceneId, url, title, path, reason, nextStep }) =>
      `| [${sceneId}](<${url}>) | ${escape(title || (path ?? ''))} | ${escape(reason)} | ${escape(nextStep ?? '')} |`,
  );
  return [
    `## ${escape(verdict)}: ${count}\n`,
    row('scene', 'title', 'why', 'next'),
    ALIGNMENT,
    ...rows,
    ...more(count),
    '\n',
  ].join('\n');
}

const more = (count: number): string[] => (count > FIRST ? [`\nand ${count - FIRST} more`] : []);

const row = (...cells: readonly string[]): string => `| ${cells.map(escape).join(' | ')} |`;

/** Names in a library are other people's texts: nothing of them becomes markup, and a table's row stays one line. */
function escape(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').replace(/[\\`*_[\]<>#|~&$]/g, (character) => `\\${character}`);
}
