/** Scenes the server cannot deliver, counted: a few are bad rows, many are an ill server. */
import { ServerError } from '../errors.js';
import type { ServerConnection } from '../http/server-connection.js';
import type { RowKind } from './queries.js';

/** What is told of them. */
export interface UnreadableSink {
  /** A scene the server cannot deliver, with what it said. */
  unreadable(sceneId: number, message: string): void;
}

/** How a page of one scene failed. */
export interface SceneFailure {
  /** In the server's own words. */
  readonly message: string;
  readonly error: ServerError;
}

/** More than this many scenes the server cannot deliver is an ill server, not a few bad rows. */
const MAX_UNREADABLE = 100;
/** This many where not a single scene could be read are no few bad rows either. */
const MAX_ALONE = 10;

/** Keeps count for one reader. */
export class UnreadableScenes {
  readonly #stash: ServerConnection;
  readonly #sink: UnreadableSink;
  #count = 0;
  /** What each kind of page has brought, and how its scenes failed. */
  readonly #byKind: Record<RowKind, { rows: number; readonly failures: SceneFailure[] }> = {
    light: { rows: 0, failures: [] },
    match: { rows: 0, failures: [] },
    metadata: { rows: 0, failures: [] },
    full: { rows: 0, failures: [] },
  };

  constructor(stash: ServerConnection, sink: UnreadableSink) {
    this.#stash = stash;
    this.#sink = sink;
  }

  /** Notes that rows could be read. */
  read(kind: RowKind, rows: number): void {
    this.#byKind[kind].rows += rows;
  }

  /** Notes a scene whose own page fails. @throws ServerError when these are too many */
  add(sceneId: number, kind: RowKind, failure: SceneFailure): void {
    this.#count++;
    this.#byKind[kind].failures.push(failure);
    if (this.#count > MAX_UNREADABLE) throw this.#ill(`more than ${MAX_UNREADABLE} scenes`, failure);
    this.#sink.unreadable(sceneId, failure.message);
  }

  /** Notes a scene that answers leave out. @throws ServerError when these are too many */
  addSilent(sceneId: number, kind: RowKind): void {
    const message = 'left out of its answers without an error';
    this.add(sceneId, kind, { message, error: this.#stash.badAnswer('/graphql', `scenes were ${message}`) });
  }

  /** Where nothing can be read but much was to be, it is not the scenes. @throws ServerError */
  assertSomeWereRead(): void {
    for (const { rows, failures } of Object.values(this.#byKind)) {
      const [first] = failures;
      if (first !== undefined && rows === 0 && failures.length >= MAX_ALONE) {
        throw this.#ill(`any of ${failures.length} scenes`, first);
      }
    }
  }

  #ill(what: string, { message, error }: SceneFailure): ServerError {
    return new ServerError(
      `Stash at ${this.#stash.urlOf('/graphql')} cannot deliver ${what}; the last error was "${message}"`,
      { code: error.code, hint: "Look at Stash's log; its database may need attention.", cause: error },
    );
  }
}
