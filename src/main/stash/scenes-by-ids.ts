/**
 * Scenes that are asked for by their ids: a page that fails is halved until the scenes that make it fail are found, scenes that
 * are gone are told, and those an answer leaves out without a word are asked for again.
 */
import pMap from 'p-map';
import type { LocalEngine } from '../engine/local-engine.js';
import type { ServerConnection } from '../http/server-connection.js';
import type { PageAnswer } from '../../shared/messages.js';
import { unreachable } from '../../shared/unreachable.js';
import { absentIds } from './absent-ids.js';
import { readPage as readStashPage, type PageRead, type PageSize } from './page-reader.js';
import { FULL_PAGE_ROWS, idsQuery, type RowKind, type RowWishes } from './queries.js';
import type { UnreadableScenes } from './unreadable-scenes.js';

/** Collaborators of the reader. */
export interface ScenesByIdsSetup {
  readonly stash: ServerConnection;
  readonly local: LocalEngine;
  readonly wishes: RowWishes;
  readonly unreadable: UnreadableScenes;
  readonly pagesInFlight: number;
  /** Is told of scenes that do not exist any more. */
  readonly sink: { gone(sceneId: number): void };
}

/** What is done with a page of named scenes. */
export interface IdsUse {
  readonly kind: RowKind;
  /** `onRows` is told how many rows the page has while it is still in memory. */
  readonly run: (
    page: Uint8Array,
    asOf: number,
    onRows: (rows: number) => void,
  ) => Promise<PageAnswer<{ readonly rows: number }>>;
}

/** How often an answer may leave out a scene that was asked for, without a word about it. */
const MAX_SILENT = 2;

/** Reads scenes by their ids. */
export class ScenesByIds {
  readonly #setup: ScenesByIdsSetup;

  constructor(setup: ScenesByIdsSetup) {
    this.#setup = setup;
  }

  /** Reads them page by page, several at once. @throws ServerError */
  async readPages(ids: readonly number[], use: IdsUse): Promise<void> {
    const pages: (readonly number[])[] = [];
    for (let start = 0; start < ids.length; start += FULL_PAGE_ROWS)
      pages.push(ids.slice(start, start + FULL_PAGE_ROWS));
    const { unreadable, pagesInFlight } = this.#setup;
    await pMap(pages, (page) => this.readPage(page, use), { concurrency: pagesInFlight });
    unreadable.assertSomeWereRead();
  }

  /** Reads a page of them. @throws ServerError */
  async readPage(ids: readonly number[], use: IdsUse, size: PageSize = 'planned', silences = 0): Promise<void> {
    if (ids.length === 0) return;
    const { stash, local, wishes, unreadable } = this.#setup;
    let absent: readonly number[] = [];
    const run = (page: Uint8Array, asOf: number) =>
      use.run(page, asOf, (rows) => {
        absent = rows < ids.length ? absentIds(page, ids) : [];
      });
    const read = await readStashPage(stash, idsQuery(use.kind, ids, wishes), { pages: local.pages, run }, size);
    switch (read.kind) {
      case 'gone':
        return this.readPage(this.#without(read.sceneId, ids), use, size, silences);
      case 'failed':
        return this.#bisectIds(ids, use, read);
      case 'read':
        stash.rows += read.value.rows;
        unreadable.read(use.kind, read.value.rows);
        return this.#readAbsent(absent, use, silences + 1);
      default:
        return unreachable(read);
    }
  }

  /** Deleted since we heard of it: no longer a scene. */
  #without(sceneId: number, ids: readonly number[]): number[] {
    const rest = ids.filter((id) => id !== sceneId);
    if (rest.length === ids.length) {
      throw this.#setup.stash.badAnswer('/graphql', `it says scene ${sceneId} is gone, which was not asked for`);
    }
    this.#setup.sink.gone(sceneId);
    return rest;
  }

  async #bisectIds(ids: readonly number[], use: IdsUse, failed: PageRead<never> & { kind: 'failed' }): Promise<void> {
    const [only] = ids;
    if (ids.length === 1 && only !== undefined) {
      this.#setup.unreadable.add(only, use.kind, failed);
      return;
    }
    const middle = Math.floor(ids.length / 2);
    for (const half of [ids.slice(0, middle), ids.slice(middle)]) {
      await this.readPage(half, use, half.length === 1 ? 'single' : 'part');
    }
  }

  /** Scenes an answer left out without a word are asked for again: they must not vanish from the counts. */
  async #readAbsent(ids: readonly number[], use: IdsUse, silences: number): Promise<void> {
    if (silences < MAX_SILENT) return this.readPage(ids, use, 'planned', silences);
    for (const id of ids) this.#setup.unreadable.addSilent(id, use.kind);
  }
}
