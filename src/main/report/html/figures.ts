/** The part of the page that stands above the findings: how the library is, at a glance. */
import { GAP_ACTIONS, GAP_KINDS, VERDICTS } from '../../../shared/verdicts.js';
import { formatCount, formatDuration, limitsOf, plural } from '../../output/format.js';
import { helpfulRoots, mappingsAsList } from '../../output/mappings.js';
import { biggestFirst } from '../../missing/groups.js';
import { ACTION_TEXT, MISSING_TEXT, VERDICT_TEXT, describeWarning, gapCount } from '../../output/summary.js';
import type { ScanSummary } from '../../scan-types.js';
import { escape } from './escape.js';

/** The head of the page's body and the sections that need no findings. */
export function figures(summary: ScanSummary): string {
  return [
    banner(summary),
    '<main>\n',
    health(summary),
    changes(summary),
    warnings(summary),
    missing(summary),
    mappings(summary),
  ].join('');
}

function banner({ startedAt, dryRun, scope, elapsedSeconds, version }: ScanSummary): string {
  const limits = [...limitsOf(scope), ...(dryRun ? ['dry run: nothing was written'] : [])];
  const said = [`took ${formatDuration(elapsedSeconds)}`, `gapscan ${version}`, ...limits].map(escape).join(', ');
  return `<header><h1>gapscan report</h1>\n<p><time datetime="${escape(startedAt)}">${escape(readable(startedAt))}</time>, ${said}</p></header>\n`;
}

const readable = (iso: string): string => iso.replace('T', ' ').replace(/(:\d\d)\.\d+Z$/, '$1 UTC');

function health(summary: ScanSummary): string {
  const { scenes, plex, verdicts, queue } = summary;
  const gaps = gapCount(summary);
  const whole = scenes.checked === 0 ? 100 : (1 - gaps / scenes.checked) * 100;
  // A single gap of a million must not round to health.
  const percent = gaps === 0 ? '100' : String(Math.min(99.9, Math.floor(whole * 10) / 10));
  const libraries = plex.sections.map(({ title, items }) => `${title} (${formatCount(items)})`).join(', ');
  return section(
    'health',
    'Health',
    [
      `<p class="large"><strong>${percent}%</strong> of ${escape(plural(scenes.checked, 'scene'))} have no gap.</p>\n`,
      `<p>${gaps === 0 ? 'No gaps.' : `${escape(plural(gaps, 'gap'))}: ${escape(gapKinds(summary))}.`} `,
      `Compared with ${escape(plural(plex.items, 'Plex item'))}${libraries === '' ? '' : `: ${escape(libraries)}`}.</p>\n`,
      '<div class="side">',
      bars('Scenes by verdict', VERDICTS, verdicts, VERDICT_TEXT),
      bars('What was done about gaps', GAP_ACTIONS, queue, ACTION_TEXT),
      '</div>\n',
    ].join(''),
  );
}

function gapKinds({ verdicts }: ScanSummary): string {
  return GAP_KINDS.filter((kind) => verdicts[kind] > 0)
    .map((kind) => `${formatCount(verdicts[kind])} ${kind}`)
    .join(', ');
}

/** A table that is a chart too; the script gives the bars their length. */
function bars<T extends string>(
  caption: string,
  names: readonly T[],
  counts: Readonly<Record<T, number>>,
  texts: Readonly<Record<T, string>>,
): string {
  const shown = names.filter((name) => counts[name] > 0);
  if (shown.length === 0) return '';
  const largest = Math.max(...shown.map((name) => counts[name]));
  const rows = shown.map(
    (name) =>
      `<tr><th scope="row" title="${escape(texts[name])}">${escape(name.replaceAll('_', ' '))}</th><td data-size="${counts[name] / largest}" class="${name}"><span class="data">${formatCount(counts[name])}</span></td></tr>`,
  );
  return `<section><h3>${escape(caption)}</h3>\n<table class="charts-css bar show-labels data-spacing-2"><caption>${escape(caption)}</caption><tbody>\n${rows.join('\n')}\n</tbody></table></section>\n`;
}

function changes({ sinceLastRun }: ScanSummary): string {
  if (sinceLastRun === null) {
    const text =
      'There is no earlier run to compare with: the next report says which gaps are new, fixed or persistent.';
    return section('changes', 'Since the last run', `<p>${text}</p>\n`);
  }
  const { startedAt, ...counts } = sinceLastRun;
  const words = [
    ['new', 'gaps it did not have', counts.new],
    ['fixed', 'gaps of that run that are none any more', counts.fixed],
    ['persistent', 'gaps that are still there', counts.persistent],
  ] as const;
  const figuresOf = words.map(
    ([word, text, count]) =>
      `<div class="${word}"><dt>${word}</dt><dd><strong>${formatCount(count)}</strong> ${text}</dd></div>`,
  );
  const when = startedAt === null ? '' : `<p>The last run began at ${escape(readable(startedAt))}.</p>\n`;
  return section('changes', 'Since the last run', `<dl class="figures">${figuresOf.join('')}</dl>\n${when}`);
}

function warnings({ warnings: all, error }: ScanSummary): string {
  const said = [...all.map(describeWarning), ...(error ? [error.message] : [])];
  if (said.length === 0) return '';
  return section('warnings', 'Warnings', `<ul>${said.map((text) => `<li>${escape(text)}</li>`).join('\n')}</ul>\n`);
}

function missing({ missing: reasons }: ScanSummary): string {
  const groups = biggestFirst(reasons);
  if (groups.length === 0) return '';
  const rows = groups.map(
    ({ reason, directory, scenes, nextStep }) =>
      `<tr><td class="number">${formatCount(scenes)}</td><td>${escape(MISSING_TEXT[reason])}</td><td>${escape(directory)}</td><td>${escape(nextStep)}</td></tr>`,
  );
  const head = ['Scenes', 'Why', 'Directory', 'Next step'].map((name) => `<th scope="col">${name}</th>`).join('');
  return section(
    'missing',
    'Why scenes are missing',
    `<div class="wide" tabindex="0" role="group" aria-label="Table of missing scenes"><table class="plain"><thead><tr>${head}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table></div>\n`,
  );
}

function mappings(summary: ScanSummary): string {
  const roots = helpfulRoots(summary);
  if (roots.length === 0) return '';
  return section(
    'mappings',
    'Path mappings',
    `<p>For the config file: with them paths tell more than they do now.</p>\n<pre id="yaml" tabindex="0">${escape(mappingsAsList(roots).join('\n'))}</pre>\n<p><button type="button" data-copy="yaml" hidden>Copy</button></p>\n`,
  );
}

function section(id: string, title: string, content: string): string {
  return `<section aria-labelledby="${id}-title"><h2 id="${id}-title">${escape(title)}</h2>\n${content}</section>\n`;
}
