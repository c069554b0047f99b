/** URLs that are secrets as a whole: whoever knows one may post there. Only their hosts are ever shown. */
import { plainValue, type ConfigNode } from '../config-node.js';
import { kindOfValue } from '../problems.js';
import type { SettingType } from '../setting.js';

const expected = 'a URL that begins with http:// or https://, or a list of them';

/** One URL or a list, from the config file only. */
export const secretUrls: SettingType<readonly string[]> = {
  expected,
  argument: 'URL',
  schema: {
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
  },
  fromTexts: (_, reading) => reading.refuse('notifications are set in the config file'),
  fromNode(node, reading) {
    const nodes: readonly ConfigNode[] = node.kind === 'list' ? node.items : [node];
    const urls = nodes.map((at) => {
      const value = plainValue(at);
      if (isUrl(value)) return value.trim();
      return reading.refuse(at, `expected ${expected}, got ${kindOfValue(value)}`);
    });
    return urls.some((url) => url === null) ? null : (urls as string[]);
  },
  is: (value): value is readonly string[] => Array.isArray(value) && value.every(isUrl),
  secretsIn: (urls) => urls.flatMap((url) => [url, new URL(url).pathname.slice(1)]),
  shown: (urls) => urls.map(hostOf),
};

function isUrl(value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\//i.test(value.trim()) && URL.canParse(value.trim());
}

/** What may be shown of such a URL. */
export function hostOf(url: string): string {
  return new URL(url).host;
}
