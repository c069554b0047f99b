/** The thread protocol, types only: what the coordinator asks of a worker, and what it gets back. */
import type { FoldedMapping } from './path.js';
import type { ReportLinks } from './report-line.js';
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
export type PageAnswer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: PageProblem };

/** A page in the memory all threads share, and the room beside it for what is made of it. */
export interface PagePlace {
  readonly at: number;
  readonly length: number;
  readonly roomAt: number;
  readonly roomBytes: number;
}

/** Digest one Plex page. */
export interface DigestTask {
  readonly kind: 'digest';
  readonly page: PagePlace;
  /** Address of the filter of the items that are wanted; 0 for all of them. */
  readonly filterAt: number;
}

/** A Plex page as the coordinator needs it; places are addresses, the records those of engine/layout.ts. */
export interface DigestResult {
  /** Rows in the answer, also those that are not items (collections). */
  readonly rows: number;
  /** As the answer states it; undefined when it does not. */
  readonly totalSize: number | undefined;
  /** UTF-8 of all names and titles. */
  readonly heapAt: number;
  readonly heapBytes: number;
  readonly itemsAt: number;
  readonly items: number;
  readonly parts: number;
  /** The last directory stands first. */
  readonly dirsAt: number;
  readonly dirs: number;
}

/** Read a light Stash page (`id updated_at`, perhaps `title`): which scenes need their full row? */
export interface TriageTask {
  readonly kind: 'triage';
  readonly page: PagePlace;
  readonly basis: ScanBasis;
}

/** Read a full Stash page that is to be judged later, and add its file names to the filter of the items that are wanted. */
export interface NamesTask {
  readonly kind: 'names';
  readonly page: PagePlace;
  /** 0 for no filter. */
  readonly filterAt: number;
}

/** That a page could be read. */
export interface NamesResult {
  readonly rows: number;
  /** Largest id of the page; 0 for an empty one. */
  readonly lastId: number;
}

/** What triage says of a light page; both lists are addresses of ids. */
export interface TriageResult {
  readonly rows: number;
  /** Largest id of the page; 0 for an empty one. */
  readonly lastId: number;
  /** Scenes synced since they were last updated. */
  readonly inSyncAt: number;
  readonly inSync: number;
  /** Epoch seconds of the last update of any of them; -Infinity where none can be read. */
  readonly newestUpdate: number;
  /** Scenes whose full row is needed. */
  readonly neededAt: number;
  readonly needed: number;
  /** Of the scenes in sync; undefined where they are to have none. */
  readonly lines: PageLines | undefined;
  /** Address of one record per scene in sync, in the order of their ids; only where there are lines. See {@link JudgeResult}. */
  readonly judgedAt: number;
}

/** Match and judge the scenes of a Stash page. */
export interface JudgeTask {
  readonly kind: 'judge';
  readonly page: PagePlace;
  readonly rows: JudgedRows;
  readonly context: ScanContext;
  /** Epoch seconds at which the page was asked for; becomes the jobs' `enqueued_at`. */
  readonly asOf: number;
  /** Verdicts whose scenes get a line whatever {@link ScanBasis.lines} says: a bit for each, by its index in VERDICTS. */
  readonly keptVerdicts: number;
  /** Claims that did not stand at the merge: the match of these scenes is settled. */
  readonly settled: readonly SettledMatch[];
}

/** What the rows of a page to be judged are; see RowKind in main/stash/queries.ts. */
export type JudgedRows =
  | { readonly kind: 'full' }
  /** Scenes whose verdict rests on more than they say are left open. */
  | { readonly kind: 'match' }
  /** Of scenes that were left open; `match` has their match rows, as {@link OpenScene.row} gave them. */
  | { readonly kind: 'metadata'; readonly match: readonly string[] };

/** A scene of which more has to be asked before it can be judged. */
export interface OpenScene {
  readonly sceneId: number;
  /** Its match row in JSON, to be completed by a metadata row; undefined where it changed meanwhile, and is to be read in full. */
  readonly row: string | undefined;
}

/** A scene whose match the merge took away. */
export interface SettledMatch {
  readonly sceneId: number;
  /**
   * `lost`: another scene has stronger evidence. `shared`: another has strong evidence too. `tied`: another has equal weak
   * evidence. `held`: a scene that was not judged in this run has matched the item before, by strong evidence.
   */
  readonly why: 'lost' | 'shared' | 'tied' | 'held';
  /** The part it had claimed. */
  readonly part: number;
  /** `held`: by which scene; else 0. */
  readonly holder: number;
}

