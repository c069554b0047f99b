/** Reads one Stash page: request, hand to a worker, judge what came back. */
import { ServerError } from '../errors.js';
import type { PageMemory } from '../engine/page-memory.js';
import { ANSWER_STATUSES, type ServerConnection } from '../http/server-connection.js';
import type { PageOutcome, PageProblem } from '../../shared/messages.js';
import { unreachable } from '../../shared/unreachable.js';

/** A page, or the news that a single scene on it makes the whole page fail. */
export type PageRead<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'bad_scene'; readonly message: string }
  | { readonly kind: 'gone'; readonly sceneId: number };

/** What is done with a page. */
export interface PageWork<T> {
  /** Where the page is read into. */
  readonly pages: PageMemory;
  /** Hands the page to a worker; `asOf` is the epoch second at which it was asked for. */
  run(page: Uint8Array, asOf: number): Promise<PageOutcome<T>>;
}

const PATH = '/graphql';
const GONE = /scene with id (\d+) not found/i;

/**
 * Reads a page, repeating passing failures. A page that one scene makes fail is asked for once more at once (a file row
 * may have been deleted between two of the server's own queries) and then reported, to be bisected.
 * Parts of such a page (`bisecting`) are asked for once.
 * @throws ServerError
 */
export async function readPage<T>(
  stash: ServerConnection,
  body: string,
  work: PageWork<T>,
  bisecting = false,
): Promise<PageRead<T>> {
  const first = await attempt(stash, body, work);
  return first.kind === 'bad_scene' && !bisecting ? attempt(stash, body, work) : first;
}

function attempt<T>(stash: ServerConnection, body: string, work: PageWork<T>): Promise<PageRead<T>> {
  return stash.retrying(async () => {
    const asOf = Date.now() / 1000;
    const answer = await stash.readOnce({ path: PATH, body, accept: ANSWER_STATUSES, memory: work.pages });
    const outcome = await work.run(answer.body, asOf);
    return outcome.ok ? { kind: 'read', value: outcome.value } : judgeProblem(stash, outcome.problem, answer.status);
  });
}

function judgeProblem(stash: ServerConnection, problem: PageProblem, status: number): PageRead<never> {
  switch (problem.kind) {
    case 'not_json':
      throw stash.passing(stash.badAnswer(PATH, `a body that is not whole JSON (${problem.detail})`));
    case 'unexpected_shape':
      throw stash.passing(stash.badAnswer(PATH, problem.detail));
    case 'graphql_error':
      return judgeGraphqlError(stash, problem, status);
    default:
      return unreachable(problem);
  }
}

function judgeGraphqlError(
  stash: ServerConnection,
  { message, code, aboutOneScene }: PageProblem & { kind: 'graphql_error' },
  status: number,
): PageRead<never> {
  const gone = GONE.exec(message);
  if (gone) return { kind: 'gone', sceneId: Number(gone[1]) };
  if (aboutOneScene) return { kind: 'bad_scene', message };
  const error = stash.badAnswer(PATH, `GraphQL error "${message}"`);
  // A document the server's schema does not know stays unknown however often it is sent.
  if (code?.startsWith('GRAPHQL_') === true || status === 422) throw tooOld(error);
  throw stash.passing(error);
}

function tooOld(error: ServerError): ServerError {
  const hint = 'gapscan needs Stash 0.25 or newer; update Stash, or report this if it is newer.';
  return new ServerError(error.message, { code: error.code, hint });
}
