/** How far the directories of a scene's file and of a part agree, after path mappings. */
import { CONTEXT_MAPPINGS, CONTEXT_MAPPING_COUNT, MAPPING_WORDS, NOTHING } from '../../shared/engine/layout';
import { contextWord } from './context';
import { mixHash } from './crowd';
import { dirNameEnd, dirTextAt, parentOf } from './index-reader';
import { isSeparator, nameHash, nameStart, sameName, separatorsStart, skipSeparators } from './text';

// What is left of the scene's directory, and of the directory a mapping puts in front of it.
let restAt: usize = 0;
let restEnd: usize = 0;
let frontAt: usize = 0;
let frontEnd: usize = 0;
// The component taken last.
let componentAt: usize = 0;
let componentLength: u32 = 0;

let isWhole: bool = false;

/** Whether the directories compared last agree root to leaf. */
export function isWholePath(): bool {
  return isWhole;
}

/** The hash of all directories of `at..end`, from the innermost outwards; 0 when there is none. See crowd-keys.ts. */
export function wholeSuffix(at: usize, end: usize): u32 {
  useMapping(at, end);
  let suffix: u32 = 0;
  while (takeComponent()) suffix = mixHash(suffix, nameHash(componentAt, componentLength));
  return suffix;
}

/** How many innermost directories of `at..end` and of `dir` are equal. */
export function trailingDirectories(at: usize, end: usize, dir: u32): u32 {
  useMapping(at, end);
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
  isWhole = node == NOTHING && !more;
  return equal;
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

/** The first mapping that fits decides; they come with the longest prefix first. */
function useMapping(at: usize, end: usize): void {
  restAt = at;
  restEnd = end;
  frontAt = frontEnd = 0;
  const count = contextWord(CONTEXT_MAPPING_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const mapping: usize = (contextWord(CONTEXT_MAPPINGS) as usize) + (i as usize) * (MAPPING_WORDS << 2);
    const from: usize = load<u32>(mapping);
    const rest = behindPrefix(at, end, from, from + load<u32>(mapping, 4));
    if (rest == 0) continue;
    restAt = rest;
    frontAt = load<u32>(mapping, 8);
    frontEnd = frontAt + load<u32>(mapping, 12);
    return;
  }
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
