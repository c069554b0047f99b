/**
 * Sections that need not be read again: kept by an earlier run, and used while server, section, what Plex says of its content,
 * and how it would be read are what they were. Any doubt reads the section; it changes no answer.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { VERSION as INDEX_VERSION } from '../../shared/index/format.js';
import { makeDirectory } from '../make-directory.js';
import type { PlexDateRule } from '../scan-types.js';
import { KeptSection, KeptSectionWriter } from '../state/kept-section.js';
import { version } from '../version.js';
import type { SectionTally } from './section-tally.js';
import type { PlexSection } from './sections.js';

/** What decides whether sections are kept. */
export interface KeepingSetup {
  readonly directory: string;
  /** Which servers these are. */
  readonly servers: string;
  readonly plexDate: PlexDateRule;
  /** Epoch seconds. */
  readonly now: number;
  readonly maxAgeSeconds: number;
  /** Sections may be used as they were kept. */
  readonly mayUse: boolean;
  /** What is read may be kept. */
  readonly mayKeep: boolean;
}

/** Sections by their files. */
export class SectionKeeper {
  readonly #setup: KeepingSetup;
  #writer: KeptSectionWriter | undefined;
  /** By the names of their files: those of this run, until it has come to its end. */
  readonly #finished = new Map<string, KeptSectionWriter>();

  constructor(setup: KeepingSetup) {
    this.#setup = setup;
  }

  /** A section as it was kept; undefined where it has to be read. @param size items in it, as Plex counts them now */
  recall(section: PlexSection, size: number | undefined): KeptSection | undefined {
    const { mayUse, now, maxAgeSeconds } = this.#setup;
    const identity = this.#identityOf(section, size);
    if (!mayUse || identity === undefined) return undefined;
    return KeptSection.open(this.#fileOf(section), (kept) => {
      const age = now - kept.readAt;
      return kept.identity === identity && age >= 0 && age < maxAgeSeconds;
    });
  }

  /** Whether a section was kept before, and so is worth keeping: one that is read in part only, to be quick, is not. */
  hasKept(section: PlexSection): boolean {
    return this.#setup.mayKeep && existsSync(this.#fileOf(section));
  }

  /** Begins to keep a section; undefined where it cannot be told from another state of it, or nothing shall be kept. */
  begin(section: PlexSection): KeptSectionWriter | undefined {
    this.#giveUp();
    if (!this.#setup.mayKeep || section.uuid === undefined || section.contentChangedAt === undefined) return undefined;
    return (this.#writer = new KeptSectionWriter(this.#temporaryOf(nameOf(section))));
  }

  /** Keeps the section that was begun, if it was read whole and is still what it was when the reading began. */
  finish(section: PlexSection, now: PlexSection | undefined, tally: SectionTally): void {
    const [total] = tally.totals;
    const isSettled = tally.totals.size === 1 && tally.distinct === total && !tally.isBroken;
    const identity = this.#identityOf(section, total);
    if (this.#writer && isSettled && identity !== undefined && now && identity === this.#identityOf(now, total)) {
      this.#writer.finish({ identity, readAt: this.#setup.now, rows: tally.distinct, withFile: tally.withFile });
      this.#finished.set(nameOf(section), this.#writer);
      this.#writer = undefined;
    }
    this.#giveUp();
  }

  /** Keeps for the next run what was finished, and drops what was kept of sections that are no more. */
  publish(sections: readonly PlexSection[]): void {
    const { directory, mayKeep } = this.#setup;
    if (!mayKeep) return;
    const wanted = new Set(sections.map(nameOf));
    try {
      if (this.#finished.size > 0) makeDirectory(directory);
      for (const [name, writer] of this.#finished) writer.publish(join(directory, name));
      for (const name of readdirSync(directory)) if (!wanted.has(name)) rmSync(join(directory, name), { force: true });
      // What a run that was killed has left.
      for (const name of readdirSync(dirname(directory)))
        if (TEMPORARY.test(name)) rmSync(join(dirname(directory), name), { force: true });
    } catch {
      // That a section is not kept costs the next run some time, and nothing else.
    }
  }

  /** Gives up what was not published. */
  close(): void {
    this.#giveUp();
    for (const writer of this.#finished.values()) writer.abandon();
    this.#finished.clear();
  }

  #giveUp(): void {
    this.#writer?.abandon();
    this.#writer = undefined;
  }

  /** Beside the directory, which is made only for what is to stay. */
  #temporaryOf(name: string): string {
    return join(dirname(this.#setup.directory), `plex-section-${name}.tmp`);
  }

  /** Undefined where Plex says too little to tell one state of a section from another. */
  #identityOf(section: PlexSection, size: number | undefined): string | undefined {
    const { key, uuid, type, agent, contentChangedAt } = section;
    if (uuid === undefined || contentChangedAt === undefined || size === undefined) return undefined;
    const { servers, plexDate } = this.#setup;
    return JSON.stringify([version, INDEX_VERSION, servers, key, uuid, type, agent, contentChangedAt, size, plexDate]);
  }

  #fileOf(section: PlexSection): string {
    return join(this.#setup.directory, nameOf(section));
  }
}

const TEMPORARY = /^plex-section-.*\.tmp$/;

const nameOf = ({ key }: PlexSection): string => `${encodeURIComponent(key)}.bin`;
