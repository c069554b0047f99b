import { scan, type ScanOptions } from 'gapscan';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../support/faults.js';
import type { SampleRequest } from '../../../src/main/demo/sample-server.js';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig, type ScanRig } from '../../support/scan-world.js';

const IDS = Array.from({ length: 40 }, (_, i) => i + 1);
const scenes = IDS.map((id) =>
  sampleScene({ id, details: 'd', files: [{ path: `/s/${id}.mp4`, size: 100 + id, duration: 60 }] }),
);
const items = IDS.map((id) =>
  sampleItem({ ratingKey: String(id), studio: 'Acme', parts: [{ file: `/p/${id}.mp4`, size: 100 + id }] }),
);
const synced = (ids: readonly number[]) => Object.fromEntries(ids.map((id) => [id, Date.now() / 1000]));

interface PageVariables {
  readonly from?: number;
  readonly to?: number;
  readonly ids?: readonly string[];
}

/** Whether a request asks for a page of scenes that holds one of these. */
function holds(body: string, bad: readonly number[]): boolean {
  if (!body.includes('ScenePage') && !body.includes('ScenesById')) return false;
  const { from = 0, to = 0, ids } = (JSON.parse(body) as { variables: PageVariables }).variables;
  return bad.some((id) => (ids === undefined ? from <= id && id <= to : ids.includes(String(id))));
}

const failing = (bad: readonly number[], fault: Fault) => (request: SampleRequest) =>
  holds(request.body, bad) ? fault : undefined;

const graphql = (message: string, path?: readonly (string | number)[]): Fault => ({
  kind: 'body',
  type: 'application/json',
  body: JSON.stringify({ errors: [{ message, ...(path && { path }) }], data: null }),
});

const FAILURES: [string, Fault][] = [
  [
    'an error of the whole list',
    graphql('internal error: multiple rows returned for single scene id 7', ['findScenes']),
  ],
  ['a file that is no video, by ids', graphql('not a video file', ['findScenes'])],
  [
    'a file that is no video, by range',
    graphql('file *models.BaseFile is not a video file', ['findScenes', 'scenes', 0, 'files']),
  ],
  ['an error without a path', graphql('something went wrong')],
  ['a panic', graphql('Internal system error. Error <runtime error: index out of range>')],
  ['500', { kind: 'status', status: 500 }],
  ['502', { kind: 'status', status: 502 }],
  ['504', { kind: 'status', status: 504 }],
  ['a dropped connection', { kind: 'drop' }],
  ['an answer that is cut off', { kind: 'cut' }],
];

const quick = ({ options }: ScanRig): Pick<ScanOptions, 'stash'> => ({
  stash: { ...options.stash, retries: 1, retryDelayMs: 1 },
});

describe.each(FAILURES)('a page that fails because of scene 7: %s', (_, fault) => {
  it('costs scene 7 and no other, by ranges', async () => {
    const rig = await scanRig({ scenes, items });
    rig.stash.fault = failing([7], fault);
    const { verdicts, warnings } = await scan({ ...rig.options, ...quick(rig) });
    expect(verdicts).toMatchObject({ unreadable: 1, matched: 39 });
    expect(warnings).toMatchObject([{ code: 'scenes_unreadable', sceneIds: [7] }]);
  });

  it('by ids', async () => {
    const rig = await scanRig({ scenes, items });
    rig.stash.fault = failing([7], fault);
    const { verdicts, warnings } = await scan({ ...rig.options, ...quick(rig), ids: [7, 8, 9] });
    expect(verdicts).toMatchObject({ unreadable: 1, matched: 2 });
    expect(warnings).toMatchObject([{ code: 'scenes_unreadable', sceneIds: [7] }]);
  });

  it('where most scenes are synced, on light pages and by ids', async () => {
    const rig = await scanRig({ scenes, items, syncTimestamps: synced(IDS.slice(10)) });
    rig.stash.fault = failing([7, 30], fault);
    const { verdicts } = await scan({ ...rig.options, ...quick(rig) });
    expect(rig.stash.requests.some(({ body }) => body.includes('{scenes{id updated_at}}'))).toBe(true);
    expect(verdicts).toMatchObject({ unreadable: 2, matched: 9, in_sync: 29 });
  });
});

