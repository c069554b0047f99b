/** Reads one Stash page: request, hand to a worker, judge what came back. */
import { ServerError } from '../errors.js';
import type { PageMemory } from '../engine/page-memory.js';
import { PassingFailure } from '../http/retry.js';
import { ANSWER_STATUSES, type ServerConnection } from '../http/server-connection.js';
import type { PageAnswer, PageProblem } from '../../shared/messages.js';
import { unreachable } from '../../shared/unreachable.js';
import { assertStashReady } from './questions.js';

/** A page, or the news that something on it makes the whole page fail, though the server answers other questions. */
export type PageRead<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'failed'; readonly message: string; readonly error: ServerError }
  | { readonly kind: 'gone'; readonly sceneId: number };

/** What is done with a page. */
export interface PageWork<T> {
  /** Where the page is read into. */
  readonly pages: PageMemory;
  /** Hands the page to a worker; `asOf` is the epoch second at which it was asked for. */
  run(page: Uint8Array, asOf: number): Promise<PageAnswer<T>>;
}

/** Where a page stands in the search for the scenes that make one fail. */
export type PageSize = 'planned' | 'part' | 'single';

/** `broken`: no answer that could be read. `refused`: a resolver's error. */
type Trouble = 'broken' | 'refused';

/** A failure that may be about the page, in the server's own words. */
class PageFailure extends PassingFailure {
  readonly words: string;
  readonly trouble: Trouble;

  constructor(failure: PassingFailure, words: string, trouble: Trouble) {
    super(failure.error, failure);
    this.words = words;
    this.trouble = trouble;
  }
}

const PATH = '/graphql';
const GONE = /scene with id (\d+) not found/i;
/** What is said while others write to the database; the page is not to blame. */
const BUSY = /database (?:table )?is (?:locked|busy)|context deadline exceeded|timeout/i;

/**
 * Reads a page, repeating passing failures. What keeps failing while the server answers other questions is reported, to be
 * bisected; parts of such a page are asked for once.
 * @throws ServerError
 */
export async function readPage<T>(
  stash: ServerConnection,
  body: string,
  work: PageWork<T>,
  size: PageSize = 'planned',
): Promise<PageRead<T>> {
  let spaced = 0;
  const read = await stash.retrying<PageRead<T>>(async () => {
    for (let atOnce = 0; ; atOnce++) {
      const found = await attempt(stash, body, work);
      if (!(found instanceof PageFailure)) return found;
      const patience = patienceWith(found.trouble, size);
      if (atOnce < patience.atOnce) continue;
      if (spaced++ < Math.min(stash.maxRetries, patience.spaced)) throw found;
      return { kind: 'failed', message: found.words, error: found.error };
    }
  });
  if (read.kind === 'failed' && size !== 'part') await probe(stash, read.error);
  return read;
}

/** How often a page is repeated, at once and with growing pauses, before it counts as failed. */
function patienceWith(trouble: Trouble, size: PageSize): { readonly atOnce: number; readonly spaced: number } {
  switch (size) {
    case 'planned':
      // A file row may have been deleted between two of the server's own queries; otherwise a resolver stays with what it says.
      return trouble === 'refused' ? { atOnce: 1, spaced: 0 } : { atOnce: 0, spaced: Infinity };
    case 'part':
      return { atOnce: 0, spaced: 0 };
    case 'single':
      return { atOnce: 1, spaced: 0 };
    default:
      return unreachable(size);
  }
}

/** A server that cannot say how it is cannot deliver any page; then it is not the page. @throws ServerError */
async function probe(stash: ServerConnection, cause: ServerError): Promise<void> {
  try {
    await assertStashReady(stash);
  } catch (error: unknown) {
    throw error instanceof ServerError && error.code !== 'stash_not_ready' ? cause : error;
  }
}

/** One attempt; what may be the page's own fault is returned. @throws PassingFailure, ServerError, InterruptedError */
async function attempt<T>(
  stash: ServerConnection,
  body: string,
  work: PageWork<T>,
): Promise<PageRead<T> | PageFailure> {
  const asOf = Date.now() / 1000;
  try {
    const answer = await stash.readOnce({ path: PATH, body, accept: ANSWER_STATUSES, memory: work.pages });
    const read = await work.run(answer.body, asOf);
    return read.ok ? { kind: 'read', value: read.value } : judgeProblem(stash, read.problem, answer.status);
  } catch (failure: unknown) {
    if (!(failure instanceof PassingFailure) || failure.scope === 'server') throw failure;
    return failure instanceof PageFailure ? failure : new PageFailure(failure, failure.error.message, 'broken');
  }
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
  { message, code }: PageProblem & { kind: 'graphql_error' },
  status: number,
): PageRead<never> {
  const gone = GONE.exec(message);
  if (gone) return { kind: 'gone', sceneId: Number(gone[1]) };
  const error = stash.badAnswer(PATH, `GraphQL error "${message}"`);
  // A document the server's schema does not know stays unknown however often it is sent.
  if (code?.startsWith('GRAPHQL_') === true || status === 422) throw tooOld(error);
  if (BUSY.test(message)) throw stash.passing(error, 'server');
  throw new PageFailure(stash.passing(error), message, 'refused');
}

function tooOld(error: ServerError): ServerError {
  const hint = 'gapscan needs Stash 0.25 or newer; update Stash, or report this if it is newer.';
  return new ServerError(error.message, { code: error.code, hint });
}
