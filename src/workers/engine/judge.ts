/** The verdict on every scene of a page, in the order of the table in the README: the first condition that holds decides. */
import {
  CONTEXT_ALLOW_UNSAFE,
  CONTEXT_GAPS,
  CONTEXT_ITEM_DATE,
  CONTEXT_ITEM_FLAGS,
  CONTEXT_LINES,
  CONTEXT_SINCE,
  CONTEXT_SINCE_DOUBLE,
  CONTEXT_SYNC_COUNT,
  CONTEXT_SYNC_IDS,
  CONTEXT_SYNC_VALUES,
  DATE_IF_OWN,
  EMPTY,
  GAP_JOB,
  GAP_NONE,
  GAP_NOT_SELECTED,
  GAP_UNSAFE_NAME,
  GAP_WITHHELD,
  HAS_METADATA,
  IN_SYNC,
  LEFT_OUT,
  MATCHED,
  MISSING,
  NOTHING,
  NOTHING_TO_SYNC,
  NO_FILE,
  OPEN,
  OUTCOME_EVIDENCE,
  OUTCOME_ID,
  OUTCOME_ITEM,
  OUTCOME_JOB_AT,
  OUTCOME_JOB_BYTES,
  OUTCOME_PART,
  OUTCOME_UPDATED_DOUBLE,
  OUTCOME_VERDICT,
  OUTCOME_WORDS,
  RESULT_OPEN,
  RESULT_OUTCOMES_AT,
  SCENE_CREATED_DOUBLE,
  SCENE_DATE,
  SCENE_DETAILS,
  SCENE_FILES,
  SCENE_ID,
  SCENE_NEXT,
  SCENE_PERFORMERS,
  SCENE_STUDIO,
  SCENE_TAGS,
  SCENE_UPDATED_DOUBLE,
  STALE,
  UNREADABLE,
} from '../../shared/engine/layout';
import { columnWord, contextDouble, contextWord } from './context';
import { lookUpId } from './id-table';
import { isRooted, itemOf, partNameAt, partNameEnd } from './index-reader';
import { takeJobRoom, trimJobRoom, writeJob } from './job';
import {
  MATCH,
  NO_MATCH,
  UNDECIDED,
  fileNameAt,
  findMatch,
  isNameShared,
  matchedEvidence,
  matchedFile,
  matchedPart,
  pathAt,
  pathEnd,
} from './match';
import { setResult } from './result';
import { takeRecord } from './room';
import { isBlank, isUtf8, sameBytes } from './text';
import { touchIndex } from './touch';

let asOf: f64 = 0;
let match: i32 = 0;
let jobAt: usize = 0;
let jobBytes: u32 = 0;

/** Judges the scenes whose records begin at `first`, and writes the jobs of those that are to be queued. */
export function judgeScenes(first: usize, count: u32, askedAt: f64): void {
  asOf = askedAt;
  touchIndex(first, count);
  const outcomes = takeRecord((count as usize) * (OUTCOME_WORDS << 2));
  let scene = first;
  let open: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (writeOutcome(scene, outcomes + (i as usize) * (OUTCOME_WORDS << 2)) == OPEN) open++;
    scene = load<u32>(scene + (SCENE_NEXT << 2));
  }
  setResult(RESULT_OUTCOMES_AT, outcomes as u32);
  setResult(RESULT_OPEN, open);
}

function writeOutcome(scene: usize, outcome: usize): i32 {
  match = NO_MATCH;
  jobAt = 0;
  jobBytes = 0;
  let verdict = judge(scene);
  if (verdict < LEFT_OUT && isLineWanted(verdict)) verdict = OPEN;
  let gap = verdict == EMPTY || verdict == STALE || verdict == MISSING ? prepareGap(scene, verdict) : GAP_NONE;
  if (gap == OPEN) {
    verdict = OPEN;
    gap = GAP_NONE;
  }
  const isMatched = match == MATCH;
  store<u32>(outcome + (OUTCOME_ID << 2), load<u32>(scene + (SCENE_ID << 2)));
  store<u32>(outcome + (OUTCOME_VERDICT << 2), verdict | (gap << 8));
  store<u32>(outcome + (OUTCOME_PART << 2), isMatched ? matchedPart() : NOTHING);
  store<u32>(outcome + (OUTCOME_ITEM << 2), isMatched ? itemOf(matchedPart()) : NOTHING);
  store<u32>(outcome + (OUTCOME_EVIDENCE << 2), isMatched ? matchedEvidence() : 0);
  store<u32>(outcome + (OUTCOME_JOB_AT << 2), jobAt as u32);
  store<u32>(outcome + (OUTCOME_JOB_BYTES << 2), jobBytes);
  store<f64>(outcome + (OUTCOME_UPDATED_DOUBLE << 3), updatedAt(scene));
  return verdict;
}

function isLineWanted(verdict: i32): bool {
  return ((contextWord(CONTEXT_LINES) >> verdict) & 1) == 1;
}

function updatedAt(scene: usize): f64 {
  return load<f64>(scene + (SCENE_UPDATED_DOUBLE << 3));
}

