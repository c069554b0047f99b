/** Reports as one page that needs nothing else: no network, no other file. */
import { createHash } from 'node:crypto';
import { GAP_ACTIONS, VERDICTS } from '../../shared/verdicts.js';
import type { ScanSummary } from '../scan-types.js';
import { COLUMN_NAMES, flatLine } from './flat-line.js';

/** Writes lines, each given as its JSON, below the figures of the run. */
export function* html(lines: Iterable<string>, summary: ScanSummary): Generator<string> {
  yield head();
  yield figures(summary);
  yield '<p><label>Filter <input id="filter" type="search"></label> <output id="shown"></output></p>\n<table id="scenes"><thead><tr>';
  for (const name of COLUMN_NAMES) yield `<th scope="col"><button type="button">${name}</button></th>`;
  yield '</tr></thead><tbody>\n';
  for (const line of lines) yield row(line);
  yield `</tbody></table>\n<script>${SCRIPT}</script>\n</body></html>\n`;
}

function row(line: string): string {
  const cells = flatLine(line).map((cell, column) =>
    isLink(column, cell) ? `<a href="${escape(cell)}">${escape(cell)}</a>` : escape(cell),
  );
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>\n`;
}

const isLink = (column: number, cell: string): boolean =>
  /^(?:url|itemUrl)$/.test(COLUMN_NAMES[column] ?? '') && /^https?:/.test(cell);

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Names in a library are other people's texts. Controls, which HTML may not hold, are shown as U+FFFD. */
function escape(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex -- they are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
  );
}

function figures({ startedAt, dryRun, scenes, plex, verdicts, queue, warnings }: ScanSummary): string {
  const libraries = plex.sections.map(({ title }) => title).join(', ');
  const counts = [
    ...VERDICTS.filter((name) => verdicts[name] > 0).map((name) => [name, verdicts[name]] as const),
    ...GAP_ACTIONS.filter((name) => queue[name] > 0).map((name) => [name, queue[name]] as const),
  ];
  return [
    `<h1>gapscan</h1>`,
    `<p><time>${escape(startedAt)}</time>${dryRun ? ', dry run: nothing was written' : ''}. `,
    `Checked ${scenes.checked} scenes against ${plex.items} Plex items (${escape(libraries)}).</p>\n<dl>`,
    ...counts.map(([name, count]) => `<div><dt>${name}</dt><dd>${count}</dd></div>`),
    '</dl>\n',
    ...warnings.map(({ message }) => `<p class="warning">Warning: ${escape(message)}</p>\n`),
  ].join('');
}

const STYLE = `
:root { color-scheme: light dark; font: 14px/1.4 system-ui, sans-serif; }
body { margin: 1.5rem; }
dl { display: flex; flex-wrap: wrap; gap: 1.5rem; }
dt { opacity: 0.7; } dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums; }
.warning { border-left: 4px solid #c80; padding-left: 0.6rem; }
table { border-collapse: collapse; }
th, td { padding: 0.3rem 0.6rem; border-bottom: 1px solid #8884; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
td { min-width: 4rem; max-width: 28rem; white-space: pre-wrap; }
th { position: sticky; top: 0; background: Canvas; }
th button { all: unset; cursor: pointer; font-weight: 600; } th button:focus-visible { outline: 2px solid; }
th[aria-sort=ascending] button::after { content: " \\25B2"; } th[aria-sort=descending] button::after { content: " \\25BC"; }
`;

const SCRIPT = `
'use strict';
const body = document.querySelector('#scenes tbody');
const heads = [...document.querySelectorAll('#scenes th')];
const filter = document.getElementById('filter');
const order = new Intl.Collator(undefined, { numeric: true }).compare;
const show = () => {
  const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const row of body.rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    if (!row.hidden) shown++;
  }
  document.getElementById('shown').textContent = shown + ' of ' + body.rows.length;
};
heads.forEach((head, column) => head.firstChild.addEventListener('click', () => {
  const falling = head.getAttribute('aria-sort') === 'ascending';
  for (const each of heads) each.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', falling ? 'descending' : 'ascending');
  const keyed = [...body.rows].map((row) => [row.cells[column].textContent, row]);
  keyed.sort(([a], [b]) => (falling ? order(b, a) : order(a, b)));
  body.append(...keyed.map(([, row]) => row));
}));
filter.addEventListener('input', show);
show();
`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The policy lets nothing run or load but what is written here, should a name slip through. */
function head(): string {
  const policy = `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; base-uri 'none'; form-action 'none'`;
  return [
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
    `<title>gapscan report</title>\n<style>${STYLE}</style></head><body>\n`,
  ].join('');
}
