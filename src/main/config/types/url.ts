/** The URL of a server. What was given is never shown: it may hold a password. */
import { plainValue } from '../config-node.js';
import { kindOfValue } from '../problems.js';
import type { SettingType } from '../setting.js';

/** Pages and addresses below the base URL that people copy from the browser or from other tools. */
const NOT_THE_BASE = /\/(?:graphql|playground|scenes|web(?:\/index\.html)?)\/*$/i;

/** A base URL, or why it is none. */
export type UrlReading = { readonly url: string; readonly isShortened: boolean } | { readonly problem: string };

/** Reads the base URL of a server; what does not belong to it at its end is left out. */
export function readUrl(text: string, example: string): UrlReading {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    return { problem: `expected a URL like ${example}${suggestScheme(text)}` };
  }
  const whole = url.origin + url.pathname.replace(/\/+$/, '');
  const base = whole.replace(NOT_THE_BASE, '');
  if (url.username !== '' || url.password !== '' || url.search !== '') {
    return { problem: `must not hold a user, password or query; did you mean ${base}?` };
  }
  return { url: base, isShortened: base !== whole };
}

const NAME = '[a-z\\d-]{1,40}(?:\\.[a-z\\d-]{1,40}){0,4}';
/** The name everybody has, an address, a name with a domain, a name with a port. */
const HOST = `localhost|\\d{1,3}(?:\\.\\d{1,3}){3}|\\[[\\da-f:]{2,40}\\]|${NAME}\\.[a-z]{2,10}|${NAME}(?=:\\d)`;
const HOST_AND_PATH = new RegExp(`^(?:${HOST})(?::\\d{1,5})?(?:/[a-z\\d/_-]{0,40})?$`);

/** Shows only what is clearly a host. */
function suggestScheme(text: string): string {
  return HOST_AND_PATH.test(text) ? `; did you mean http://${text.replace(NOT_THE_BASE, '').replace(/\/+$/, '')}?` : '';
}

/** A server's base URL, without a slash at its end. */
export function serverUrl(example: string): SettingType<string> {
  const read = (text: string, refuse: (what: string) => null): string | null => {
    const reading = readUrl(text.trim(), example);
    return 'url' in reading ? reading.url : refuse(reading.problem);
  };
  return {
    expected: `a URL like ${example}`,
    argument: 'URL',
    schema: { type: 'string', pattern: '^(https?://|\\$\\{)' },
    fromTexts: (texts, reading) => read(texts.at(-1) ?? '', (what) => reading.refuse(what)),
    fromNode(node, reading) {
      const value = plainValue(node);
      if (typeof value === 'string' && value.trim() !== '') return read(value, (what) => reading.refuse(node, what));
      return reading.refuse(node, `expected a URL like ${example}, got ${kindOfValue(value)}`);
    },
    is: (value): value is string => typeof value === 'string' && 'url' in readUrl(value, example),
  };
}
