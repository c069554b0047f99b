/**
 * Writes sync jobs as Stash2Plex's worker reads them (its v1.6.14): Python's pickle, protocol 4, in the minimal form (no
 * frames, no memo, MARK form for collections), key for key. `pqid` and the retry keys are never written: they belong to the
 * plugin's own copies. Empty fields are left out: an empty value would clear the field in Plex. Whether a scene is to have a
 * job, and by which path, is decided by whoever asks for it.
 */
import { ContextWord, Kind, NOTHING, Result } from '../../shared/engine/layout';
import { contextWord } from './context';
import { digitsOf, writeDigits } from './digits';
import { sceneFields } from './fields';
import { partNameAt, partNameEnd } from './index-reader';
import { isJobOf } from './job-check';
import { Field, File, Scene, Span } from './records';
import { setResult } from './result-words';
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

/** Bytes of a job without its texts and keys, and what each text costs beside its own bytes. */
const FIXED_BYTES: usize = 320;
const TEXT_OVERHEAD: u32 = 5;

let at: usize = 0;

/**
 * Writes the job of the scene at an address; its path is that of the file at another, its name spelled as the part's
 * (NOTHING: as it is). `enqueued_at` is the second in which the scene was asked for: what a job knows is as old as that.
 */
export function writeFileJob(sceneAt: usize, fileAt: usize, part: u32, asOf: f64): usize {
  const scene = changetype<Scene>(sceneAt);
  const file = changetype<File>(fileAt);
  if (part == NOTHING) return writeJob(scene, file.pathAt, file.pathLength, 0, 0, asOf);
  const name = partNameAt(part);
  return writeJob(
    scene,
    file.pathAt,
    (file.nameAt - file.pathAt) as u32,
    name,
    (partNameEnd(part) - name) as u32,
    asOf,
  );
}

/** Writes the job of the scene at an address with this path. */
export function writePathJob(sceneAt: usize, path: usize, length: u32, asOf: f64): usize {
  return writeJob(changetype<Scene>(sceneAt), path, length, 0, 0, asOf);
}

/** Writes a job, its path in two pieces, and reads it back: one row the worker cannot read stops its whole queue. */
function writeJob(scene: Scene, dir: usize, dirLength: u32, name: usize, nameLength: u32, asOf: f64): usize {
  const start = takeJobRoom(scene, dirLength + nameLength);
  at = start;
  write(PROTO);
  write(4);
  openDict();
  writeWord('job_id');
  writeInteger(scene.id);
  writeWord('scene_id');
  writeInteger(scene.id);
  writeWord('update_type');
  writeWord('metadata');
  writeWord('data');
  openDict();
  writeWord('path');
  writeHead(dirLength + nameLength);
  writeBytes(dir, dirLength);
  writeBytes(name, nameLength);
  writeFields(scene);
  writePictures(scene);
  write(SET_ITEMS);
  writeWord('enqueued_at');
  write(FLOAT);
  store<u64>(at, bswap(reinterpret<u64>(asOf)));
  at += 8;
  writeWord('job_key');
  writeHead(6 + (digitsOf(scene.id) as u32));
  writeAscii('scene_');
  at = writeDigits(at, scene.id);
  write(SET_ITEMS);
  write(STOP);
  // Broken invariants end the run, before anything is written.
  if (!isJobOf(start, at, scene.id)) unreachable();
  trimRecords((at + 7) & ~7);
  setResult(Result.JobBytes, (at - start) as u32);
  return start;
}

/** Takes room enough for the job of a scene. */
function takeJobRoom(scene: Scene, pathLength: u32): usize {
  let bytes: usize = FIXED_BYTES + pathLength + 2 * (contextWord(ContextWord.PictureBaseLength) as usize);
  const fields = sceneFields();
  for (let line: u32 = 0; line < fields.count; line++) {
    const field = fields.line(line);
    if (field.jobKeyLength == 0) continue;
    bytes += field.jobKeyLength + TEXT_OVERHEAD;
    bytes += valueBytes(field.kind, scene.slot(line));
  }
  return takeRecord((bytes + 7) & ~7);
}

