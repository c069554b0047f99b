import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeItem } from '../../src/main/explain/describe-item.js';
import { openIndex } from '../../src/shared/index/reader.js';
import { contextOf, judgeOn } from '../support/engine.js';
import { runs } from '../support/property.js';
import { buildIndexBytes } from '../support/small-index.js';

/** Whatever JSON has to escape, or is longer than what the engine looks at in one step; and half a pair, which is no character. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\n', '\u0000', '\u001f', '\u007f', '\u2028', 'a', '\ud800'),
    maxLength: 40,
  }),
  fc.string({ unit: 'grapheme', minLength: 14, maxLength: 70 }),
  fc.constantFrom('', 'x'.repeat(15), 'x'.repeat(16), `${'x'.repeat(16)}"`, `${'x'.repeat(31)}\\`),
);
const readable = (value: string) => value.replace(/\p{Cs}/gu, '\ufffd');

const library = fc.record({
  title: text,
  studio: text,
  date: text,
  updatedAt: text,
  directories: fc.array(
    text.map((name) => name.replace(/[/\\]/g, '')),
    { maxLength: 4 },
  ),
  name: text.map((name) => `${name.replace(/[/\\]/g, '')}.mp4`),
  itemTitle: text,
  key: fc.oneof(
    fc.nat().map(String),
    fc.constantFrom('007', 'a b', 'k"\\', '1'.repeat(16), '\u00e9/?', "-_.!~*'()@[`{"),
    text.map((key) => readable(`k${key}`)),
  ),
  base: fc.constantFrom('http://stash/scenes/', 'http://stash/"\\/', 'http://st\u00e4sh/'),
});

const updatedAt = '2026-01-01T00:00:00Z';
const titled = { updated_at: updatedAt, details: 'd' };

describe('the head of a report line', () => {
  it('says what the page and the index say, as JSON.stringify would write it', () => {
    fc.assert(
      fc.property(library, ({ title, studio, date, updatedAt, directories, name, itemTitle, key, base }) => {
        const path = `/${[...directories, name].join('/')}`;
        const index = buildIndexBytes([{ key, title: itemTitle, files: [{ path, size: 7 }] }]);
        const links = { scene: base, item: `${base}#` };
        const context = contextOf(index, { lines: 'all', links });
        const scene = { id: '12', title, studio: { name: studio }, date, updated_at: updatedAt, details: 'd' };
        const files = [{ path, size: 7, duration: 1 }];
        const body = Buffer.from(JSON.stringify({ data: { findScenes: { scenes: [{ ...scene, files }] } } }));
        const judged = judgeOn(body, context);
        if (!judged.ok) throw new Error(JSON.stringify(judged.problem));
        const { texts, lines } = judged.value;
        // `explain` describes an item that is no scene's by itself.
        const opened = openIndex(index);
        if (!opened.ok) throw new Error(opened.reason);
        expect(lines[0]?.item).toEqual(describeItem(opened.index, links, 0, 0));
        expect(texts).toEqual(lines.map((line) => JSON.stringify(line)));
        expect(lines).toMatchObject([
          {
            sceneId: 12,
            verdict: 'empty',
            title: readable(title),
            url: `${base}12`,
            path: readable(path),
            updatedAt: readable(updatedAt) || null,
            studio: readable(studio) || null,
            date: readable(date) || null,
            evidence: 'exact path, equal size',
            candidates: [],
            item: {
              ratingKey: key,
              title: readable(itemTitle),
              section: 'Clips',
              path: readable(path),
              url: `${base}#${encodeURIComponent(key)}`,
            },
          },
        ]);
      }),
      { numRuns: runs(2000) },
    );
  });

  it('lists candidates, and what is not there is null', () => {
    const items = ['9', '10'].map((key) => ({ key, title: `t${key}`, files: [{ path: `/${key}/a.mp4` }] }));
    const context = contextOf(buildIndexBytes(items), { lines: 'all', links: { scene: 's/', item: null } });
    const scenes = [
      { id: '1', ...titled, files: [{ path: '/s/a.mp4' }] },
      { id: '2', ...titled, files: [] },
    ];
    const judged = judgeOn(Buffer.from(JSON.stringify({ data: { findScenes: { scenes } } })), context);
    if (!judged.ok) throw new Error(JSON.stringify(judged.problem));
    const candidate = (key: string) => ({
      ratingKey: key,
      title: `t${key}`,
      section: 'Clips',
      path: `/${key}/a.mp4`,
      url: null,
    });
    const nothing = { title: '', studio: null, date: null, item: null, evidence: null, action: null, missing: null };
    expect(judged.value.texts).toEqual(judged.value.lines.map((line) => JSON.stringify(line)));
    expect(judged.value.lines).toEqual([
      {
        ...nothing,
        ...{ sceneId: 1, verdict: 'ambiguous', code: 'several_items', url: 's/1', path: '/s/a.mp4', updatedAt },
        reason: '2 Plex items could be this scene',
        candidates: [candidate('9'), candidate('10')],
        nextStep: 'leave one of the candidates in Plex, or give their files different names',
      },
      {
        ...nothing,
        ...{ sceneId: 2, verdict: 'no_file', code: 'no_file', url: 's/2', path: null, updatedAt },
        reason: 'The scene has no file that Plex could see',
        candidates: [],
        nextStep: 'let Stash scan the file, or delete the scene there',
      },
    ]);
  });
});