/** What is known of a scan before Plex has been read; plain data, that costs little to post. */
export interface ScanBasis {
  /** Tells workers whether what they prepared for the last task still fits. */
  readonly id: string;
  /** Address of what the engine has to know of the scan; see ContextWord in engine/layout.ts. */
  readonly engineContextAt: number;
  /** Epoch seconds at which the scan began; a later time, from another machine's clock, counts as now. */
  readonly now: number;
  readonly mappings: readonly FoldedMapping[];
  readonly since: { readonly field: 'updated_at' | 'created_at'; readonly epochSeconds: number } | undefined;
  readonly gaps: readonly GapKind[];
  readonly allowUnsafeNames: boolean;
  /** When a date or year in Plex counts as metadata; `auto`: always, but where Plex made it up only if it is the scene's. */
  readonly plexDate: 'auto' | 'counts' | 'ignored';
  /** Directories of Plex libraries: a scene below one that is not selected can be in no library that is. */
  readonly locations: readonly LibraryLocation[];
  readonly ignore: IgnoreRules;
  /** What is looked at of scenes in sync; undefined where they are passed over. */
  readonly audit: AuditRule | undefined;
  /** Which scenes get a line for the reports. */
  readonly lines: 'none' | 'gaps' | 'all';
  /** What links in report lines begin with. */
  readonly links: ReportLinks;
}

/** What the item of a scene in sync must have. */
export interface AuditRule {
  /** A picture too: jobs carry some. */
  readonly wantsThumb: boolean;
}

/** Scenes to be left alone. */
export interface IgnoreRules {
  /** Folded components of directories, outermost first. */
  readonly paths: readonly (readonly string[])[];
  /** Folded names. */
  readonly tags: readonly string[];
  readonly studios: readonly string[];
}

/** A directory of a Plex library. */
export interface LibraryLocation {
  /** Folded components, outermost first. */
  readonly directory: readonly string[];
  /** Title of the library. */
  readonly section: string;
  readonly isSelected: boolean;
}

/** What all judging tasks of one scan share. */
export interface ScanContext extends ScanBasis {
  /** The Plex index; perhaps only of items the scenes could be. */
  readonly index: Uint8Array<SharedArrayBuffer>;
}

/** One gap, ready to be staged. */
export interface StagedGap {
  readonly sceneId: number;
  /** Epoch seconds; NaN when it could not be read. */
  readonly updatedAt: number;
  /** Why there is no job, decided before the queue is looked at; undefined when one is to be queued. */
  readonly refusal: 'not_selected' | 'withheld' | 'unsafe_name' | undefined;
  /** The encoded job, as long as its page is in memory; undefined exactly when `refusal` is set. */
  readonly job: Uint8Array | undefined;
}

/** The heads of the report lines of a page, one behind the other; see LineHead in report-line.ts. */
export interface PageLines {
  readonly at: number;
  readonly bytes: number;
}

/** What became of the scenes of a page. */
export interface JudgeResult {
  /** Rows in the answer, also those `since` leaves out. */
  readonly rows: number;
  readonly lastId: number;
  /** Address of one record per row; see JudgedWord in engine/layout.ts. */
  readonly judgedAt: number;
  readonly lines: PageLines | undefined;
  /** Its scenes that are still to be judged; they have no verdict. */
  readonly open: readonly OpenScene[];
  /** Where the paths of its strong matches go apart: records of PartingWord. */
  readonly partings: { readonly at: number; readonly count: number };
}

/** Everything a worker can be asked. */
export type WorkerTask = DigestTask | TriageTask | NamesTask | JudgeTask;

/** The answer to each kind of task. */
export interface WorkerResults {
  readonly digest: DigestResult;
  readonly triage: TriageResult;
  readonly names: NamesResult;
  readonly judge: JudgeResult;
}

/** What any task can answer. */
export type AnyAnswer = PageAnswer<WorkerResults[WorkerTask['kind']]>;

/** What every thread starts with. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/** A task on its way to a thread: its context may be just a name the thread already knows. */
export type PostedTask =
  Exclude<WorkerTask, JudgeTask> | (Omit<JudgeTask, 'context'> & { readonly context: ScanContext | ContextName });

/** The name of a context. */
export interface ContextName {
  readonly id: string;
}

/** What a thread answers. */
export type PostedResult =
  | {
      readonly kind: 'done';
      /** The room that was used: the page's own, or a larger one. */
      readonly roomAt: number;
      readonly roomBytes: number;
      readonly answer: AnyAnswer;
    }
  /** The thread does not know the task's context. */
  | { readonly kind: 'context_missing' }
  /** The shared memory is full: an error of its own class would not arrive as one. */
  | { readonly kind: 'out_of_memory' };
