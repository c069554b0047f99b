/** Finds the items, parts and directories of a Plex page, ready to be appended to the index. What they mean is not asked. */
import { Kind, MAX_KEY_BYTES, OPTIMISED_VERSION, Presence, Result } from '../../shared/engine/layout';
import { directoryCount, directoryNumber, resetDirectories } from './directories';
import { itemFields } from './fields';
import { isFiltering, mayAskForName, mayAskForSize, useFilter } from './filter';
import {
  enterList,
  enterObject,
  goTo,
  here,
  isTextAhead,
  keyIs,
  keyLength,
  nextElement,
  nextMember,
  peek,
  readString,
  readText,
  skipValue,
  takeNull,
  textAt,
  textLength,
  wholeNumber,
} from './json';
import { Item, Part } from './records';
import { setResult } from './result-words';
import { heapTop, recordTop, takeHeap, takeRecord, takeTail, trimRecords } from './room';
import { readRows } from './rows';
import { isBlank, isSeparator, nameHash, nameStart, rawHash, separatorsStart, spells } from './text';

/** Longest text the index holds: no name on disk and no title worth comparing is longer, and lengths stay in 16 bits. */
const MAX_TEXT: u32 = 65535;

let heap: usize = 0;
let rows: i32 = 0;
let items: u32 = 0;
let allParts: u32 = 0;
let declaredRows: f64 = 0;
let totalSize: f64 = 0;

// The row being read.
let keyAt: usize = 0;
let keyBytes: u32 = 0;
let titleAt: usize = 0;
let titleBytes: u32 = 0;
let date: u32 = 0;
let year: u32 = 0;
let presence: u32 = 0;
let isCollection: bool = false;
let parts: u32 = 0;
/** Whether the row is only looked at, to see whether anybody could ask for it. */
let isLooking: bool = false;
let isWanted: bool = false;

/** Reads the page `at..end`, of its items those in the filter; false when it is not a listing as Plex writes it. */
export function readItems(at: usize, end: usize, filter: usize): bool {
  useFilter(filter);
  heap = heapTop();
  rows = 0;
  items = allParts = 0;
  declaredRows = 0;
  totalSize = -1;
  resetDirectories(heap);
  const records = recordTop();
  goTo(at);
  if (!readPage() || peek() != 0 || here() != end || declaredRows > (rows as f64)) return false;
  setResult(Result.Rows, rows);
  setResult(Result.Total, totalSize as i32 as u32);
  setResult(Result.HeapAt, heap as u32);
  setResult(Result.HeapBytes, (heapTop() - heap) as u32);
  setResult(Result.RecordsAt, records as u32);
  setResult(Result.Records, items);
  setResult(Result.Parts, allParts);
  setResult(Result.DirsAt, takeTail(0) as u32);
  setResult(Result.Dirs, directoryCount());
  return true;
}

function readPage(): bool {
  if (!enterObject() || nextMember(true) != 1 || keyLength() != 14 || !keyIs('MediaContainer')) return false;
  if (!enterObject()) return false;
  for (let next = nextMember(true); next != 0; next = nextMember(false)) {
    if (next < 0 || !readContainerMember()) return false;
  }
  return nextMember(false) == 0;
}

function readContainerMember(): bool {
  switch (keyLength()) {
    case 4:
      if (!keyIs('size')) break;
      declaredRows = wholeNumber();
      return declaredRows >= 0;
    case 9:
      if (!keyIs('totalSize')) break;
      totalSize = wholeNumber();
      return totalSize >= 0 && totalSize <= (i32.MAX_VALUE as f64);
    case 8:
      if (!keyIs('Metadata')) break;
      rows = readRows(readRow);
      return rows >= 0;
  }
  return skipValue();
}

/** Reads a row; where most rows are nobody's, looking at one first costs less than writing it. */
function readRow(): bool {
  const start = here();
  isLooking = isFiltering();
  isWanted = false;
  if (!readItem()) return false;
  if (!isLooking || !isWanted) return true;
  isLooking = false;
  goTo(start);
  return readItem();
}

