import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as gapscan from 'gapscan';
import ts from 'typescript';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { tempDir } from '../support/temp-dir.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a user's compiler says of modules that import the package as it is built. */
function compile(sources: readonly string[]): string[] {
  const directory = tempDir();
  const modules = join(directory, 'node_modules');
  mkdirSync(join(modules, '@types'), { recursive: true });
  symlinkSync(root, join(modules, 'gapscan'));
  symlinkSync(join(root, 'node_modules', '@types', 'node'), join(modules, '@types', 'node'));
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
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
    typeRoots: [join(modules, '@types')],
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
    expectTypeOf<gapscan.ReportFile['format']>().toEqualTypeOf<'ndjson' | 'json' | 'csv' | 'html'>();
    expectTypeOf<gapscan.ConfigError>().toExtend<gapscan.GapscanError>();
    // What is required, and nothing else.
    expectTypeOf<Pick<gapscan.ScanOptions, 'stash' | 'plex' | 'dataDir'>>().toExtend<gapscan.ScanOptions>();
    expectTypeOf<{ dataDir: string }>().not.toExtend<gapscan.ScanOptions>();
  });

  it("lets the strictest of users compile README's snippets and leave any option undefined, and refuses unknown ones", () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const snippets = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text]) => text!);
    expect(snippets.length).toBeGreaterThan(0);
    expect(compile([...snippets, CAREFUL_USER])).toEqual([]);
  }, 120_000);
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
