/** Finds how a file of a scene and a part agree: in path, directories, size and length. What that proves is not its to say. */
import { APART_MS, APART_SHARE, Agreement, ContextWord, NEAR_MS, NOTHING, Result } from '../../shared/engine/layout';
import { contextWord } from './context';
import { dirNameEnd, dirTextAt, mixHash, parentOf, partOf } from './index-reader';
import { File, IndexPart, Mapping } from './records';
import { setResult } from './result-words';
import { isSeparator, nameHash, nameStart, sameBytes, sameName, separatorsStart, skipSeparators } from './text';

// What is left of the scene's directory, and of the directory a mapping puts in front of it.
let restAt: usize = 0;
let restEnd: usize = 0;
let frontAt: usize = 0;
let frontEnd: usize = 0;
// The component taken last.
let componentAt: usize = 0;
let componentLength: u32 = 0;

/**
 * The last two directories that were compared, and how they agree: scenes of one directory come one after the other, and mostly
 * lie in one directory of Plex. The matcher does a fifth more scenes a second with it.
 */
let lastPath: usize = 0;
let lastLength: u32 = 0;
let lastDir: u32 = NOTHING;
let lastAgreement: i32 = 0;
/** Numbers each two that were compared anew. */
let places: u32 = 0;

/** Forgets what was compared: of another page, the same memory holds other paths. */
export function forgetDirectories(): void {
  lastPath = 0;
}

/** The number of the two directories compared last: a file and a part with the number of others lie where those do. */
export function lastPlaces(): u32 {
  return places;
}

/** The bits of {@link Agreement} between a file and a part of the same name. */
export function agreementOf(file: File, number: u32): i32 {
  const part = partOf(number);
  return directories(file, part.dir) | contents(file, part);
}

/** What sizes and lengths say, as far as both sides know them. */
function contents(file: File, part: IndexPart): i32 {
  const knowsLengths = file.duration > 0 && part.duration > 0;
  const gap = abs(file.duration * 1000 - (part.duration as f64));
  const longer = max(file.duration * 1000, part.duration as f64);
  const isNear = knowsLengths && gap <= (NEAR_MS as f64);
  const isApart = knowsLengths && gap > (APART_MS as f64) && gap * (APART_SHARE as f64) > longer;
  const length = isNear ? Agreement.Length : 0;
  if (!(file.size > 0) || !(part.size > 0)) return length;
  if (file.size == part.size) return isApart ? Agreement.Contradicted : Agreement.Size | length;
  return isNear ? length : Agreement.Contradicted;
}

/**
 * Writes the hashes of the directories around a file: of the innermost, of the innermost two, and so on, as the narrow
 * table has them; see shared/index/crowd-keys.ts. Returns how many, at most `most`.
 */
export function writeSuffixes(file: File, hashes: usize, most: u32): u32 {
  useMapping(file.pathAt, separatorsStart(file.pathAt, file.nameAt));
  let suffix: u32 = 0;
  let count: u32 = 0;
  while (count < most && takeComponent()) {
    suffix = mixHash(suffix, nameHash(componentAt, componentLength));
    store<u32>(hashes + ((count as usize) << 2), suffix);
    count++;
  }
  return count;
}

/** How many innermost directories are equal, and whether all of them are. */
function directories(file: File, dir: u32): i32 {
  const length = (file.nameAt - file.pathAt) as u32;
  if (lastPath != 0 && dir == lastDir && length == lastLength && sameBytes(file.pathAt, lastPath, length)) {
    return lastAgreement;
  }
  lastPath = file.pathAt;
  lastLength = length;
  lastDir = dir;
  lastAgreement = compareDirectories(file, dir);
  places++;
  return lastAgreement;
}

function compareDirectories(file: File, dir: u32): i32 {
  useMapping(file.pathAt, separatorsStart(file.pathAt, file.nameAt));
  let equal: u32 = 0;
  let node = dir;
  let more = takeComponent();
  while (more && node != NOTHING) {
    const nameEnd = dirNameEnd(node);
    const name = skipSeparators(dirTextAt(node), nameEnd);
    if (!sameName(componentAt, componentLength, name, (nameEnd - name) as u32)) break;
    equal++;
    node = parentOf(node);
    more = takeComponent();
  }
  const exact = node == NOTHING && !more ? Agreement.Exact : 0;
  return exact | (min(equal, Agreement.Directories) as i32);
}

/** Takes the innermost component that is left. */
function takeComponent(): bool {
  restEnd = separatorsStart(restAt, restEnd);
  if (restEnd > restAt) {
    componentAt = nameStart(restAt, restEnd);
    componentLength = (restEnd - componentAt) as u32;
    restEnd = componentAt;
    return true;
  }
  if (frontEnd == frontAt) return false;
  componentAt = nameStart(frontAt, frontEnd);
  componentLength = (frontEnd - componentAt) as u32;
  frontEnd = componentAt > frontAt ? componentAt - 1 : frontAt;
  return true;
}

/** The first mapping that fits decides; they come with the longest prefix first. Returns its number, or NOTHING. */
function useMapping(at: usize, end: usize): u32 {
  restAt = at;
  restEnd = end;
  frontAt = frontEnd = 0;
  const count = contextWord(ContextWord.MappingCount);
  const mappings: usize = contextWord(ContextWord.Mappings);
  for (let i: u32 = 0; i < count; i++) {
    const mapping = changetype<Mapping>(mappings + (i as usize) * offsetof<Mapping>());
    const rest = behindPrefix(at, end, mapping.fromAt, mapping.fromAt + mapping.fromLength);
    if (rest == 0) continue;
    restAt = rest;
    frontAt = mapping.toAt;
    frontEnd = mapping.toAt + mapping.toLength;
    return i;
  }
  return NOTHING;
}

/** The number of the mapping that applies to the file at an address, or NOTHING. */
export function mappingOf(fileAt: usize): u32 {
  const file = changetype<File>(fileAt);
  return useMapping(file.pathAt, separatorsStart(file.pathAt, file.nameAt));
}

/**
 * Finds where the paths of the file at an address and of a part go apart when their common end is cut off, mappings aside:
 * how many bytes of the file's path are left, the directory left of the part's, and the outermost directory they have in
 * common (NOTHING where there is none).
 */
export function findParting(fileAt: usize, part: u32): void {
  const file = changetype<File>(fileAt);
  const at = file.pathAt;
  let end = separatorsStart(at, file.nameAt);
  let node = partOf(part).dir;
  let common: u32 = NOTHING;
  while (end > at && node != NOTHING) {
    const start = nameStart(at, end);
    const nameEnd = dirNameEnd(node);
    const name = skipSeparators(dirTextAt(node), nameEnd);
    if (!sameName(start, (end - start) as u32, name, (nameEnd - name) as u32)) break;
    common = node;
    node = parentOf(node);
    end = separatorsStart(at, start);
  }
  setResult(Result.PartingBytes, (end - at) as u32);
  setResult(Result.PartingDir, node);
  setResult(Result.CommonDir, common);
}

/** Where a directory goes on behind a prefix; 0 when it does not begin with it. */
function behindPrefix(at: usize, end: usize, prefix: usize, prefixEnd: usize): usize {
  let place = at;
  while (prefix < prefixEnd) {
    const wanted = prefix;
    while (prefix < prefixEnd && load<u8>(prefix) != 0x2f) prefix++;
    const name = skipSeparators(place, end);
    place = name;
    while (place < end && !isSeparator(load<u8>(place))) place++;
    if (place == name || !sameName(name, (place - name) as u32, wanted, (prefix - wanted) as u32)) return 0;
    prefix++;
  }
  return place;
}
