/** The script and the style of the page, as the build bundled them: see generate/bundle-page.ts. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Where the bundle lies: in the build, not in the source. */
const read = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');

/** Both, and the policy that lets a browser run these two and nothing else. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
  readonly policy: string;
}

/** Reads them. Throws as `fs` does. */
export function pageAssets(): PageAssets {
  const [script, style] = [read('page.js'), read('page.css')];
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    // The empty icon: without one a browser asks for /favicon.ico.
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ];
  return { script, style, policy: policy.join('; ') };
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
