/**
 * Which item is this scene, as far as file names, sizes and directories say it alone. What needs more than that (crowds of
 * one name, several items that fit equally well, titles) is left open for the complete matcher in shared/matcher, which
 * answers everything decided here just so.
 */
import {
  CONTEXT_ITEM_FIRST_PART,
  CONTEXT_KNOWN_COUNT,
  CONTEXT_KNOWN_IDS,
  CONTEXT_KNOWN_VALUES,
  CROWD,
  EVIDENCE_DURATION,
  EVIDENCE_EXACT,
  EVIDENCE_SIZE,
  EVIDENCE_TITLE,
  EVIDENCE_TRAILING_MAX,
  EVIDENCE_TRAILING_SHIFT,
  FILE_NAME_AT,
  FILE_NAME_HASH,
  FILE_SIZE_DOUBLE,
  FILE_WORDS,
  INDEX_PART_DIR,
  INDEX_PART_NAME_HASH,
  NOTHING,
  SCENE_FILES,
  SCENE_ID,
} from '../../shared/engine/layout';
import { columnWord, contextWord } from './context';
import { narrowHead, narrowPart, nextNarrow, sizeKey, suffixKey } from './crowd';
import { isWholePath, trailingDirectories, wholeSuffix } from './directory-match';
import { lookUpId } from './id-table';
import { firstPart, isCrowded, itemOf, nextPart, partNameAt, partNameEnd, partWord, sizeOf } from './index-reader';
import { sameName, separatorsStart } from './text';

/** No item has the name of any of the scene's files. */
export const NO_MATCH: i32 = 0;
export const MATCH: i32 = 1;
/** The complete matcher has to be asked. */
export const UNDECIDED: i32 = 2;

/** One more than any evidence, in which an earlier run's match is packed with its item. */
const EVIDENCE_RANGE: f64 = 2097152;

let part: u32 = NOTHING;
let evidence: i32 = -1;
let file: usize = 0;
let isTied: bool = false;

/** The part of the match. */
export function matchedPart(): u32 {
  return part;
}

/** How strong the match is; see shared/matcher/evidence.ts. */
export function matchedEvidence(): u32 {
  return evidence as u32;
}

/** The record of the scene's file that matched. */
export function matchedFile(): usize {
  return file;
}

/** Finds the match of a scene. */
export function findMatch(scene: usize): i32 {
  forget();
  return matchOfEarlierRun(scene) ? MATCH : matchByName(scene);
}

function forget(): void {
  part = NOTHING;
  evidence = -1;
  isTied = false;
}

/** The match of an earlier run, weighed anew, if one of the item's parts still shares name or size with a file. */
function matchOfEarlierRun(scene: usize): bool {
  const count = contextWord(CONTEXT_KNOWN_COUNT);
  if (count == 0) return false;
  const id = load<u32>(scene + (SCENE_ID << 2));
  const packed = lookUpId(contextWord(CONTEXT_KNOWN_IDS), contextWord(CONTEXT_KNOWN_VALUES), count, id);
  if (isNaN(packed)) return false;
  const item = (packed / EVIDENCE_RANGE) as u32;
  const kept = ((packed - (item as f64) * EVIDENCE_RANGE) as u32) & (EVIDENCE_TITLE | EVIDENCE_DURATION);
  const end = columnWord(CONTEXT_ITEM_FIRST_PART, item + 1);
  const lastFile = endOfFiles(scene);
  for (let candidate = firstFile(scene); candidate < lastFile; candidate += FILE_WORDS << 2) {
    for (let other = columnWord(CONTEXT_ITEM_FIRST_PART, item); other < end; other++) {
      if (hasName(other, candidate) || isSize(other, candidate))
        consider(other, candidate, rankOf(other, candidate) | kept);
    }
  }
  return part != NOTHING;
}

function matchByName(scene: usize): i32 {
  const lastFile = endOfFiles(scene);
  for (let candidate = firstFile(scene); candidate < lastFile; candidate += FILE_WORDS << 2) {
    let other = firstPart(load<u32>(candidate + (FILE_NAME_HASH << 2)));
    if (isCrowded()) {
      if (!considerCrowd(candidate)) return UNDECIDED;
      continue;
    }
    for (; other != NOTHING; other = nextPart(other)) {
      if (hasName(other, candidate)) consider(other, candidate, rankOf(other, candidate));
    }
  }
  if (part == NOTHING) return NO_MATCH;
  // A rank of 0 is the file name alone; that is enough only while no known size speaks against it.
  return isTied || (evidence == 0 && isOtherSize(part, file)) ? UNDECIDED : MATCH;
}

