/** The public vocabulary of `scan`: its options, its result, and the events it reports while it works. */
import type { GapAction, GapKind, MissingReason, Verdict } from '../shared/verdicts.js';
import type { ReportFormat } from './report/formats.js';

export type { MissingScene, ReportItem, ReportLine } from '../shared/report-line.js';

/** How to reach one server. */
export interface ServerOptions {
  /** Base URL; a reverse-proxy prefix in its path is kept. */
  readonly url: string;
  /** Stash: its API key. Plex: its token. Sent as a header only. */
  readonly secret?: string | undefined;
  /** Stash only: a session of a user, `name=value`, in place of a key; what Stash gives to the tasks it starts. */
  readonly cookie?: string | undefined;
  /** Where the secret came from, for messages about one that is refused. Default: its environment variable. */
  readonly secretSource?: string | undefined;
  /** PEM file with a certificate authority to trust for this server. */
  readonly caFile?: string | undefined;
  /** Accept any certificate from this server. Default false. */
  readonly insecure?: boolean | undefined;
  /** Seconds to wait for an answer or for its next bytes. Default 60. */
  readonly timeoutSeconds?: number | undefined;
  /** How often a failed read is tried again. Default 4. */
  readonly retries?: number | undefined;
  /** Milliseconds before the first of these repetitions; each further one waits twice as long. Default 500. */
  readonly retryDelayMs?: number | undefined;
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

/** Which pictures a job carries: the poster, also the background (in Stash a preview clip), or none. */
export type PictureRule = 'poster' | 'all' | 'none';

/** Scenes to be left alone: by directory as Stash spells it, whole tag name, whole studio name, letter case aside. */
export interface IgnoreOptions {
  readonly paths?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly studios?: readonly string[] | undefined;
}

/** Limits a scan to scenes created or updated since a moment. */
export interface SinceFilter {
  /** Epoch seconds. */
  readonly epochSeconds: number;
  readonly field: 'updated_at' | 'created_at';
}

/** A report file to write. */
export interface ReportFile {
  /** `-` is standard output. */
  readonly path: string;
  readonly format: ReportFormat;
}

/** Everything `scan` can be told. Only the two servers and `dataDir` are required. */
export interface ScanOptions {
  readonly stash: ServerOptions;
  readonly plex: ServerOptions;
  /** Stash2Plex's data directory: holds `sync_timestamps.json` and `queue/data.db`. Must exist. */
  readonly dataDir: string;
  /** gapscan's own state. Default: `gapscan/` inside `dataDir`. */
  readonly stateDir?: string | undefined;
  /** Plex libraries by title (case-insensitive) or key. Default: every movie and show library. */
  readonly libraries?: readonly string[] | undefined;
  readonly pathMappings?: readonly PathMapping[] | undefined;
  /** Default `auto`. */
  readonly plexDate?: PlexDateRule | undefined;
  /** Scenes that are counted as `ignored`, and nothing else. Default: none. */
  readonly ignore?: IgnoreOptions | undefined;
  /**
   * Also look at scenes in sync: those whose item is gone, empty or partly written are `lost`. Reads the full rows of all
   * scenes. Default false.
   */
  readonly audit?: boolean | undefined;
  /** Which kinds of gap to enqueue; `lost` needs `audit`. Default: all but `lost`. */
  readonly gaps?: readonly GapKind[] | undefined;
  /** Write at most this many new jobs, the rest is `not_selected`; the next run takes the next. Default: no limit. */
  readonly limit?: number | undefined;
  /** Which pictures jobs carry. Default `poster`. */
  readonly pictures?: PictureRule | undefined;
  /**
   * URL by which the plugin's worker reaches Stash, for the URLs of pictures in jobs. Default: the one by which Stash
   * itself names its pictures.
   */
  readonly stashUrlForWorker?: string | undefined;
  readonly since?: SinceFilter | undefined;
  /** Check only these scene ids. */
  readonly ids?: readonly number[] | undefined;
  /** Worker threads; 0 works inline on the calling thread. Default: chosen from cores and library size. */
  readonly threads?: number | undefined;
  /** Write nothing: no queue row, no state. Default false. */
  readonly dryRun?: boolean | undefined;
  /** Enqueue gaps whose earlier job was given up. Default false. */
  readonly retryFailed?: boolean | undefined;
  /** Enqueue jobs whose file name belongs to another item. Default false. */
  readonly allowUnsafeNames?: boolean | undefined;
  /** Seconds during which a finished job is not repeated for an unchanged scene. Default 7 days. */
  readonly retryAfterSeconds?: number | undefined;
  /** Ask Stash to run the plugin's "Process Queue" task after the commit. Default false. */
  readonly processQueue?: boolean | undefined;
  /** Ask Plex to scan the directories of scenes it has not scanned yet, at most 50. Default false. */
  readonly refreshPlex?: boolean | undefined;
  /** Seconds to wait for a server that cannot be reached at the start. Default 0. */
  readonly waitSeconds?: number | undefined;
  /** Read every Plex library, also those that have not changed since they were read. Default false. */
  readonly fresh?: boolean | undefined;
  /** For how many seconds a Plex library that does not change is not read again; 0: it always is. Default 7 days. */
  readonly plexMaxAgeSeconds?: number | undefined;
  /** Ask each server for one page at a time. Default false. */
  readonly gentle?: boolean | undefined;
  /** Pass the guards against implausible answers. Default false. */
  readonly force?: boolean | undefined;
  readonly reports?: readonly ReportFile[] | undefined;
  /** Files no report may replace, beside those of the data directory and the state: a config file, secrets. */
  readonly protectedFiles?: readonly string[] | undefined;
  /** Which scenes the reports list. Default `gaps`. */
  readonly include?: 'gaps' | 'all' | undefined;
  /** Begin CSV reports with a byte order mark, by which Excel knows UTF-8. Default false. */
  readonly csvBom?: boolean | undefined;
  /** Called for everything worth telling while the scan works. Must not throw. */
  readonly onEvent?: ((event: ScanEvent) => void) | undefined;
  /** Aborts the scan; it then rejects with `InterruptedError` and the queue is untouched. */
  readonly signal?: AbortSignal | undefined;
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
  /** Only some scenes are judged, and all of Plex is read for it. */
  | { readonly type: 'reading'; readonly sections: number; readonly items: number; readonly scenes: number }
  /** A server has been asked and has not answered yet; told every half minute. */
  | { readonly type: 'waiting'; readonly server: 'stash' | 'plex'; readonly seconds: number }
  | { readonly type: 'warning'; readonly warning: ScanWarning };

/** One Plex library that was read. */
export interface SectionSummary {
  readonly key: string;
  readonly title: string;
  readonly items: number;
  /** It had not changed, and was used as an earlier run had read it. */
  readonly kept: boolean;
}

/** The summary object, as `--json` prints it. */
export interface ScanSummary {
  readonly schema: 'gapscan.summary/1';
  /** Of gapscan. */
  readonly version: string;
  readonly dryRun: boolean;
  /** Whether scenes in sync were looked at; without it nothing is found to be `lost`. */
  readonly audit: boolean;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly elapsedSeconds: number;
  readonly scope: ScanScope;
  readonly plex: { readonly sections: readonly SectionSummary[]; readonly items: number; readonly files: number };
  readonly scenes: { readonly checked: number };
  /** Adds up to `scenes.checked`. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Adds up to the gaps. */
  readonly queue: Readonly<Record<GapAction, number>>;
  /** The gaps beside those of the last run of these servers and libraries; null where there was none. */
  readonly sinceLastRun: ChangesSinceLastRun | null;
  /** How Stash's directories map to Plex's, as the strong matches of this run show it; most scenes first. */
  readonly roots: readonly RootSummary[];
  /** Why scenes are missing, the biggest reason first. Adds up to `verdicts.missing`. */
  readonly missing: readonly MissingSummary[];
  /** Worker threads; 0 for none. */
  readonly threads: number;
  /** Requests sent to each server, repetitions included. */
  readonly requests: PerServer;
  /** How many of them repeated one that had failed. */
  readonly retries: PerServer;
  /** What each server was asked for, and how long it let us wait. */
  readonly asked: { readonly stash: AskedOfServer; readonly plex: AskedOfServer };
  readonly phases: readonly { readonly name: PhaseName; readonly seconds: number }[];
  readonly warnings: readonly ScanWarning[];
  /** What Plex was asked to scan; only when it was to be asked, and empty in a dry run. */
  readonly refreshPlex?: readonly RefreshedDirectory[];
  /** The job that was started in Stash to work on the queue. */
  readonly processQueue?: { readonly jobId: string };
  /** Only when the jobs were queued, but something that was to follow could not be done. */
  readonly error?: SummaryError;
}

/** How the gaps have changed; a partial run counts only scenes it looked at. */
export interface ChangesSinceLastRun {
  /** When that run began, ISO 8601; null where it was one of an earlier version. */
  readonly startedAt: string | null;
  /** Gaps it did not have. */
  readonly new: number;
  /** Gaps of that run that are none any more. */
  readonly fixed: number;
  readonly persistent: number;
}

/** What lies below a directory of Stash lies at the same place below one of Plex. */
export interface RootSummary {
  /** The directories, each as its side spells it. */
  readonly stash: string;
  readonly plex: string;
  /** Strong matches that show it, and strong matches below the Stash directory that lie elsewhere in Plex. */
  readonly scenes: number;
  readonly contradictions: number;
  /** It is one of `pathMappings`. */
  readonly configured: boolean;
  /** One file as both sides spell it. */
  readonly example: { readonly stash: string; readonly plex: string };
}

/** The scenes that are missing for one reason. */
export interface MissingSummary {
  readonly reason: MissingReason;
  readonly scenes: number;
  /** The biggest first; at most 50, where there are more the smallest are counted in the directory around them. */
  readonly groups: readonly MissingGroup[];
}

/** Scenes of one directory that are missing for one reason. */
export interface MissingGroup {
  /** As Stash spells it. */
  readonly directory: string;
  readonly scenes: number;
  /** What to do about them, one sentence. */
  readonly nextStep: string;
}

/** A directory Plex was asked to scan. */
export interface RefreshedDirectory {
  /** Title of its library. */
  readonly section: string;
  /** As Plex spells it. */
  readonly path: string;
  /** Missing scenes in or below it. */
  readonly scenes: number;
}

/** What a scan was limited to. */
export interface ScanScope {
  /** As they were named; null for all. */
  readonly libraries: readonly string[] | null;
  /** ISO 8601; null without a limit. */
  readonly since: string | null;
  /** How many scenes were named; null for all. */
  readonly ids: number | null;
}

/** What one server was asked for. */
export interface AskedOfServer {
  /** Repetitions included. */
  readonly requests: number;
  /** Scenes, or items, that came in pages; a scene of which more was asked for counts again. */
  readonly rows: number;
  /** Of all answers, decompressed. */
  readonly bytes: number;
  /** For how long at least one answer was waited for. */
  readonly waitSeconds: number;
}

/** A number for each server. */
export interface PerServer {
  readonly stash: number;
  readonly plex: number;
}

/** What went wrong after the jobs were queued. */
export interface SummaryError {
  /** `report_unwritable`, `state_unwritable`, `refresh_plex_failed` or `process_queue_failed`. */
  readonly code: string;
  readonly message: string;
  /** What to do about it; null when there is nothing to add. */
  readonly hint: string | null;
}
