/** A sample Stash: real GraphQL over HTTP, executed against a real schema, errors as the real server gives them. */
import { executeSync, parse, validate, type DocumentNode, type GraphQLError } from 'graphql';
import { stashPace } from './costs.js';
import { startSampleServer, type SampleAnswer, type SampleRequest, type SampleServer } from './sample-server.js';
import { stashResolvers, type StashState } from './stash-resolvers.js';
import { stashSchema } from './stash-schema.js';
import type { SampleWorld } from './world.js';

/** How to start one. */
export interface SampleStashSetup {
  readonly world: SampleWorld;
  /** When set, requests without it are refused as the real server refuses them. */
  readonly apiKey?: string;
  /** What Stash2Plex has stored; leave out if the plugin was never configured. */
  readonly pluginSettings?: Readonly<Record<string, unknown>>;
  readonly pluginsPath?: string;
  /** Answers take what they take a real server. Default: they are sent at once. */
  readonly isCosted?: boolean;
}

/** A running sample Stash. */
export interface SampleStash extends SampleServer {
  /** Its world, exchangeable while it runs, and how often the plugin's task was started. */
  readonly state: StashState;
}

const JSON_TYPE = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** Starts a sample Stash on loopback. */
export async function startSampleStash(setup: SampleStashSetup): Promise<SampleStash> {
  const state: StashState = {
    world: setup.world,
    pluginSettings: setup.pluginSettings,
    pluginsPath: setup.pluginsPath ?? '/root/.stash/plugins',
    systemStatus: 'OK',
    jobs: [],
    plugins: [{ id: 'Stash2Plex', name: 'Stash2Plex', version: '1.6.14', enabled: true }],
    processQueueCalls: 0,
  };
  const documents = new Map<string, ParsedDocument>();
  const server = await startSampleServer(
    (request) => answer(request, setup.apiKey, state, documents),
    setup.isCosted === true ? stashPace() : undefined,
  );
  return Object.assign(server, { state });
}

function answer(
  request: SampleRequest,
  apiKey: string | undefined,
  state: StashState,
  documents: Map<string, ParsedDocument>,
): SampleAnswer {
  const given = request.headers['apikey'];
  // A wrong key is refused even by a server that needs none.
  if (given !== apiKey && (given !== undefined || request.path === '/graphql')) {
    return { status: 401, headers: { 'www-authenticate': 'FormBased' }, body: '' };
  }
  if (request.path !== '/graphql') {
    return { status: 302, headers: { location: '/login?returnURL=%2F', 'content-type': 'text/html' }, body: '' };
  }
  if (request.method !== 'POST' || request.headers['content-type']?.includes('application/json') !== true) {
    return json(400, { errors: [{ message: 'transport not supported' }], data: null });
  }
  return executeRequest(request, state, documents);
}

function executeRequest(
  request: SampleRequest,
  state: StashState,
  documents: Map<string, ParsedDocument>,
): SampleAnswer {
  const asksForJson = request.headers['accept'] === 'application/json';
  let payload: { query?: string; variables?: Record<string, unknown>; operationName?: string };
  try {
    payload = JSON.parse(request.body) as typeof payload;
  } catch {
    return json(400, { errors: [{ message: 'json request body could not be decoded' }], data: null });
  }
  const document = parseOnce(payload.query ?? '', documents);
  if ('errors' in document) return json(asksForJson ? 422 : 400, { errors: document.errors, data: null });
  // Nothing here waits: no resolver is asynchronous.
  const result = executeSync({
    schema: stashSchema,
    document: document.document,
    rootValue: stashResolvers(state),
    variableValues: payload.variables ?? {},
    operationName: payload.operationName ?? null,
  });
  return { ...json(200, result), rows: rowsIn(result.data) };
}

function rowsIn(data: unknown): number {
  const { findScenes } = (data ?? {}) as { readonly findScenes?: { readonly scenes?: readonly unknown[] } };
  return findScenes?.scenes?.length ?? 0;
}

type ParsedDocument = { readonly document: DocumentNode } | { readonly errors: readonly object[] };

function parseOnce(query: string, documents: Map<string, ParsedDocument>): ParsedDocument {
  const known = documents.get(query);
  if (known) return known;
  const parsed = parseDocument(query);
  documents.set(query, parsed);
  return parsed;
}

function parseDocument(query: string): ParsedDocument {
  try {
    const document = parse(query);
    const errors = validate(stashSchema, document);
    return errors.length === 0 ? { document } : { errors: withCode(errors, 'GRAPHQL_VALIDATION_FAILED') };
  } catch (error: unknown) {
    return { errors: withCode([error as GraphQLError], 'GRAPHQL_PARSE_FAILED') };
  }
}

function withCode(errors: readonly GraphQLError[], code: string): object[] {
  return errors.map(({ message, locations }) => ({ message, locations, extensions: { code } }));
}

function json(status: number, body: unknown): SampleAnswer {
  return { status, headers: JSON_TYPE, body: JSON.stringify(body) };
}
