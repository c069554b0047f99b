/**
 * Sync jobs as Stash2Plex's worker reads them (its v1.6.14): Python's pickle, protocol 4, in the minimal form (no frames, no
 * memo, MARK form for collections), key for key. `pqid` and the retry keys are never written: they belong to the plugin's
 * own copies. Empty fields are left out: an empty value would clear the field in Plex.
 */
import {
  SCENE_DATE,
  SCENE_DETAILS,
  SCENE_ID,
  SCENE_PERFORMERS,
  SCENE_STUDIO,
  SCENE_TAGS,
  SCENE_TITLE,
} from '../../shared/engine/layout';
import { isJobOf } from './job-check';
import { takeRecord, trimRecords } from './room';
import { isBlank } from './text';

const PROTO: u8 = 0x80;
const EMPTY_DICT: u8 = 0x7d;
const EMPTY_LIST: u8 = 0x5d;
const MARK: u8 = 0x28;
const SET_ITEMS: u8 = 0x75;
const APPENDS: u8 = 0x65;
const STOP: u8 = 0x2e;
const SHORT_UNICODE: u8 = 0x8c;
const UNICODE: u8 = 0x58;
const INT8: u8 = 0x4b;
const INT16: u8 = 0x4d;
const INT32: u8 = 0x4a;
const FLOAT: u8 = 0x47;

/** Bytes of a job without its texts, and what each text costs beside its own bytes. */
const FIXED_BYTES: usize = 256;
const TEXT_OVERHEAD: usize = 5;

let at: usize = 0;

/**
 * Writes the job of a scene, its path in two pieces, `enqueued_at` the second in which the scene was asked for: what a job
 * knows is as old as that. Reads it back: one row the worker cannot read stops its whole queue.
 * @returns its bytes, written at `jobAt`
 */
export function writeJob(
  scene: usize,
  jobAt: usize,
  dir: usize,
  dirLength: u32,
  name: usize,
  nameLength: u32,
  asOf: f64,
): u32 {
  at = jobAt;
  const id = load<u32>(scene + (SCENE_ID << 2));
  write(PROTO);
  write(4);
  openDict();
  writeKey('job_id');
  writeInteger(id);
  writeKey('scene_id');
  writeInteger(id);
  writeKey('update_type');
  writeKey('metadata');
  writeKey('data');
  openDict();
  writeKey('path');
  writeHead(dirLength + nameLength);
  writeBytes(dir, dirLength);
  writeBytes(name, nameLength);
  writeFields(scene);
  write(SET_ITEMS);
  writeKey('enqueued_at');
  write(FLOAT);
  store<u64>(at, bswap(reinterpret<u64>(asOf)));
  at += 8;
  writeKey('job_key');
  writeJobKey(id);
  write(SET_ITEMS);
  write(STOP);
  // Broken invariants end the run, before anything is written.
  if (!isJobOf(jobAt, at, id)) unreachable();
  return (at - jobAt) as u32;
}

/** Takes room enough for the job of a scene. */
export function takeJobRoom(scene: usize, pathLength: u32): usize {
  let bytes: usize = FIXED_BYTES + pathLength;
  bytes += textBytes(scene, SCENE_TITLE) + textBytes(scene, SCENE_STUDIO);
  bytes += textBytes(scene, SCENE_DETAILS) + textBytes(scene, SCENE_DATE);
  bytes += namesBytes(scene, SCENE_PERFORMERS) + namesBytes(scene, SCENE_TAGS);
  return takeRecord((bytes + 7) & ~7);
}

/** Gives back the room behind a job. */
export function trimJobRoom(jobAt: usize, bytes: u32): void {
  trimRecords((jobAt + bytes + 7) & ~7);
}

function textBytes(scene: usize, word: usize): usize {
  return (load<u32>(scene + (word << 2), 4) as usize) + TEXT_OVERHEAD;
}

