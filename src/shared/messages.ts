/** The thread protocol, types only: what the coordinator asks of a worker, and what it gets back. */
import type { IdTable } from './id-table.js';
import type { PageDigest } from './index/page-digest.js';
import type { DateRule } from './metadata.js';
import type { FoldedMapping } from './path.js';
import type { GapKind } from './verdicts.js';

/** Why a page's body is not the answer that was asked for. */
export type PageProblem =
  | { readonly kind: 'not_json'; readonly detail: string }
  | { readonly kind: 'unexpected_shape'; readonly detail: string }
  | {
      readonly kind: 'graphql_error';
      readonly message: string;
      /** `extensions.code`, when the server gives one. */
      readonly code: string | undefined;
      /** The error names a single scene of the page. */
      readonly aboutOneScene: boolean;
    };

/** An answer that could be read, or why it could not. */
export type PageOutcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: PageProblem };

/** Digest one Plex page. */
export interface DigestTask {
  readonly kind: 'digest';
  readonly bytes: Uint8Array;
  readonly dateRule: DateRule;
}

/** A Plex page as the coordinator needs it. */
export interface DigestResult {
  /** Rows in the answer, also those that are not items (collections). */
  readonly rows: number;
  /** As the answer states it; undefined when it does not. */
  readonly totalSize: number | undefined;
  readonly digest: PageDigest;
}

/** Read a light Stash page (`id updated_at`): which scenes need their full row? */
export interface TriageTask {
  readonly kind: 'triage';
  readonly bytes: Uint8Array;
  readonly context: ScanContext;
}

/** What triage says of a light page. */
export interface TriageResult {
  readonly rows: number;
  /** Largest id of the page; 0 for an empty one. */
  readonly lastId: number;
  /** Scenes synced since they were last updated. */
  readonly inSync: readonly number[];
  /** Scenes whose full row is needed. */
  readonly needed: readonly number[];
}

/** Match and classify the scenes of a full Stash page. */
export interface ClassifyTask {
  readonly kind: 'classify';
  readonly bytes: Uint8Array;
  readonly context: ScanContext;
  /** Epoch seconds at which the page was asked for; becomes the jobs' `enqueued_at`. */
  readonly asOf: number;
  /** Claims that were lost at the merge: the match of these scenes is settled. */
  readonly settled: readonly SettledMatch[];
}

/** A scene whose match the merge took away. */
export interface SettledMatch {
  readonly sceneId: number;
  /** `lost`: another scene has stronger evidence. `tied`: another has equal evidence. */
  readonly outcome: 'lost' | 'tied';
  /** The part it had claimed. */
  readonly part: number;
}

/** What all tasks of one scan share. Large members live in shared memory. */
export interface ScanContext {
  /** Tells workers whether what they prepared for the last task still fits. */
  readonly id: string;
  readonly index: SharedArrayBuffer;
  /** Scene id -> epoch seconds of its last sync. */
  readonly syncTimestamps: IdTable;
  /** Scene id -> item * 2^21 + evidence, of earlier runs. */
  readonly knownMatches: IdTable;
  readonly mappings: readonly FoldedMapping[];
  readonly since: { readonly field: 'updated_at' | 'created_at'; readonly epochSeconds: number } | undefined;
  readonly gaps: readonly GapKind[];
  readonly allowUnsafeNames: boolean;
  /** Which scenes get a report line. */
  readonly lines: 'none' | 'gaps' | 'all';
}

/** One gap, ready to be staged. */
export interface ClassifiedGap {
  readonly sceneId: number;
  /** Epoch seconds; NaN when it could not be read. */
  readonly updatedAt: number;
  /** Decided before the queue is looked at; undefined when a job is to be queued. */
  readonly outcome: 'not_selected' | 'withheld' | 'unsafe_name' | undefined;
  /** The encoded job; undefined exactly when `outcome` is set. */
  readonly job: Uint8Array | undefined;
}

/** The gaps of a page; see gap-columns.ts. */
export interface GapColumns {
  readonly sceneIds: Uint32Array;
  /** Epoch seconds; NaN when it could not be read. */
  readonly updatedAt: Float64Array;
  readonly outcomes: Uint8Array;
  /** Where each gap's job ends in `jobs`. */
  readonly jobEnds: Uint32Array;
  readonly jobs: Uint8Array;
}

/** One report line without its action: `head + JSON of the action + tail`. */
export interface ClassifiedLine {
  readonly sceneId: number;
  readonly head: string;
  readonly tail: string;
}

/** What became of the scenes of a page; the columns run in parallel. */
export interface ClassifyResult {
  /** Rows in the answer, also those `since` leaves out. */
  readonly rows: number;
  readonly lastId: number;
  readonly ids: Uint32Array;
  /** Index into VERDICTS. */
  readonly verdicts: Uint8Array;
  /** The part of the match, or NONE. */
  readonly parts: Uint32Array;
  readonly evidence: Uint32Array;
  readonly gaps: GapColumns;
  readonly lines: readonly ClassifiedLine[];
  /** Scenes whose `updated_at` could not be read. */
  readonly unreadableTimes: readonly number[];
}

/** Everything a worker can be asked. */
export type WorkerTask = DigestTask | TriageTask | ClassifyTask;

/** The answer to each kind of task. */
export interface WorkerResults {
  readonly digest: PageOutcome<DigestResult>;
  readonly triage: PageOutcome<TriageResult>;
  readonly classify: PageOutcome<ClassifyResult>;
}

/** A task on its way to a thread: its context may be just a name the thread already knows. */
export type PostedTask =
  | DigestTask
  | (Omit<TriageTask, 'context'> & { readonly context: ScanContext | ContextName })
  | (Omit<ClassifyTask, 'context'> & { readonly context: ScanContext | ContextName });

/** The name of a context. */
export interface ContextName {
  readonly id: string;
}

/** What a thread answers; the page's memory comes back with it. */
export type PostedResult =
  | { readonly kind: 'done'; readonly page: ArrayBuffer; readonly outcome: WorkerResults[WorkerTask['kind']] }
  /** The thread does not know the task's context: the page is as it was. */
  | { readonly kind: 'context_missing'; readonly page: ArrayBuffer };
