/**
 * Finds, among very many parts of one file name, those that agree best with a file, by the narrow table: a crowd is never
 * walked. It looks where agreement is strongest first and stops where what it found beats all it has not looked at. What
 * ties in too large a number is said instead of listed. The keys are those of shared/index/crowd-keys.ts, to the bit.
 */
import { Agreement, CROWD, NOTHING } from '../../shared/engine/layout';
import { agreementOf, writeSuffixes } from './agreement';
import { addCandidate, addUnlisted, hasItem } from './candidates';
import { firstPart, hasName, mixHash, narrowHead, narrowPart, nextNarrow, partOf } from './index-reader';
import { File } from './records';
import { recordTop } from './room';

/** Entries of one key that are looked at: more than that, and the answer is "too many". */
const MOST_LOOKED_AT: u32 = 256;
/** Directories around a file that are told apart. */
const MOST_SUFFIXES: u32 = 255;
/** Bytes of memory each thread needs for the hashes of a file's directories. */
export const SUFFIX_BYTES: usize = (MOST_SUFFIXES as usize) * 4;

/** Width of a bucket of lengths; see DURATION_BUCKET_MS in crowd-keys.ts. */
const BUCKET_MS: f64 = 2000;

let suffixes: usize = 0;
let suffixCount: u32 = 0;
let file = changetype<File>(0);
let fileNumber: u32 = 0;

/** Where the hashes of directories go; memory that belongs to this thread alone. */
export function useSuffixMemory(at: usize): void {
  suffixes = at;
}

/** Adds the members of a crowd that agree best with a file. */
export function findInCrowd(asked: File, number: u32): void {
  file = asked;
  fileNumber = number;
  suffixCount = writeSuffixes(asked, suffixes, MOST_SUFFIXES);
  const isBest = findExact() || findSized();
  if (!isBest && !findNear()) findContradicted();
  else if (isBest || !isAll) addUnlisted(number, Agreement.Rest);
}

/** Whether the parts that agree but a little have all been added. */
let isAll: bool = false;

/** The hash of that many innermost directories; of none it is 0. */
function suffix(directories: u32): u32 {
  return directories == 0 ? 0 : load<u32>(suffixes + ((directories - 1) as usize) * 4);
}

// The keys.

function sizeKey(): u32 {
  const whole = file.size as u64;
  return mixHash(mixHash(file.nameHash, 1), mixHash(whole as u32, (whole >> 32) as u32));
}

function suffixKey(directories: u32): u32 {
  return mixHash(mixHash(file.nameHash, 2), suffix(directories));
}

function lengthKey(bucket: u32): u32 {
  return mixHash(mixHash(file.nameHash, 4), bucket);
}

function noSizeKey(): u32 {
  return mixHash(file.nameHash, 5);
}

// How a walk under one key went.

let items: u32 = 0;
let isWhole: bool = true;

/** Adds the parts under a key that have all the bits of `all`, none of `none`, and enough equal directories. */
function collect(key: u32, all: i32, none: i32, directories: u32): void {
  const from = recordTop();
  items = 0;
  isWhole = true;
  let looked: u32 = 0;
  for (let entry = narrowHead(key); entry != NOTHING; entry = nextNarrow(entry)) {
    if (looked++ == MOST_LOOKED_AT) {
      isWhole = false;
      return;
    }
    const part = narrowPart(entry);
    if (!hasName(part, file.nameAt, file.nameLength)) continue;
    const agreement = agreementOf(file, part);
    if ((agreement & all) != all || (agreement & none) != 0) continue;
    if (((agreement & Agreement.Directories) as u32) < directories) continue;
    if (!hasItem(from, partOf(part).item)) {
      if (items == CROWD) {
        isWhole = false;
        return;
      }
      items++;
    }
    addCandidate(part, fileNumber, agreement);
  }
}

/** The very path: whoever has it beats all others, and of those who do, the one of equal size. */
function findExact(): bool {
  collect(suffixKey(suffixCount), Agreement.Exact, 0, 0);
  if (items == 0) return false;
  if (isWhole) return true;
  let agreement: i32 = Agreement.Exact;
  if (file.size > 0) {
    collect(sizeKey(), Agreement.Exact | Agreement.Size, 0, 0);
    if (items > 0) agreement |= Agreement.Size;
    if (items > 0 && isWhole) return true;
  }
  addUnlisted(fileNumber, agreement | (min(suffixCount, Agreement.Directories) as i32));
  return true;
}

/** The same size; of more than may be listed, those with the most equal directories. */
function findSized(): bool {
  if (!(file.size > 0)) return false;
  const key = sizeKey();
  collect(key, Agreement.Size, 0, 0);
  if (items == 0) return false;
  if (isWhole) return true;
  let deepest: u32 = 0;
  for (let directories: u32 = 1; directories <= suffixCount; directories++) {
    collect(mixHash(key, suffix(directories)), Agreement.Size, 0, directories);
    if (items == 0) break;
    deepest = directories;
    if (isWhole) return true;
  }
  addUnlisted(fileNumber, Agreement.Size | (deepest as i32));
  return true;
}

/** Whatever nothing speaks against: all of it where that is little, else what has the most equal directories. */
function findNear(): bool {
  isAll = file.size > 0 && isLittle();
  if (isAll) return uncontradicted > 0;
  // From the outermost inwards: the longest run is under the key with the fewest entries.
  for (let directories = suffixCount; directories > 0; directories--) {
    collect(suffixKey(directories), 0, Agreement.Contradicted, directories);
    if (!isWhole) addUnlisted(fileNumber, directories as i32);
    if (items > 0 || !isWhole) return true;
  }
  // Nobody shares a directory, so everybody ties.
  isAll = addAll();
  if (!isAll) addUnlisted(fileNumber, 0);
  return true;
}

let uncontradicted: u32 = 0;

/** Adds the parts whose size Plex does not say and those of another size, but the same length; false where they are many. */
function isLittle(): bool {
  collect(noSizeKey(), 0, Agreement.Contradicted, 0);
  uncontradicted = items;
  if (!isWhole) return false;
  if (!(file.duration > 0)) return true;
  const bucket = Math.floor((file.duration * 1000) / BUCKET_MS) as i32;
  for (let near = bucket - 1; near <= bucket + 1; near++) {
    collect(lengthKey(near as u32), 0, Agreement.Contradicted, 0);
    uncontradicted += items;
    if (!isWhole) return false;
  }
  return true;
}

/** Adds a part of every item of the crowd, as far as it may be walked; false where that is not to its end. */
function addAll(): bool {
  const from = recordTop();
  let part = firstPart(file.nameHash);
  for (let looked: u32 = 0; part != NOTHING; looked++, part = partOf(part).next) {
    if (looked == MOST_LOOKED_AT) return false;
    if (!hasName(part, file.nameAt, file.nameLength) || hasItem(from, partOf(part).item)) continue;
    const agreement = agreementOf(file, part);
    if ((agreement & Agreement.Contradicted) == 0) addCandidate(part, fileNumber, agreement);
  }
  return true;
}

/** Another video under the same name in the same directory: one that nobody may take for this one. */
function findContradicted(): void {
  if (suffixCount > 0) collect(suffixKey(1), 0, 0, 1);
}