function namesBytes(scene: usize, word: usize): usize {
  const list: usize = load<u32>(scene + (word << 2));
  const end = list + ((load<u32>(scene + (word << 2), 4) as usize) << 3);
  let bytes: usize = 0;
  for (let name = list; name < end; name += 8) bytes += (load<u32>(name, 4) as usize) + TEXT_OVERHEAD;
  return bytes;
}

function writeFields(scene: usize): void {
  writeField(scene, SCENE_TITLE, 'title');
  writeField(scene, SCENE_STUDIO, 'studio');
  writeList(scene, SCENE_PERFORMERS, 'performers');
  writeList(scene, SCENE_TAGS, 'tags');
  writeField(scene, SCENE_DETAILS, 'details');
  if (isWholeDate(scene)) writeField(scene, SCENE_DATE, 'date');
}

function writeField(scene: usize, word: usize, key: string): void {
  const text: usize = load<u32>(scene + (word << 2));
  const length = load<u32>(scene + (word << 2), 4);
  if (isBlank(text, length)) return;
  writeKey(key);
  writeText(text, length);
}

function writeList(scene: usize, word: usize, key: string): void {
  const list: usize = load<u32>(scene + (word << 2));
  const count = load<u32>(scene + (word << 2), 4);
  if (count == 0) return;
  writeKey(key);
  write(EMPTY_LIST);
  write(MARK);
  for (let name = list; name < list + ((count as usize) << 3); name += 8)
    writeText(load<u32>(name), load<u32>(name, 4));
  write(APPENDS);
}

/** YYYY-MM-DD: the worker passes a partial date on as it is, which Plex cannot take. */
function isWholeDate(scene: usize): bool {
  const date: usize = load<u32>(scene + (SCENE_DATE << 2));
  if (load<u32>(scene + (SCENE_DATE << 2), 4) != 10) return false;
  for (let i: usize = 0; i < 10; i++) {
    const byte: u32 = load<u8>(date + i);
    if (i == 4 || i == 7 ? byte != 0x2d : byte - 0x30 > 9) return false;
  }
  return true;
}

function write(byte: u8): void {
  store<u8>(at++, byte);
}

function openDict(): void {
  write(EMPTY_DICT);
  write(MARK);
}

/** Writes a short ASCII text. */
function writeKey(text: string): void {
  write(SHORT_UNICODE);
  write(text.length as u8);
  for (let i = 0; i < text.length; i++) write(text.charCodeAt(i) as u8);
}

function writeText(text: usize, length: u32): void {
  writeHead(length);
  writeBytes(text, length);
}

/** Writes what stands in front of a text. */
function writeHead(length: u32): void {
  if (length < 256) {
    write(SHORT_UNICODE);
    write(length as u8);
    return;
  }
  write(UNICODE);
  store<u32>(at, length);
  at += 4;
}

function writeBytes(bytes: usize, length: u32): void {
  memory.copy(at, bytes, length);
  at += length;
}

/** Ids lie below 2^31. */
function writeInteger(value: u32): void {
  if (value < 256) {
    write(INT8);
    write(value as u8);
  } else if (value < 65536) {
    write(INT16);
    store<u16>(at, value as u16);
    at += 2;
  } else {
    write(INT32);
    store<u32>(at, value);
    at += 4;
  }
}

/** `scene_<id>` */
function writeJobKey(id: u32): void {
  let digits: u32 = 1;
  for (let rest = id / 10; rest > 0; rest /= 10) digits++;
  const prefix = 'scene_';
  write(SHORT_UNICODE);
  write(((prefix.length as u32) + digits) as u8);
  for (let i = 0; i < prefix.length; i++) write(prefix.charCodeAt(i) as u8);
  let rest = id;
  for (let i = digits; i > 0; i--) {
    store<u8>(at + i - 1, (0x30 + (rest % 10)) as u8);
    rest /= 10;
  }
  at += digits;
}