function readItem(): bool {
  keyBytes = titleBytes = date = year = parts = presence = 0;
  isCollection = false;
  const record = takeRecord(offsetof<Item>());
  if (!enterObject()) return false;
  for (let next = nextMember(true); next != 0; next = nextMember(false)) {
    if (next < 0 || !readMember()) return false;
  }
  if (isCollection) {
    // A row, but no item.
    isWanted = false;
    trimRecords(record);
    return true;
  }
  if (keyBytes == 0 || keyBytes > (MAX_KEY_BYTES as u32) || titleBytes > MAX_TEXT) return false;
  if (isLooking) {
    skipItem(record);
    return true;
  }
  writeItem(changetype<Item>(record));
  items++;
  allParts += parts;
  return true;
}

function readMember(): bool {
  const line = itemFields().find();
  if (line < 0) return skipValue();
  const field = itemFields().line(line);
  switch (field.kind) {
    case Kind.Key:
      if (!readString()) return false;
      keyAt = textAt();
      keyBytes = textLength();
      return true;
    case Kind.Title:
      if (!readText()) return false;
      titleAt = textAt();
      titleBytes = textLength();
      return true;
    case Kind.Type:
      return readType();
    case Kind.Guid:
      return readGuid(field.presence);
    case Kind.PresentText:
      return readPresence(field.presence);
    case Kind.PresentTags:
      return readTags(field.presence);
    case Kind.Year:
      return readYear(field.presence);
    case Kind.PlexDate:
      return readDate(field.presence);
    case Kind.Media:
      return readMediaList();
    default:
      return skipValue();
  }
}

function readType(): bool {
  if (!readString()) return false;
  isCollection = textLength() == 10 && spells(textAt(), 'collection');
  return true;
}

/** An item Plex could not identify has a guid of `local://`, or of the agent that identifies nothing. */
function readGuid(bit: u32): bool {
  if (!readText()) return false;
  if (isScheme('local://') || isScheme('com.plexapp.agents.none://')) presence |= bit;
  return true;
}

function isScheme(scheme: string): bool {
  return textLength() >= (scheme.length as u32) && spells(textAt(), scheme);
}

function readYear(bit: u32): bool {
  const value = wholeNumber();
  if (value < 0) return false;
  year = value <= 9999 ? (value as u32) : 0;
  if (year != 0) presence |= bit;
  return true;
}

/** YYYY-MM-DD with anything behind it; what begins otherwise is no date. */
function readDate(bit: u32): bool {
  if (!readText()) return false;
  const at = textAt();
  if (textLength() == 0) return true;
  // White space in front is cut off by the careful road.
  if (load<u8>(at) <= 0x20 || load<u8>(at) >= 0x80) return false;
  if (textLength() < 10 || load<u8>(at + 4) != 0x2d || load<u8>(at + 7) != 0x2d) return true;
  let packed: u32 = 0;
  for (let i: usize = 0; i < 10; i++) {
    if (i == 4 || i == 7) continue;
    const digit: u32 = (load<u8>(at + i) as u32) - 0x30;
    if (digit > 9) return true;
    packed = packed * 10 + digit;
  }
  date = packed;
  if (packed != 0) presence |= bit;
  return true;
}

function readPresence(bit: u32): bool {
  if (isTextAhead()) {
    presence |= bit;
    return skipValue();
  }
  if (!readText()) return false;
  if (!isBlank(textAt(), textLength())) presence |= bit;
  return true;
}

function readTags(bit: u32): bool {
  if (takeNull()) return true;
  if (!enterList()) return false;
  for (let next = nextElement(true); next != 0; next = nextElement(false)) {
    if (next < 0 || !enterObject()) return false;
    for (let member = nextMember(true); member != 0; member = nextMember(false)) {
      if (member < 0 || !(keyLength() == 3 && keyIs('tag') ? readPresence(bit) : skipValue())) return false;
    }
  }
  return true;
}

function readMediaList(): bool {
  if (!enterList()) return false;
  for (let next = nextElement(true); next != 0; next = nextElement(false)) {
    if (next < 0 || !readMedia()) return false;
  }
  return true;
}

