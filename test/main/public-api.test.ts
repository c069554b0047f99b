import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as gapscan from 'gapscan';
import ts from 'typescript';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { sampleItem, sampleScene } from '../../src/main/demo/world.js';
import { runCli } from '../support/cli.js';
import { cliEnvironment, scanRig } from '../support/scan-world.js';
import { tempDir } from '../support/temp-dir.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Examples in a page of the documentation; each is a module. */
function snippetsOf(page: string): string[] {
  return [...readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text]) => text!);
}

/** A folder that has installed the package as it is built. */
function userFolder(): string {
  const directory = tempDir();
  const modules = join(directory, 'node_modules');
  mkdirSync(join(modules, '@types'), { recursive: true });
  symlinkSync(root, join(modules, 'gapscan'));
  symlinkSync(join(root, 'node_modules', '@types', 'node'), join(modules, '@types', 'node'));
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  return directory;
}

/** What a user's compiler says of modules that import the package. */
function compile(sources: readonly string[]): string[] {
  const directory = userFolder();
  const files = sources.map((source, i) => {
    const file = join(directory, `user-${i}.ts`);
    writeFileSync(file, source);
    return file;
  });
  const program = ts.createProgram(files, {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    types: ['node'],
    typeRoots: [join(directory, 'node_modules', '@types')],
    noEmit: true,
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file }) => {
    return `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

describe('the public API', () => {
  it('exports what is documented, and nothing by accident', () => {
    expect(Object.keys(gapscan).sort()).toMatchInlineSnapshot(`
      [
        "ConfigError",
        "GAP_ACTIONS",
        "GAP_KINDS",
        "GapscanError",
        "GuardError",
        "InterruptedError",
        "LockError",
        "QueueError",
        "REPORT_FORMATS",
        "ServerError",
        "VERDICTS",
        "scan",
      ]
    `);
  });

  it('has the types it promises', () => {
    expectTypeOf(gapscan.scan).parameters.toEqualTypeOf<[options: gapscan.ScanOptions]>();
    expectTypeOf(gapscan.scan).returns.resolves.toEqualTypeOf<gapscan.ScanSummary>();
    expectTypeOf<gapscan.ScanSummary['schema']>().toEqualTypeOf<'gapscan.summary/1'>();
    expectTypeOf<keyof gapscan.ScanSummary['queue']>().toEqualTypeOf<gapscan.GapAction>();
    expectTypeOf<keyof gapscan.ScanSummary['verdicts']>().toEqualTypeOf<gapscan.Verdict>();
    expectTypeOf<gapscan.GapKind>().toExtend<gapscan.Verdict>();
    expectTypeOf<gapscan.ReportLine['action']>().toEqualTypeOf<gapscan.GapAction | null>();
    expectTypeOf<gapscan.ReportFile['format']>().toEqualTypeOf<'ndjson' | 'json' | 'csv' | 'md' | 'html'>();
    expectTypeOf<gapscan.ConfigError>().toExtend<gapscan.GapscanError>();
    // What is required, and nothing else.
    expectTypeOf<Pick<gapscan.ScanOptions, 'stash' | 'plex' | 'dataDir'>>().toExtend<gapscan.ScanOptions>();
    expectTypeOf<{ dataDir: string }>().not.toExtend<gapscan.ScanOptions>();
  });

  it("lets the strictest of users compile README's snippets and leave any option undefined, and refuses unknown ones", () => {
    const snippets = ['README.md', 'docs/library.md'].flatMap(snippetsOf);
    expect(snippets.length).toBeGreaterThan(3);
    expect(compile([...snippets, CAREFUL_USER])).toEqual([]);
  }, 120_000);

  it('does what the examples say', { timeout: 120_000 }, async () => {
    const directory = userFolder();
    const said: string[] = [];
    for (const [i, source] of snippetsOf('docs/library.md').entries()) {
      const rig = await scanRig({
        scenes: [1, 2].map((id) =>
          sampleScene({ id, details: 'd', files: [{ path: `/data/a/${id}.mp4`, size: id, duration: 60 }] }),
        ),
        items: [sampleItem({ ratingKey: '101', parts: [{ file: '/media/a/2.mp4', size: 2, duration: 60_000 }] })],
      });
      const { outputText } = ts.transpileModule(source, {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
      });
      const bin = join(directory, `example-${i}.js`);
      writeFileSync(bin, outputText);
      const { code, stdout, stderr } = await runCli([], cliEnvironment(rig), { bin, cwd: directory });
      expect(code, stderr).toBe(0);
      said.push(stdout);
    }
    expect(said).toEqual([
      '2 scenes, 1 of them missing in Plex\n',
      '',
      expect.stringMatching(/^1 \w+ in \/data\/a: .+\n\/data of Stash is \/media of Plex\n$/),
    ]);
    expect(readFileSync(join(directory, 'report.ndjson'), 'utf8').trim().split('\n')).toHaveLength(2);
  });
});

const SERVER =
  '{ url: "u", secret: maybe("s"), caFile: maybe("f"), insecure: maybe(true), timeoutSeconds: maybe(1), retries: maybe(1) }';
const CAREFUL_USER = `
import { scan, type ScanOptions } from 'gapscan';
const maybe = <T>(value: T): T | undefined => (Math.random() > 2 ? value : undefined);
const servers = { stash: ${SERVER}, plex: ${SERVER}, dataDir: 'd' };
const optional: { [K in keyof Omit<ScanOptions, keyof typeof servers>]-?: undefined } = {} as never;
await scan({ ...servers, ...optional });
// @ts-expect-error: no such option
await scan({ ...servers, colour: 'red' });`;