function valueBytes(kind: i32, slot: Span): usize {
  if (kind == Kind.Whole) return 8;
  let bytes: usize = TEXT_OVERHEAD + slot.length;
  if (kind != Kind.Names) return bytes;
  for (let i: u32 = 0; i < slot.length; i++) bytes += nameAt(slot, i).length + TEXT_OVERHEAD;
  return bytes;
}

function nameAt(list: Span, i: u32): Span {
  return changetype<Span>(list.at + (i as usize) * offsetof<Span>());
}

function writeFields(scene: Scene): void {
  const fields = sceneFields();
  for (let line: u32 = 0; line < fields.count; line++) {
    const field = fields.line(line);
    if (field.jobKeyLength != 0) writeField(field, scene.slot(line));
  }
}

function writeField(field: Field, value: Span): void {
  switch (field.kind) {
    case Kind.Text:
    case Kind.Named:
      if (isBlank(value.at, value.length)) return;
      break;
    case Kind.Date:
      if (!isWholeDate(value)) return;
      break;
    default:
      // Names: how many there are; a number: whether there is one.
      if (value.length == 0) return;
  }
  writeText(field.jobKeyAt, field.jobKeyLength);
  if (field.kind == Kind.Whole) writeInteger(value.at as u32);
  else if (field.kind == Kind.Names) writeList(value);
  else writeText(value.at, value.length);
}

function writeList(names: Span): void {
  write(EMPTY_LIST);
  write(MARK);
  for (let i: u32 = 0; i < names.length; i++) writeText(nameAt(names, i).at, nameAt(names, i).length);
  write(APPENDS);
}

/** YYYY-MM-DD: the worker passes a partial date on as it is, which Plex cannot take. */
function isWholeDate(date: Span): bool {
  if (date.length != 10) return false;
  for (let i: usize = 0; i < 10; i++) {
    const byte: u32 = load<u8>(date.at + i);
    if (i == 4 || i == 7 ? byte != 0x2d : byte - 0x30 > 9) return false;
  }
  return true;
}

/**
 * The URLs Stash gives for a scene's pictures, which it computes in just this way (0.30, for 120 of 120 scenes): asking for
 * them would make every row a quarter dearer.
 */
function writePictures(scene: Scene): void {
  if (contextWord(ContextWord.PictureBaseLength) == 0) return;
  const seconds = Math.floor(scene.updatedAt);
  // A time that cannot be read, or is from before 1970, has no place in the URL.
  if (!(seconds >= 0 && seconds <= (u32.MAX_VALUE as f64))) return;
  const time = seconds as u32;
  writeWord('poster_url');
  writeHead((pictureBytes(scene.id, '/screenshot?t=') + digitsOf(time)) as u32);
  writePicture(scene.id, '/screenshot?t=');
  at = writeDigits(at, time);
  if (contextWord(ContextWord.HasBackground) == 0) return;
  writeWord('background_url');
  writeHead(pictureBytes(scene.id, '/preview') as u32);
  writePicture(scene.id, '/preview');
}

function pictureBytes(id: u32, path: string): usize {
  return (contextWord(ContextWord.PictureBaseLength) as usize) + 7 + digitsOf(id) + path.length;
}

function writePicture(id: u32, path: string): void {
  writeBytes(contextWord(ContextWord.PictureBase), contextWord(ContextWord.PictureBaseLength));
  writeAscii('/scene/');
  at = writeDigits(at, id);
  writeAscii(path);
}

function write(byte: u8): void {
  store<u8>(at++, byte);
}

function openDict(): void {
  write(EMPTY_DICT);
  write(MARK);
}

/** Writes a short ASCII text. */
function writeWord(word: string): void {
  writeHead(word.length);
  writeAscii(word);
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

function writeAscii(text: string): void {
  for (let i = 0; i < text.length; i++) write(text.charCodeAt(i) as u8);
}

/** Writes a number below 2^31. */
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