/** One version of an item and the parts of it. */
function readMedia(): bool {
  if (!enterObject()) return false;
  const firstRecord = recordTop();
  const partsBefore = parts;
  let duration: f64 = 0;
  let isOptimised = false;
  for (let next = nextMember(true); next != 0; next = nextMember(false)) {
    if (next < 0) return false;
    if (keyLength() == 9 && keyIs('proxyType')) {
      const type = wholeNumber();
      if (type < 0) return false;
      isOptimised = type == (OPTIMISED_VERSION as f64);
    } else if (keyLength() == 8 && keyIs('duration')) {
      duration = wholeNumber();
      if (duration < 0) return false;
    } else if (!(keyLength() == 4 && keyIs('Part') ? readPartList() : skipValue())) return false;
  }
  if (isOptimised) {
    trimRecords(firstRecord);
    parts = partsBefore;
  }
  for (let record = firstRecord; record < recordTop(); record += offsetof<Part>()) {
    const part = changetype<Part>(record);
    if (part.duration == 0) part.duration = milliseconds(duration);
  }
  return true;
}

function milliseconds(duration: f64): u32 {
  return min(duration, 4294967294.0) as u32;
}

function readPartList(): bool {
  if (!enterList()) return false;
  for (let next = nextElement(true); next != 0; next = nextElement(false)) {
    if (next < 0 || !readPart()) return false;
  }
  return true;
}

function readPart(): bool {
  if (!enterObject()) return false;
  let fileAt: usize = 0;
  let fileBytes: u32 = 0;
  let size: f64 = 0;
  let duration: f64 = 0;
  for (let next = nextMember(true); next != 0; next = nextMember(false)) {
    if (next < 0) return false;
    if (keyLength() == 4 && keyIs('file')) {
      if (!readText()) return false;
      fileAt = textAt();
      fileBytes = textLength();
    } else if (keyLength() == 4 && keyIs('size')) {
      size = wholeNumber();
    } else if (keyLength() == 8 && keyIs('duration')) {
      duration = wholeNumber();
    } else if (!skipValue()) return false;
  }
  if (size < 0 || duration < 0) return false;
  const isFile = fileBytes > 0 && fileBytes <= MAX_TEXT && !isSeparator(load<u8>(fileAt + fileBytes - 1));
  if (isFile && !isBlank(fileAt, fileBytes)) writePart(fileAt, fileAt + fileBytes, size, duration);
  return true;
}

function writePart(at: usize, end: usize, size: f64, duration: f64): void {
  const start = nameStart(at, end);
  const hash = nameHash(start, (end - start) as u32);
  parts++;
  if (isLooking) {
    if (mayAskForName(hash) || mayAskForSize(size)) isWanted = true;
    return;
  }
  const cut = separatorsStart(at, start);
  const dir = directoryNumber(at, cut);
  const length = (end - cut) as u32;
  const part = changetype<Part>(takeRecord(offsetof<Part>()));
  part.dir = dir;
  part.nameAt = (heapTop() - heap) as u32;
  part.nameLength = length;
  part.nameHash = hash;
  part.duration = milliseconds(duration);
  part.size = size;
  memory.copy(takeHeap(length), cut, length);
}

/** Counts an item nobody can ask for; one whose key is no plain number is kept. */
function skipItem(record: usize): void {
  const key = plainKey();
  if (key == 0) isWanted = true;
  if (isWanted) {
    trimRecords(record);
    return;
  }
  const item = changetype<Item>(record);
  item.keyNumber = key;
  // What a skipped item has instead of a title.
  item.titleLength = parts;
  item.presence = Presence.Skipped;
  item.parts = 0;
  items++;
}

/** The rating key as a number; 0 when it would not come back from one as it was. */
function plainKey(): u32 {
  if (keyBytes > 9 || load<u8>(keyAt) == 0x30) return 0;
  let value: u32 = 0;
  for (let i: u32 = 0; i < keyBytes; i++) {
    const digit: u32 = (load<u8>(keyAt + i) as u32) - 0x30;
    if (digit > 9) return 0;
    value = value * 10 + digit;
  }
  return value;
}

function writeItem(item: Item): void {
  item.textAt = (heapTop() - heap) as u32;
  item.keyLength = keyBytes;
  item.titleLength = titleBytes;
  item.presence = presence;
  item.date = date != 0 ? date : year * 10000;
  item.parts = parts;
  item.keyHash = rawHash(keyAt, keyBytes);
  item.keyNumber = isFiltering() ? plainKey() : 0;
  memory.copy(takeHeap(keyBytes), keyAt, keyBytes);
  memory.copy(takeHeap(titleBytes), titleAt, titleBytes);
}
