/** All that is known of one finding, on demand. */
import type { ReportItem, ReportLine } from '../../../../shared/report-line.js';
import { link, make } from './dom.js';

/** The explanation of a line. */
export function explanation(json: string): HTMLElement {
  const line = JSON.parse(json) as ReportLine;
  const { reason, code, nextStep, path, item, evidence, candidates, missing, studio, date, updatedAt } = line;
  const list = make('dl');
  const tell = (term: string, ...children: (Node | string | null)[]): void => {
    const said = children.filter((child) => child !== null && child !== '');
    if (said.length === 0) return;
    const value = make('dd');
    value.append(...(said as (Node | string)[]));
    list.append(make('dt', { text: term }), value);
  };
  tell('Why', `${reason} (${code})`);
  tell('Next', nextStep);
  tell('Missing', missing && `${missing.reason.replaceAll('_', ' ')}: ${missing.directory}`);
  tell('May be', missing?.suggestion ? `${missing.suggestion.path} (item ${missing.suggestion.ratingKey})` : null);
  tell('File', path);
  tell('Item', item && describeItem(item));
  tell('Evidence', evidence);
  if (candidates.length > 0) {
    const items = candidates.map((each) => make('li', { children: [describeItem(each)] }));
    tell('Candidates', make('ul', { children: items }));
  }
  tell('Studio', studio);
  tell('Date', date);
  tell('Updated', updatedAt);
  return list;
}

function describeItem({ title, section, path, ratingKey, url }: ReportItem): Node {
  const text = `${title || path} (item ${ratingKey} in ${section})`;
  return make('span', { children: [link(url, text), document.createTextNode(path === '' ? '' : ` ${path}`)] });
}
