/**
 * Encodes a sync job as Python's pickle, protocol 4, in the minimal form (no frames, no memo, MARK form for collections)
 * that Python's own reader and Stash2Plex's worker load.
 */
import type { SyncJob } from './job.js';

const OP = {
  proto: 0x80,
  emptyDict: 0x7d,
  emptyList: 0x5d,
  mark: 0x28,
  setItems: 0x75,
  appends: 0x65,
  stop: 0x2e,
  shortUnicode: 0x8c,
  unicode: 0x58,
  int8: 0x4b,
  int16: 0x4d,
  int32: 0x4a,
  long: 0x8a,
  float: 0x47,
} as const;

type JobValue = string | number | readonly string[] | Readonly<Record<string, string | readonly string[]>>;

/** Reused from job to job: 300,000 jobs must not allocate 300,000 scratch buffers. */
let scratch = Buffer.alloc(16_384);
let at = 0;

/** The pickled row; strings keep their text, but lone surrogates, which are no text, become U+FFFD. */
export function encodeSyncJob(job: SyncJob): Uint8Array {
  at = 0;
  writeBytes(OP.proto, 4, OP.emptyDict, OP.mark);
  writeInteger('job_id', job.job_id);
  writeInteger('scene_id', job.scene_id);
  writePair('update_type', job.update_type);
  writePair('data', { ...job.data });
  writeString('enqueued_at');
  writeFloat(job.enqueued_at);
  writePair('job_key', job.job_key);
  writeBytes(OP.setItems, OP.stop);
  return new Uint8Array(scratch.subarray(0, at));
}

function reserve(bytes: number): void {
  if (at + bytes <= scratch.length) return;
  const bigger = Buffer.alloc(Math.max(at + bytes, scratch.length * 2));
  scratch.copy(bigger, 0, 0, at);
  scratch = bigger;
}

function writeBytes(...bytes: number[]): void {
  reserve(bytes.length);
  for (const byte of bytes) scratch[at++] = byte;
}

function writePair(key: string, value: Exclude<JobValue, number>): void {
  writeString(key);
  if (typeof value === 'string') writeString(value);
  else if (isList(value)) writeList(value);
  else writeDict(value);
}

function isList(value: object): value is readonly string[] {
  return Array.isArray(value);
}

function writeList(list: readonly string[]): void {
  writeBytes(OP.emptyList);
  if (list.length === 0) return;
  writeBytes(OP.mark);
  for (const text of list) writeString(text);
  writeBytes(OP.appends);
}

function writeDict(dict: Readonly<Record<string, string | readonly string[]>>): void {
  writeBytes(OP.emptyDict, OP.mark);
  for (const [key, value] of Object.entries(dict)) writePair(key, value);
  writeBytes(OP.setItems);
}

function writeString(text: string): void {
  reserve(5 + text.length * 3);
  // The length stands before the text and its width depends on it: most texts are short, so that is tried first.
  const written = scratch.write(text, at + 2, 'utf8');
  if (written < 256) {
    scratch[at] = OP.shortUnicode;
    scratch[at + 1] = written;
    at += 2 + written;
    return;
  }
  scratch.copyWithin(at + 5, at + 2, at + 2 + written);
  scratch[at] = OP.unicode;
  scratch.writeUInt32LE(written, at + 1);
  at += 5 + written;
}

function writeInteger(key: string, value: number): void {
  writeString(key);
  reserve(12);
  if (value >= 0 && value < 256) writeBytes(OP.int8, value);
  else if (value >= 0 && value < 65_536) writeBytes(OP.int16, value & 255, value >> 8);
  else if (value === (value | 0)) {
    scratch[at] = OP.int32;
    scratch.writeInt32LE(value, at + 1);
    at += 5;
  } else {
    writeBytes(OP.long, 8);
    scratch.writeBigInt64LE(BigInt(value), at);
    at += 8;
  }
}

function writeFloat(value: number): void {
  reserve(9);
  scratch[at] = OP.float;
  scratch.writeDoubleBE(value, at + 1);
  at += 9;
}
