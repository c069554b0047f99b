/** A Stash page, read into one record per scene. */
import {
  FILE_DURATION_DOUBLE,
  FILE_NAME_AT,
  FILE_NAME_HASH,
  FILE_SIZE_DOUBLE,
  FILE_WORDS,
  MAX_SCENE_ID,
  RESULT_LAST_ID,
  RESULT_RECORDS,
  RESULT_RECORDS_AT,
  RESULT_ROWS,
  SCENE_CREATED_DOUBLE,
  SCENE_DATE,
  SCENE_DETAILS,
  SCENE_FILES,
  SCENE_ID,
  SCENE_NEXT,
  SCENE_PERFORMERS,
  SCENE_STUDIO,
  SCENE_TAGS,
  SCENE_TITLE,
  SCENE_UPDATED_DOUBLE,
  SCENE_UPDATED_TEXT,
  SCENE_WORDS,
} from '../../shared/engine/layout';
import {
  decimalNumber,
  enterList,
  enterObject,
  goTo,
  here,
  keyIs,
  keyLength,
  nextElement,
  nextMember,
  peek,
  readString,
  readText,
  setText,
  skipValue,
  takeNull,
  textAt,
  textLength,
  wholeNumber,
} from './json';
import { setResult } from './result';
import { readRows } from './rows';
import { recordTop, takeRecord } from './room';
import { foldByte, isBlank, isSeparator, nameHash, nameStart } from './text';
import { readTime } from './time';

let record: usize = 0;
let scenes: i32 = 0;
let lastId: u32 = 0;

/** Reads the page `at..end`; false when it is not a list of scenes and nothing else. */
export function readScenes(at: usize, end: usize): bool {
  const first = recordTop();
  scenes = 0;
  lastId = 0;
  goTo(at);
  if (!readPage() || peek() != 0 || here() != end) return false;
  setResult(RESULT_ROWS, scenes);
  setResult(RESULT_RECORDS_AT, first as u32);
  setResult(RESULT_RECORDS, scenes);
  setResult(RESULT_LAST_ID, lastId);
  return true;
}

function readPage(): bool {
  if (!enterObject() || nextMember(true) != 1 || keyLength() != 4 || !keyIs('data')) return false;
  if (!enterObject() || nextMember(true) != 1 || keyLength() != 10 || !keyIs('findScenes')) return false;
  if (!enterObject() || nextMember(true) != 1 || keyLength() != 6 || !keyIs('scenes')) return false;
  scenes = readRows(readScene);
  if (scenes < 0) return false;
  // The rest must be just the closing braces: errors beside data are not for this road.
  return nextMember(false) == 0 && nextMember(false) == 0 && nextMember(false) == 0;
}

function readScene(): bool {
  record = takeRecord(SCENE_WORDS << 2);
  memory.fill(record, 0, SCENE_WORDS << 2);
  store<f64>(record + (SCENE_UPDATED_DOUBLE << 3), NaN);
  store<f64>(record + (SCENE_CREATED_DOUBLE << 3), NaN);
  if (!enterObject()) return false;
  for (let next = nextMember(true); next != 0; next = nextMember(false)) {
    if (next < 0 || !readMember()) return false;
  }
  store<u32>(record + (SCENE_NEXT << 2), recordTop() as u32);
  const id = load<u32>(record + (SCENE_ID << 2));
  lastId = max(lastId, id);
  return id != 0;
}

function readMember(): bool {
  switch (keyLength()) {
    case 2:
      if (keyIs('id')) return readId();
      break;
    case 4:
      if (keyIs('date')) return readTextTo(SCENE_DATE);
      if (keyIs('tags')) return readNamesTo(SCENE_TAGS);
      break;
    case 5:
      if (keyIs('title')) return readTextTo(SCENE_TITLE);
      if (keyIs('files')) return readFiles();
      break;
    case 6:
      if (keyIs('studio')) return readStudio();
      break;
    case 7:
      if (keyIs('details')) return readTextTo(SCENE_DETAILS);
      break;
    case 10:
      if (keyIs('updated_at')) {
        if (!readTextTo(SCENE_UPDATED_TEXT)) return false;
        readTimeTo(SCENE_UPDATED_DOUBLE);
        return true;
      }
      if (keyIs('created_at')) {
        if (!readText()) return false;
        readTimeTo(SCENE_CREATED_DOUBLE);
        return true;
      }
      if (keyIs('performers')) return readNamesTo(SCENE_PERFORMERS);
      break;
  }
  return skipValue();
}

function readId(): bool {
  if (!readString() || textLength() == 0 || textLength() > 10) return false;
  let id: f64 = 0;
  for (let i: u32 = 0; i < textLength(); i++) {
    const digit: u32 = (load<u8>(textAt() + i) as u32) - 0x30;
    if (digit > 9) return false;
    id = id * 10 + (digit as f64);
  }
  if (id > (MAX_SCENE_ID as f64)) return false;
  store<u32>(record + (SCENE_ID << 2), id as u32);
  return true;
}

