/** Finds the scenes of a Stash page: one record each, every field of the table in it. Judges nothing. */
import { Kind, MAX_SCENE_ID, Result, SLOT_WORDS, SceneWord } from '../../shared/engine/layout';
import { FieldTable, sceneFields } from './fields';
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
import { File, Scene, Span } from './records';
import { setResult } from './result-words';
import { recordTop, takeRecord } from './room';
import { readRows } from './rows';
import { isBlank, nameHash, nameStart } from './text';
import { readTime } from './time';

let scene = changetype<Scene>(0);
let rows: i32 = 0;
let lastId: u32 = 0;

/** Reads the page `at..end`; false when it is not a list of scenes and nothing else. */
export function readScenes(at: usize, end: usize): bool {
  const first = recordTop();
  rows = 0;
  lastId = 0;
  goTo(at);
  if (!readPage() || peek() != 0 || here() != end) return false;
  setResult(Result.Rows, rows);
  setResult(Result.RecordsAt, first as u32);
  setResult(Result.Records, rows);
  setResult(Result.LastId, lastId);
  return true;
}

function readPage(): bool {
  if (!enterObject() || nextMember(true) != 1 || keyLength() != 4 || !keyIs('data')) return false;
  if (!enterObject() || nextMember(true) != 1 || keyLength() != 10 || !keyIs('findScenes')) return false;
  if (!enterObject() || nextMember(true) != 1 || keyLength() != 6 || !keyIs('scenes')) return false;
  rows = readRows(readScene);
  if (rows < 0) return false;
  // The rest must be just the closing braces: errors beside data are not for this road.
  return nextMember(false) == 0 && nextMember(false) == 0 && nextMember(false) == 0;
}

function readScene(): bool {
  const fields = sceneFields();
  const bytes: usize = ((SceneWord.Words as usize) + (fields.count as usize) * SLOT_WORDS) << 2;
  const record = takeRecord(bytes);
  memory.fill(record, 0, bytes);
  scene = changetype<Scene>(record);
  scene.updatedAt = NaN;
  scene.createdAt = NaN;
  if (!enterObject()) return false;
  for (let next = nextMember(true); next != 0; next = nextMember(false)) {
    if (next < 0 || !readMember(fields)) return false;
  }
  scene.next = changetype<Scene>(recordTop());
  lastId = max(lastId, scene.id);
  return scene.id != 0;
}

function readMember(fields: FieldTable): bool {
  const line = fields.find();
  if (line < 0) return skipValue();
  const field = fields.line(line);
  const slot = scene.slot(line);
  switch (field.kind) {
    case Kind.Text:
    case Kind.Date:
      return readText() && keepText(slot, field.presence);
    case Kind.Named:
      if (takeNull()) return true;
      return readName() && keepText(slot, field.presence);
    case Kind.Names:
      return readNames(slot, field.presence);
    case Kind.Whole:
      return readWhole(slot);
    case Kind.Id:
      return readId();
    case Kind.Updated:
      if (!readText()) return false;
      scene.updatedAt = readTime(textAt(), textAt() + textLength());
      return keepText(slot, 0);
    case Kind.Created:
      if (!readText()) return false;
      scene.createdAt = readTime(textAt(), textAt() + textLength());
      return true;
    case Kind.Files:
      return readFiles();
    default:
      return skipValue();
  }
}

/** Keeps the text read last. */
function keepText(slot: Span, presence: u32): bool {
  slot.at = textAt();
  slot.length = textLength();
  if (presence != 0 && !isBlank(slot.at, slot.length)) scene.presence |= presence;
  return true;
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
  scene.id = id as u32;
  return true;
}

function readWhole(slot: Span): bool {
  if (takeNull()) return true;
  const value = wholeNumber();
  if (value < 0 || value > (i32.MAX_VALUE as f64)) return false;
  slot.at = value as usize;
  slot.length = 1;
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

function readNames(slot: Span, presence: u32): bool {
  slot.at = recordTop();
  if (takeNull()) return true;
  if (!enterList()) return false;
  for (let next = nextElement(true); next != 0; next = nextElement(false)) {
    if (next < 0 || !readName()) return false;
    if (isBlank(textAt(), textLength())) continue;
    const name = changetype<Span>(takeRecord(offsetof<Span>()));
    name.at = textAt();
    name.length = textLength();
    slot.length++;
    scene.presence |= presence;
  }
  return true;
}

function readFiles(): bool {
  scene.files = changetype<File>(recordTop());
  if (takeNull()) return true;
  if (!enterList()) return false;
  for (let next = nextElement(true); next != 0; next = nextElement(false)) {
    if (next < 0 || !readFile()) return false;
  }
  return true;
}

/** Reads a file; one without a name is none that Plex could see. */
function readFile(): bool {
  if (!enterObject()) return false;
  let at: usize = 0;
  let length: u32 = 0;
  let size: f64 = 0;
  let duration: f64 = 0;
  for (let next = nextMember(true); next != 0; next = nextMember(false)) {
    if (next < 0) return false;
    if (keyLength() == 4 && keyIs('path')) {
      if (!readText()) return false;
      at = textAt();
      length = textLength();
    } else if (keyLength() == 4 && keyIs('size')) {
      size = wholeNumber();
    } else if (keyLength() == 8 && keyIs('duration')) {
      duration = decimalNumber();
    } else if (!skipValue()) return false;
  }
  if (size < 0 || duration < 0) return false;
  const name = nameStart(at, at + length);
  const nameLength = (at + length - name) as u32;
  if (isBlank(name, nameLength)) return true;
  const file = changetype<File>(takeRecord(offsetof<File>()));
  file.pathAt = at;
  file.pathLength = length;
  file.nameAt = name;
  file.nameHash = nameHash(name, nameLength);
  file.size = size;
  file.duration = duration;
  scene.fileCount++;
  return true;
}
