/** The public vocabulary of `scan`: its options, its result, and the events it reports while it works. */
import type { GapAction, GapKind, Verdict } from '../shared/verdicts.js';

/** How to reach one server. */
export interface ServerOptions {
  /** Base URL; a reverse-proxy prefix in its path is kept. */
  readonly url: string;
  /** Stash: its API key. Plex: its token. Sent as a header only. */
  readonly secret?: string;
  /** Where the secret came from, for messages about one that is refused. Default: its environment variable. */
  readonly secretSource?: string;
  /** PEM file with a certificate authority to trust for this server. */
  readonly caFile?: string;
  /** Accept any certificate from this server. Default false. */
  readonly insecure?: boolean;
  /** Seconds to wait for an answer or for its next bytes. Default 60. */
  readonly timeoutSeconds?: number;
  /** How often a failed read is tried again. Default 4. */
  readonly retries?: number;
  /** Milliseconds before the first of these repetitions; each further one waits twice as long. Default 500. */
  readonly retryDelayMs?: number;
}

/** One rule that turns a path as Stash spells it into the path as Plex spells it. */
export interface PathMapping {
  /** Directory prefix in Stash. */
  readonly stash: string;
  /** The same directory in Plex. */
  readonly plex: string;
}

/** When a date or year on the Plex side counts as metadata. */
export type PlexDateRule = 'auto' | 'counts' | 'ignored';

/** Limits a scan to scenes created or updated since a moment. */
export interface SinceFilter {
  /** Epoch seconds. */
  readonly epochSeconds: number;
  readonly field: 'updated_at' | 'created_at';
}

/** A report file to write. */
export interface ReportFile {
  readonly path: string;
  readonly format: 'ndjson' | 'json';
}

/** Everything `scan` can be told. Only the two servers and `dataDir` are required. */
export interface ScanOptions {
  readonly stash: ServerOptions;
  readonly plex: ServerOptions;
  /** Stash2Plex's data directory: holds `sync_timestamps.json` and `queue/data.db`. Must exist. */
  readonly dataDir: string;
  /** gapscan's own state. Default: `gapscan/` inside `dataDir`. */
  readonly stateDir?: string;
  /** Plex libraries by title (case-insensitive) or key. Default: every movie and show library. */
  readonly libraries?: readonly string[];
  readonly pathMappings?: readonly PathMapping[];
  /** Default `auto`. */
  readonly plexDate?: PlexDateRule;
  /** Which kinds of gap to enqueue. Default: all three. */
  readonly gaps?: readonly GapKind[];
  readonly since?: SinceFilter;
  /** Check only these scene ids. */
  readonly ids?: readonly number[];
  /** Worker threads; 0 works inline on the calling thread. Default: chosen from cores and library size. */
  readonly threads?: number;
  /** Write nothing: no queue row, no state. Default false. */
  readonly dryRun?: boolean;
  /** Enqueue gaps whose earlier job was given up. Default false. */
  readonly retryFailed?: boolean;
  /** Enqueue jobs whose file name belongs to another item. Default false. */
  readonly allowUnsafeNames?: boolean;
  /** Seconds during which a finished job is not repeated for an unchanged scene. Default 7 days. */
  readonly retryAfterSeconds?: number;
  /** Ask Stash to run the plugin's "Process Queue" task after the commit. Default false. */
  readonly processQueue?: boolean;
  /** Pass the guards against implausible answers. Default false. */
  readonly force?: boolean;
  readonly reports?: readonly ReportFile[];
  /** Which scenes the reports list. Default `gaps`. */
  readonly include?: 'gaps' | 'all';
  /** Called for everything worth telling while the scan works. Must not throw. */
  readonly onEvent?: (event: ScanEvent) => void;
  /** Aborts the scan; it then rejects with `InterruptedError` and the queue is untouched. */
  readonly signal?: AbortSignal;
}

/** The named stretches of a scan, in the order they begin. */
export type PhaseName = 'plex' | 'index' | 'stash' | 'merge' | 'queue' | 'report';

/** Something the person should know, though the run goes on. */
export interface ScanWarning {
  /** Stable name, e.g. `scenes_unreadable`. */
  readonly code: string;
  readonly message: string;
  /** The scenes concerned, when it is about scenes (at most 100 are listed). */
  readonly sceneIds?: readonly number[];
}

/** What a scan tells while it works. */
export type ScanEvent =
  | { readonly type: 'phase'; readonly phase: PhaseName }
  | {
      readonly type: 'progress';
      readonly phase: 'plex' | 'stash';
      /** Rows read so far. */
      readonly done: number;
      /** Rows expected; undefined while unknown. */
      readonly total: number | undefined;
    }
  | {
      readonly type: 'retry';
      readonly server: 'stash' | 'plex';
      /** What failed, without secrets. */
      readonly reason: string;
      /** 1 for the first repetition. */
      readonly attempt: number;
      readonly delayMs: number;
    }
  /** A server has been asked and has not answered yet; told every half minute. */
  | { readonly type: 'waiting'; readonly server: 'stash' | 'plex'; readonly seconds: number }
  | { readonly type: 'warning'; readonly warning: ScanWarning };

/** One Plex library that was read. */
export interface SectionSummary {
  readonly key: string;
  readonly title: string;
  readonly items: number;
}

/** The summary object, as `--json` prints it. */
export interface ScanSummary {
  readonly schema: 'gapscan.summary/1';
  readonly dryRun: boolean;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly elapsedSeconds: number;
  readonly plex: { readonly sections: readonly SectionSummary[]; readonly items: number; readonly files: number };
  readonly scenes: { readonly checked: number };
  /** Adds up to `scenes.checked`. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Adds up to the gaps. */
  readonly queue: Readonly<Record<GapAction, number>>;
  readonly phases: readonly { readonly name: PhaseName; readonly seconds: number }[];
  readonly warnings: readonly ScanWarning[];
}

/** The item a scene matched, as reports show it. */
export interface ReportItem {
  readonly ratingKey: string;
  readonly title: string;
  /** Title of its library. */
  readonly section: string;
  /** The part's file as Plex spells it. */
  readonly path: string;
}

/** One scene in a report. */
export interface ReportLine {
  readonly sceneId: number;
  readonly verdict: Verdict;
  /** One sentence. */
  readonly reason: string;
  /** Null where there is no gap. */
  readonly action: GapAction | null;
  readonly title: string;
  /** The scene's primary file; null when it has none or could not be read. */
  readonly path: string | null;
  /** As Stash gave it; null when it could not be read. */
  readonly updatedAt: string | null;
  /** The match; null without one. */
  readonly item: ReportItem | null;
  /** What speaks for the match; null without one. */
  readonly evidence: string | null;
  /** Ambiguous: the items it could be. `unsafe_name`: the items its job could have hit instead. */
  readonly candidates: readonly ReportItem[];
}