/** The best few of a crowd for one file; false where the complete matcher has to find them. */
function considerCrowd(candidate: usize): bool {
  const name = load<u32>(candidate + (FILE_NAME_HASH << 2));
  const at = pathAt(candidate);
  const suffix = wholeSuffix(at, separatorsStart(at, fileNameAt(candidate)));
  let taken = suffix == 0 ? 0 : considerEntries(suffixKey(name, suffix), candidate, EVIDENCE_EXACT);
  if (taken == 0 && load<f64>(candidate + (FILE_SIZE_DOUBLE << 3)) > 0) {
    taken = considerEntries(sizeKey(name, load<f64>(candidate + (FILE_SIZE_DOUBLE << 3))), candidate, EVIDENCE_SIZE);
  }
  return taken > 0 && taken <= CROWD;
}

/** Considers the parts under a narrow key whose rank holds `needed`; returns how many, or one too many. */
function considerEntries(key: u32, candidate: usize, needed: i32): i32 {
  let taken: i32 = 0;
  for (let entry = narrowHead(key); entry != NOTHING; entry = nextNarrow(entry)) {
    const other = narrowPart(entry);
    if (!hasName(other, candidate)) continue;
    const rank = rankOf(other, candidate);
    if ((rank & needed) == 0) continue;
    taken++;
    if (taken > CROWD) return taken;
    consider(other, candidate, rank);
  }
  return taken;
}

function consider(other: u32, candidate: usize, rank: i32): void {
  if (rank < evidence) return;
  if (rank == evidence) {
    if (itemOf(other) != itemOf(part)) isTied = true;
    return;
  }
  part = other;
  evidence = rank;
  file = candidate;
  isTied = false;
}

function firstFile(scene: usize): usize {
  return load<u32>(scene + (SCENE_FILES << 2));
}

function endOfFiles(scene: usize): usize {
  return firstFile(scene) + (load<u32>(scene + (SCENE_FILES << 2), 4) as usize) * (FILE_WORDS << 2);
}

/** Where the path of a file begins. */
export function pathAt(candidate: usize): usize {
  return load<u32>(candidate);
}

/** Where the path of a file ends. */
export function pathEnd(candidate: usize): usize {
  return pathAt(candidate) + load<u32>(candidate, 4);
}

/** Where the name of a file begins. */
export function fileNameAt(candidate: usize): usize {
  return load<u32>(candidate + (FILE_NAME_AT << 2));
}

function hasName(other: u32, candidate: usize): bool {
  const name = fileNameAt(candidate);
  const start = partNameAt(other);
  return sameName(start, (partNameEnd(other) - start) as u32, name, (pathEnd(candidate) - name) as u32);
}

/** Both sizes are known and equal. */
function isSize(other: u32, candidate: usize): bool {
  const size = load<f64>(candidate + (FILE_SIZE_DOUBLE << 3));
  return size > 0 && sizeOf(other) == size;
}

/** Both sizes are known and differ. */
function isOtherSize(other: u32, candidate: usize): bool {
  const size = load<f64>(candidate + (FILE_SIZE_DOUBLE << 3));
  const otherSize = sizeOf(other);
  return size > 0 && otherSize > 0 && otherSize != size;
}

function rankOf(other: u32, candidate: usize): i32 {
  const at = pathAt(candidate);
  const directoryEnd = separatorsStart(at, fileNameAt(candidate));
  const trailing = trailingDirectories(at, directoryEnd, partWord(other, INDEX_PART_DIR)) as i32;
  const exact = isWholePath() ? EVIDENCE_EXACT : 0;
  const size = isSize(other, candidate) ? EVIDENCE_SIZE : 0;
  return exact | size | (min(trailing, EVIDENCE_TRAILING_MAX) << EVIDENCE_TRAILING_SHIFT);
}

/** Whether an item other than the part's own has the part's file name. Of a crowd, one of the first surely has. */
export function isNameShared(own: u32): bool {
  let other = firstPart(partWord(own, INDEX_PART_NAME_HASH));
  const name = partNameAt(own);
  const length = (partNameEnd(own) - name) as u32;
  for (; other != NOTHING; other = nextPart(other)) {
    if (itemOf(other) == itemOf(own)) continue;
    const start = partNameAt(other);
    if (sameName(start, (partNameEnd(other) - start) as u32, name, length)) return true;
  }
  return false;
}