function readTextTo(word: usize): bool {
  if (!readText()) return false;
  storeText(record + (word << 2));
  return true;
}

function storeText(place: usize): void {
  store<u32>(place, textAt() as u32);
  store<u32>(place, textLength(), 4);
}

/** The time in the text read last. */
function readTimeTo(double: usize): void {
  store<f64>(record + (double << 3), readTime(textAt(), textAt() + textLength()));
}

function readStudio(): bool {
  if (takeNull()) setText(0, 0);
  else if (!readName()) return false;
  storeText(record + (SCENE_STUDIO << 2));
  return true;
}

/** Reads an object with a name and leaves the name where strings are left. */
function readName(): bool {
  if (!enterObject()) return false;
  let at: usize = 0;
  let length: u32 = 0;
  for (let next = nextMember(true); next != 0; next = nextMember(false)) {
    if (next < 0) return false;
    if (keyLength() != 4 || !keyIs('name')) {
      if (!skipValue()) return false;
      continue;
    }
    if (!readText()) return false;
    at = textAt();
    length = textLength();
  }
  setText(at, length);
  return true;
}

function readNamesTo(word: usize): bool {
  const list = recordTop();
  let count: u32 = 0;
  if (!takeNull()) {
    if (!enterList()) return false;
    for (let next = nextElement(true); next != 0; next = nextElement(false)) {
      if (next < 0 || !readName()) return false;
      if (isBlank(textAt(), textLength())) continue;
      storeText(takeRecord(8));
      count++;
    }
  }
  store<u32>(record + (word << 2), list as u32);
  store<u32>(record + (word << 2), count, 4);
  return true;
}

function readFiles(): bool {
  const list = recordTop();
  let count: u32 = 0;
  if (!takeNull()) {
    if (!enterList()) return false;
    for (let next = nextElement(true); next != 0; next = nextElement(false)) {
      const read = next < 0 ? -1 : readFile();
      if (read < 0) return false;
      count += read;
    }
  }
  store<u32>(record + (SCENE_FILES << 2), list as u32);
  store<u32>(record + (SCENE_FILES << 2), count, 4);
  return true;
}

/** Returns 1 for a file Plex could see, 0 for any other, -1 for what is no file. */
function readFile(): i32 {
  if (!enterObject()) return -1;
  let at: usize = 0;
  let length: u32 = 0;
  let size: f64 = 0;
  let duration: f64 = 0;
  for (let next = nextMember(true); next != 0; next = nextMember(false)) {
    if (next < 0) return -1;
    if (keyLength() == 4 && keyIs('path')) {
      if (!readText()) return -1;
      at = textAt();
      length = textLength();
    } else if (keyLength() == 4 && keyIs('size')) {
      size = wholeNumber();
    } else if (keyLength() == 8 && keyIs('duration')) {
      duration = decimalNumber();
    } else if (!skipValue()) return -1;
  }
  if (size < 0 || duration < 0) return -1;
  const name = nameStart(at, at + length);
  if (isBlank(name, (at + length - name) as u32) || isInsideZip(at, at + length)) return 0;
  const file = takeRecord(FILE_WORDS << 2);
  store<u32>(file, at as u32);
  store<u32>(file, length, 4);
  store<u32>(file + (FILE_NAME_AT << 2), name as u32);
  store<u32>(file + (FILE_NAME_HASH << 2), nameHash(name, (at + length - name) as u32));
  store<f64>(file + (FILE_SIZE_DOUBLE << 3), size);
  store<f64>(file + (FILE_DURATION_DOUBLE << 3), duration);
  return 1;
}

/**
 * A member of an archive has the archive's path with its own joined on; Plex can never see it. Told by the path rather
 * than by `zip_file`, which older servers do not know and which costs one more query per file.
 */
function isInsideZip(at: usize, end: usize): bool {
  const dot = i8x16.splat(0x2e);
  for (let place = at; place + 5 < end; place += 16) {
    let dots = i8x16.bitmask(i8x16.eq(v128.load(place), dot)) as u32;
    for (; dots != 0; dots &= dots - 1) {
      const name = place + (ctz(dots) as usize) + 1;
      if (name + 4 < end && isArchive(name) && isSeparator(load<u8>(name + 3))) return true;
    }
  }
  return false;
}

/** `zip` or `cbz`, in any case. */
function isArchive(at: usize): bool {
  const first = foldByte(load<u8>(at));
  const second = foldByte(load<u8>(at + 1));
  const third = foldByte(load<u8>(at + 2));
  return (first == 0x7a && second == 0x69 && third == 0x70) || (first == 0x63 && second == 0x62 && third == 0x7a);
}
