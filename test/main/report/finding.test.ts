import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { makeDemoWorld } from '../../../src/main/demo/demo-world.js';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { nextStepOf } from '../../../src/workers/judgement/reasons.js';
import { GAP_ACTIONS, LISTED_VERDICTS, REASON_CODES, VERDICTS } from '../../../src/shared/verdicts.js';
import { scanRig } from '../../support/scan-world.js';

const schemaFile = (name: string) => JSON.parse(readFileSync(join('schemas', name), 'utf8')) as object;
const ajv = new Ajv({ formats: { 'date-time': true } });
ajv.addSchema([schemaFile('report-1.schema.json'), schemaFile('summary-1.schema.json')]);

const files = (path: string, size = 5) => [{ path, size, duration: 60 }];
const part = (file: string, size = 5) => [{ file, size, duration: 60_000 }];

describe('a finding', () => {
  it('links to the scene in Stash and to the item in Plex, and says what to do', async () => {
    const rig = await scanRig({
      scenes: [
        sampleScene({ id: 1, details: 'd', files: files('/s/a/1.mp4') }),
        sampleScene({ id: 2, details: 'd', files: files('/s/b/2.mp4', 6) }),
        sampleScene({ id: 4, details: 'd', files: [] }),
      ],
      items: [
        sampleItem({ ratingKey: '101', title: 'One', parts: part('/p/a/1.mp4') }),
        sampleItem({ ratingKey: '102', title: 'Two', parts: part('/p/c/2.mp4', 6) }),
        sampleItem({ ratingKey: '103', title: 'Too', parts: part('/p/d/2.mp4', 6) }),
      ],
    });
    const { lines } = await rig.run({ dryRun: true });
    const urlOf = (ratingKey: number) =>
      `${rig.plex.url}/web/index.html#!/server/sample/details?key=%2Flibrary%2Fmetadata%2F${ratingKey}`;
    expect(lines.get(1)).toMatchObject({
      url: `${rig.stash.url}/scenes/1`,
      item: { ratingKey: '101', url: urlOf(101) },
      nextStep:
        'once the job is queued, let Stash2Plex work on it: its task "Process Queue" in Stash, or --process-queue',
    });
    expect(lines.get(2)).toMatchObject({
      verdict: 'ambiguous',
      item: null,
      candidates: [{ url: urlOf(102) }, { url: urlOf(103) }],
      nextStep: 'leave one of the candidates in Plex, or give their files different names',
    });
    expect(lines.get(4)?.nextStep).toBe('let Stash scan the file, or delete the scene there');
  });

  it('has no link to Plex where that does not say who it is', async () => {
    const rig = await scanRig({
      scenes: [sampleScene({ id: 1, details: 'd', files: files('/s/a/1.mp4') })],
      items: [sampleItem({ ratingKey: '101', parts: part('/p/a/1.mp4') })],
    });
    rig.plex.state.machineIdentifier = '';
    const { lines, summary } = await rig.run({ dryRun: true });
    expect(lines.get(1)).toMatchObject({ url: `${rig.stash.url}/scenes/1`, item: { ratingKey: '101', url: null } });
    expect(summary.warnings.map(({ code }) => code)).toContain('links_unknown');
  });

  it('of a missing scene says what the diagnosis says, and of a gap what its action asks for', async () => {
    const rig = await scanRig({
      scenes: [
        sampleScene({ id: 1, details: 'd', files: files('/p/a/1.mp4') }),
        sampleScene({ id: 2, details: 'd', files: files('/p/a/gone.mp4', 9) }),
        sampleScene({ id: 3, files: files('/p/a/3.mp4', 11) }),
      ],
      items: [
        sampleItem({ ratingKey: '101', parts: part('/p/a/1.mp4') }),
        sampleItem({ ratingKey: '103', parts: part('/p/a/other.mp4', 9) }),
      ],
    });
    const { lines } = await rig.run({ gaps: ['missing'] });
    expect(lines.get(1)).toMatchObject({
      action: 'not_selected',
      nextStep: 'queue it by a scan that does not leave it out (--gaps, --library, --limit)',
    });
    expect(lines.get(2)).toMatchObject({
      missing: { reason: 'renamed' },
      nextStep: 'see whether /p/a/other.mp4 is it, and give the file one name on both sides',
    });
    expect(lines.get(3)).toMatchObject({
      missing: { reason: 'outside_libraries' },
      nextStep: 'add /p/a to a Plex library, or leave it alone (ignore.paths)',
    });
  });

  it('of every kind is what the schema says', async () => {
    const rig = await scanRig(makeDemoWorld({ scenes: 400, seed: 3 }));
    const { lines } = await rig.run();
    const validate = ajv.getSchema('report-1.schema.json#/$defs/line');
    for (const line of lines.values())
      expect([line.sceneId, validate?.(line), validate?.errors]).toEqual([line.sceneId, true, null]);
    expect(new Set([...lines.values()].map(({ verdict }) => verdict)).size).toBeGreaterThan(5);
    expect(validate?.({ ...lines.get(1), verdict: 'odd' })).toBe(false);
  });

  it('has the words of the unions in its schema', () => {
    const { $defs } = schemaFile('report-1.schema.json') as {
      $defs: { line: { properties: Record<string, { enum: unknown }> } };
    };
    const { verdict, code, action } = $defs.line.properties;
    expect([verdict?.enum, code?.enum, action?.enum]).toEqual([VERDICTS, REASON_CODES, [...GAP_ACTIONS, null]]);
    const wordsOf = (name: string, ...path: string[]) =>
      path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], schemaFile(`${name}-1.schema.json`));
    const explained = (key: string) => wordsOf('explain', 'properties', key, 'enum');
    expect(explained('verdict')).toEqual([...VERDICTS, null]);
    expect(explained('code')).toEqual([...REASON_CODES, null]);
    expect(explained('action')).toEqual([...GAP_ACTIONS, null]);
    const counted = (key: string) => wordsOf('summary', 'properties', key, 'propertyNames', 'enum');
    expect([counted('verdicts'), counted('queue')]).toEqual([VERDICTS, GAP_ACTIONS]);
    expect(wordsOf('list', 'properties', 'notKept', 'propertyNames', 'enum')).toEqual(LISTED_VERDICTS);
    // Types only: read as they are written.
    const source = readFileSync('src/main/errors.ts', 'utf8');
    const union = (type: string) =>
      [...(new RegExp(`type ${type} =([^;]+);`).exec(source)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(([, word]) => word);
    expect(wordsOf('error', 'properties', 'code', 'enum')).toEqual(union('ErrorCode'));
    expect(wordsOf('error', 'properties', 'check', 'enum')).toEqual(union('PlausibilityCheck'));
  });

  it('is followed by a step wherever somebody must act', () => {
    const quiet = REASON_CODES.filter((code) => nextStepOf({ verdict: 'matched', code, action: null }) === null);
    expect(quiet).toEqual(
      'synced updated_since item_has_metadata item_empty item_gone partly_written both_empty no_item lost other_library ignored'.split(
        ' ',
      ),
    );
    for (const action of GAP_ACTIONS)
      expect(nextStepOf({ verdict: 'empty', code: 'item_empty', action })).toMatch(/^\w.+\w\)?$/);
  });
});