function judge(scene: usize): i32 {
  if (isBeforeSince(scene)) return LEFT_OUT;
  const syncedAt = syncTimestamp(load<u32>(scene + (SCENE_ID << 2)));
  const isSynced = !isNaN(syncedAt);
  if (isSynced && updatedAt(scene) <= syncedAt) return IN_SYNC;
  if (load<u32>(scene + (SCENE_FILES << 2), 4) == 0) return NO_FILE;
  // Whether it is stale cannot be told, and guessing either way would be wrong for somebody.
  if (isSynced && isNaN(updatedAt(scene))) return UNREADABLE;
  match = findMatch(scene);
  if (match == UNDECIDED) return OPEN;
  if (isSynced) return STALE;
  if (match == NO_MATCH) return MISSING;
  if (itemHasMetadata(scene)) return MATCHED;
  return hasMeaningfulMetadata(scene) ? EMPTY : NOTHING_TO_SYNC;
}

/** Epoch seconds of a scene's last sync, or NaN. */
export function syncTimestamp(id: u32): f64 {
  const count = contextWord(CONTEXT_SYNC_COUNT);
  return lookUpId(contextWord(CONTEXT_SYNC_IDS), contextWord(CONTEXT_SYNC_VALUES), count, id);
}

/** Whether a scene is older than the limit; a time that cannot be read is no reason to leave a scene out. */
export function isBeforeSince(scene: usize): bool {
  const field = contextWord(CONTEXT_SINCE);
  if (field == 0) return false;
  const double: usize = field == 2 ? SCENE_CREATED_DOUBLE : SCENE_UPDATED_DOUBLE;
  return load<f64>(scene + (double << 3)) < contextDouble(CONTEXT_SINCE_DOUBLE);
}

function itemHasMetadata(scene: usize): bool {
  const item = itemOf(matchedPart());
  const flags: u32 = load<u8>((contextWord(CONTEXT_ITEM_FLAGS) as usize) + item);
  if ((flags & HAS_METADATA) != 0) return true;
  return (flags & DATE_IF_OWN) != 0 && isOwnDate(columnWord(CONTEXT_ITEM_DATE, item), scene);
}

/** Whether a date in Plex is the scene's own, compared at the coarser of the two precisions. */
function isOwnDate(packed: u32, scene: usize): bool {
  if (packed == 0) return false;
  const known: u32 = packed % 10000 == 0 ? 4 : 8;
  let at: usize = load<u32>(scene + (SCENE_DATE << 2));
  const end = at + load<u32>(scene + (SCENE_DATE << 2), 4);
  let digits: u32 = 0;
  let divisor: u32 = 10000000;
  while (at < end && load<u8>(at) == 0x20) at++;
  for (; at < end && digits < known; at++) {
    const byte: u32 = load<u8>(at);
    if (byte == 0x2d) continue;
    if (byte == 0x20) break;
    if (byte != 0x30 + ((packed / divisor) % 10)) return false;
    divisor /= 10;
    digits++;
  }
  return digits >= 4;
}

function isText(scene: usize, word: usize): bool {
  return !isBlank(load<u32>(scene + (word << 2)), load<u32>(scene + (word << 2), 4));
}

/** The quality gate: at least one of studio, performers, tags, details, date. */
function hasMeaningfulMetadata(scene: usize): bool {
  const hasNames = load<u32>(scene + (SCENE_PERFORMERS << 2), 4) + load<u32>(scene + (SCENE_TAGS << 2), 4) > 0;
  return hasNames || isText(scene, SCENE_STUDIO) || isText(scene, SCENE_DETAILS) || isText(scene, SCENE_DATE);
}

/** What can be decided of a gap without the queue; OPEN where the job's name needs a closer look. */
function prepareGap(scene: usize, verdict: i32): i32 {
  if (((contextWord(CONTEXT_GAPS) >> verdict) & 1) == 0) return GAP_NOT_SELECTED;
  if (!hasMeaningfulMetadata(scene)) return GAP_WITHHELD;
  if (match == NO_MATCH) {
    // No item has the name of any file of the scene, so the job can hit none.
    const file: usize = load<u32>(scene + (SCENE_FILES << 2));
    return queueJob(scene, pathAt(file), (pathEnd(file) - pathAt(file)) as u32, 0, 0);
  }
  return prepareMatchedGap(scene);
}

/** The job's path is the file's, its name spelled as Plex does: the worker compares names exactly. */
function prepareMatchedGap(scene: usize): i32 {
  const at = pathAt(matchedFile());
  const end = pathEnd(matchedFile());
  const part = matchedPart();
  if (!isRooted(part) && load<u8>(at) == 0x2f) return OPEN;
  if (isNameShared(part) && contextWord(CONTEXT_ALLOW_UNSAFE) == 0) return GAP_UNSAFE_NAME;
  const name = fileNameAt(matchedFile());
  const plexName = partNameAt(part);
  const plexLength = (partNameEnd(part) - plexName) as u32;
  const isSpelledSo = plexLength == ((end - name) as u32) && sameBytes(plexName, name, plexLength);
  if (isSpelledSo) return queueJob(scene, at, (end - at) as u32, 0, 0);
  return isUtf8(plexName, plexLength) ? queueJob(scene, at, (name - at) as u32, plexName, plexLength) : OPEN;
}

function queueJob(scene: usize, dir: usize, dirLength: u32, name: usize, nameLength: u32): i32 {
  jobAt = takeJobRoom(scene, dirLength + nameLength);
  jobBytes = writeJob(scene, jobAt, dir, dirLength, name, nameLength, asOf);
  trimJobRoom(jobAt, jobBytes);
  return GAP_JOB;
}
