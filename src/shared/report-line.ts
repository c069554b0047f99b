/** What a report says of one scene. */
import type { GapAction, MissingReason, ReasonCode, Verdict } from './verdicts.js';

/** The item a scene matched, as reports show it. */
export interface ReportItem {
  readonly ratingKey: string;
  readonly title: string;
  /** Title of its library. */
  readonly section: string;
  /** The part's file as Plex spells it; empty where Plex has lost the item's files. */
  readonly path: string;
  /** Its page in Plex; null where Plex does not say which server it is. */
  readonly url: string | null;
}

/** What links begin with; the scene's id, or the item's rating key, follows. */
export interface ReportLinks {
  readonly scene: string;
  /** Null where Plex does not say which server it is. */
  readonly item: string | null;
}

/** Why a scene is missing. */
export interface MissingScene {
  readonly reason: MissingReason;
  /** The directory of its primary file, as Stash spells it. */
  readonly directory: string;
  /** `renamed`: the file it may be in Plex; never a match. Null otherwise. */
  readonly suggestion: { readonly ratingKey: string; readonly path: string } | null;
}

/** One scene in a report. */
export interface ReportLine extends LineHead, LineEnd {}

/** What of a line is known once the scene is judged. */
export interface LineHead {
  readonly sceneId: number;
  readonly verdict: Verdict;
  readonly code: ReasonCode;
  /** One sentence. */
  readonly reason: string;
  readonly title: string;
  /** Its page in Stash. */
  readonly url: string;
  /** The scene's primary file; null when it has none or could not be read, and for a scene in sync whose file was not asked for. */
  readonly path: string | null;
  /** As Stash gave it; null when it could not be read. */
  readonly updatedAt: string | null;
  /** The name of the studio and the date, as Stash has them; null where it has none, and for a scene in sync where nobody asked. */
  readonly studio: string | null;
  readonly date: string | null;
  /** The match; null without one. */
  readonly item: ReportItem | null;
  /** What speaks for the match; null without one. */
  readonly evidence: string | null;
  /** Ambiguous: the items it could be, the strongest first. `unsafe_name`: the items its job could have hit instead. */
  readonly candidates: readonly ReportItem[];
}

/** What of a line is only known at the end of the run; it stands behind the rest. */
export interface LineEnd {
  /** Null where there is no gap. */
  readonly action: GapAction | null;
  /** What a person does about it; null where nothing is to be done. */
  readonly nextStep: string | null;
  /** Why it is missing; null for every other verdict. */
  readonly missing: MissingScene | null;
}