describe('scenes that cannot be read', () => {
  it('make the command line exit 3, the rest judged', async () => {
    const rig = await scanRig({ scenes, items });
    rig.stash.fault = failing([7], graphql('not a video file', ['findScenes']));
    const { code, stdout, stderr } = await runCli(['scan', '--json'], cliEnvironment(rig));
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^Warning: .* scene 7\n$/)]);
    expect(JSON.parse(stdout)).toMatchObject({ verdicts: { unreadable: 1, matched: 39 } });
  });

  it('are a server that is ill when there are more than a hundred of them', async () => {
    const many = Array.from({ length: 300 }, (_, i) => sampleScene({ id: i + 1 }));
    const rig = await scanRig({ scenes: many, items });
    const bad = (count: number) => many.slice(0, count).map(({ id }) => id);
    rig.stash.fault = failing(bad(100), { kind: 'status', status: 500 });
    expect((await scan({ ...rig.options, ...quick(rig) })).verdicts.unreadable).toBe(100);
    rig.stash.fault = failing(bad(101), { kind: 'status', status: 500 });
    await expect(scan({ ...rig.options, ...quick(rig) })).rejects.toMatchObject({
      code: 'stash_unreachable',
      exitCode: 4,
      message: expect.stringMatching(
        /cannot deliver more than 100 scenes; the last error was ".*answered 500"$/,
      ) as unknown,
    });
  });

  it('are a server that is ill when there are no others', async () => {
    const rig = await scanRig({ scenes, items });
    rig.stash.fault = failing(IDS, graphql('something went wrong'));
    await expect(scan({ ...rig.options, ...quick(rig) })).rejects.toMatchObject({
      code: 'stash_bad_answer',
      message: expect.stringContaining('cannot deliver any of 40 scenes') as unknown,
    });
  });

  it('are a server that has gone away when it answers nothing else either', async () => {
    const rig = await scanRig({ scenes, items });
    let hasFailed = false;
    rig.stash.fault = ({ body }) => {
      hasFailed ||= holds(body, [7]);
      return hasFailed ? { kind: 'status', status: 500 } : undefined;
    };
    await expect(scan({ ...rig.options, ...quick(rig) })).rejects.toMatchObject({
      code: 'stash_unreachable',
      message: expect.stringMatching(/answered 500$/) as unknown,
    });
    // The page, and the question how the server is: nothing was halved.
    expect(rig.stash.requests.filter(({ body }) => body.includes('ScenePage')).length).toBe(2);
  });

  it('are none while others write to the database', async () => {
    const rig = await scanRig({ scenes, items });
    let pages = 0;
    rig.stash.fault = ({ body }) => (holds(body, [7]) && ++pages <= 3 ? graphql('database is locked') : undefined);
    const stash = { ...rig.options.stash, retries: 4, retryDelayMs: 1 };
    expect((await scan({ ...rig.options, stash })).verdicts).toMatchObject({ unreadable: 0, matched: 40 });
  });
});

/** Rewrites the rows of an answer about scenes. */
function rewriteRows(change: (rows: { id: string }[]) => { id: string }[]): Fault {
  return {
    kind: 'rewrite',
    rewrite: (text) => {
      const answer = JSON.parse(text) as { data: { findScenes: { scenes: { id: string }[] } } };
      answer.data.findScenes.scenes = change(answer.data.findScenes.scenes);
      return JSON.stringify(answer);
    },
  };
}

describe('answers that do not hold what was asked for', () => {
  it('a scene listed twice on light pages is judged once', async () => {
    const rig = await scanRig({ scenes, items, syncTimestamps: synced(IDS.slice(10)) });
    rig.stash.fault = ({ body }) =>
      body.includes('ScenePage') ? rewriteRows((rows) => rows.flatMap((row) => [row, row])) : undefined;
    const { verdicts } = await scan(rig.options);
    expect(verdicts).toMatchObject({ matched: 10, in_sync: 30 });
    const byIds = rig.stash.requests.filter(({ body }) => body.includes('ScenesById'));
    expect(byIds.map(({ body }) => (JSON.parse(body) as { variables: PageVariables }).variables.ids)).toEqual([
      IDS.slice(0, 10).map(String),
    ]);
  });

  it('a scene left out without an error is asked for again', async () => {
    const rig = await scanRig({ scenes, items });
    let answers = 0;
    rig.stash.fault = ({ body }) =>
      body.includes('ScenesById') && ++answers === 1 ? rewriteRows((rows) => rows.slice(1)) : undefined;
    expect((await scan({ ...rig.options, ids: [7, 8, 9] })).verdicts).toMatchObject({ matched: 3, unreadable: 0 });
    expect(answers).toBe(2);
  });

  it('and is unreadable when it is left out again', async () => {
    const rig = await scanRig({ scenes, items, syncTimestamps: synced(IDS.slice(10)) });
    rig.stash.fault = ({ body }) =>
      body.includes('ScenesById') ? rewriteRows((rows) => rows.filter(({ id }) => id !== '7')) : undefined;
    const { verdicts, warnings, scenes: checked } = await scan(rig.options);
    expect(verdicts).toMatchObject({ matched: 9, in_sync: 30, unreadable: 1 });
    expect(warnings).toMatchObject([{ code: 'scenes_unreadable', sceneIds: [7] }]);
    expect(checked).toEqual({ checked: 40 });
  });
});
