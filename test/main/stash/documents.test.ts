import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSchema, getVariableValues, parse, specifiedRules, validate, type OperationDefinitionNode } from 'graphql';
import { scan } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { makeDemoWorld } from '../../../src/main/demo/demo-world.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig } from '../../support/scan-world.js';

const schema = buildSchema(readFileSync(new URL('../../support/stash-schema.graphql', import.meta.url), 'utf8'));

interface Document {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** What is sent to Stash by runs that go every way there is. */
async function sentDocuments(): Promise<Document[]> {
  const world = makeDemoWorld({ scenes: 600, seed: 3 });
  const rig = await scanRig(world);
  const since = (field: 'updated_at' | 'created_at') => ({ epochSeconds: 1_500_000_000, field });
  await scan({ ...rig.options, processQueue: true });
  await scan({ ...rig.options, dryRun: true, since: since('updated_at') });
  await scan({ ...rig.options, dryRun: true, since: since('created_at') });
  await scan({ ...rig.options, dryRun: true, ids: [1, 2, 3] });
  const { PLEX_URL, ...withoutPlex } = cliEnvironment(rig);
  expect(PLEX_URL).toBe(rig.plex.url);
  // Where Plex is, Stash has to be asked.
  await runCli(['scan', '--dry-run', '--quiet'], withoutPlex);
  expect((await runCli(['doctor', '--json'], cliEnvironment(rig))).stdout).toContain('gapscan.doctor/1');
  const missing = world.scenes.find(({ id }) => world.expected.get(id) === 'missing')?.files[0]?.path;
  // Explain takes what a scan has left, if no scene was updated since.
  await runCli(['scan', '--quiet', '--force'], cliEnvironment(rig));
  expect((await runCli(['explain', missing ?? '', '--json'], cliEnvironment(rig))).stdout).toContain('"missing"');
  // One that fails at its job queue.
  const body = '{"data":null,"errors":[{"message":"no job queue"}]}';
  rig.stash.fault = (request) =>
    request.body.includes('jobQueue') ? { kind: 'body', body, type: 'application/json' } : undefined;
  await scan({ ...rig.options, dryRun: true, ids: [1] });
  return rig.stash.requests.filter(({ body }) => body !== '').map(({ body }) => JSON.parse(body) as Document);
}

/** The operations that stand in the source. */
function operationNames(): Set<string> {
  const directory = fileURLToPath(new URL('../../../src/main', import.meta.url));
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const sources = files
    .filter((name) => name.endsWith('.ts') && !name.startsWith('demo'))
    .map((name) => readFileSync(`${directory}/${name}`, 'utf8'));
  const names = sources.flatMap((text) =>
    [...text.matchAll(/[`'"](?:query|mutation) ([A-Z]\w*)/g)].map(([, name]) => name!),
  );
  return new Set(names);
}

describe('every GraphQL document gapscan sends', () => {
  it('fits the schema of a real Stash, and its variables do', async () => {
    const sent = await sentDocuments();
    const seen = new Set<string>();
    for (const { query, variables } of sent) {
      const document = parse(query);
      expect(validate(schema, document, specifiedRules).map(({ message }) => message)).toEqual([]);
      const operation = document.definitions[0] as OperationDefinitionNode;
      const { errors = [] } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
      expect(errors.map(({ message }) => message)).toEqual([]);
      seen.add(operation.name?.value ?? '');
    }
    // A document nobody sends here would go unchecked.
    expect([...seen].sort()).toEqual([...operationNames()].sort());
  });

  it('would be found out if it did not', () => {
    const wrong = parse('query X($a:Int!){findScenes(filter:{per_page:$a,colour:"red"}){scenes{id shoe}}}');
    expect(validate(schema, wrong).map(({ message }) => message)).toEqual([
      'Field "colour" is not defined by type "FindFilterType".',
      'Cannot query field "shoe" on type "Scene".',
    ]);
  });
});
