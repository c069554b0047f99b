/**
 * Encodes a sync job as Python's pickle, protocol 4, in the minimal form (no frames, no memo, MARK form for collections)
 * that Python's own reader and Stash2Plex's worker load.
 */
import type { JobData, JobText, SyncJob } from './job.js';
import type { Utf8Text } from './utf8-text.js';

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

/** Texts up to this length are written by a loop; a call into Node's encoder costs about 50 ns, which a loop takes for 20 characters. */
const LOOP_LENGTH = 16;

const KEY = {
  jobId: encodedKey('job_id'),
  sceneId: encodedKey('scene_id'),
  updateType: encodedKey('update_type'),
  data: encodedKey('data'),
  enqueuedAt: encodedKey('enqueued_at'),
  jobKey: encodedKey('job_key'),
};

/** In the order in which they are written. */
const DATA_KEYS = (['path', 'title', 'studio', 'performers', 'tags', 'details', 'date'] as const).map(
  (name) => [name, encodedKey(name)] as const,
) satisfies readonly (readonly [keyof JobData, Uint8Array])[];

/** Reused from job to job: 300,000 jobs must not allocate 300,000 scratch buffers. */
let scratch = Buffer.alloc(16_384);
let at = 0;

/** The pickled row; strings keep their text, but lone surrogates, which are no text, become U+FFFD. */
export function encodeSyncJob(job: SyncJob): Uint8Array {
  at = 0;
  reserve(256);
  writeBytes(OP.proto, 4, OP.emptyDict, OP.mark);
  writeEncoded(KEY.jobId);
  writeInteger(job.job_id);
  writeEncoded(KEY.sceneId);
  writeInteger(job.scene_id);
  writeEncoded(KEY.updateType);
  writeText(job.update_type);
  writeEncoded(KEY.data);
  writeData(job.data);
  writeEncoded(KEY.enqueuedAt);
  writeFloat(job.enqueued_at);
  writeEncoded(KEY.jobKey);
  writeText(job.job_key);
  writeBytes(OP.setItems, OP.stop);
  return new Uint8Array(scratch.subarray(0, at));
}

function encodedKey(name: string): Uint8Array {
  return Uint8Array.from([OP.shortUnicode, name.length, ...Buffer.from(name, 'latin1')]);
}

function reserve(bytes: number): void {
  if (at + bytes <= scratch.length) return;
  const bigger = Buffer.alloc(Math.max(at + bytes, scratch.length * 2));
  scratch.copy(bigger, 0, 0, at);
  scratch = bigger;
}

function writeBytes(...bytes: readonly number[]): void {
  reserve(bytes.length);
  for (const byte of bytes) scratch[at++] = byte;
}

function writeEncoded(bytes: Uint8Array): void {
  reserve(bytes.length);
  // Keys are a dozen bytes long: the loop beats a call to set().
  for (const byte of bytes) scratch[at++] = byte;
}

function writeData(data: JobData): void {
  writeBytes(OP.emptyDict, OP.mark);
  for (const [name, key] of DATA_KEYS) {
    const value = data[name];
    if (value === undefined) continue;
    writeEncoded(key);
    if (Array.isArray(value)) writeList(value as readonly JobText[]);
    else writeText(value as JobText);
  }
  writeBytes(OP.setItems);
}

function writeList(list: readonly JobText[]): void {
  writeBytes(OP.emptyList);
  if (list.length === 0) return;
  writeBytes(OP.mark);
  for (const text of list) writeText(text);
  writeBytes(OP.appends);
}

function writeText(text: JobText): void {
  if (typeof text === 'string') writeString(text);
  else if (!writePlain(text)) writeString(text.toString());
}

/** Writes UTF-8 as it stands if it is all ASCII; else writes nothing that counts and returns false. */
function writePlain({ bytes, start, end }: Utf8Text): boolean {
  const length = end - start;
  reserve(5 + length);
  const short = length < 256;
  const textAt = at + (short ? 2 : 5);
  let all = 0;
  for (let i = 0; i < length; i++) {
    const byte = bytes[start + i] ?? 0;
    all |= byte;
    scratch[textAt + i] = byte;
  }
  if (all >= 0x80) return false;
  scratch[at] = short ? OP.shortUnicode : OP.unicode;
  if (short) scratch[at + 1] = length;
  else scratch.writeUInt32LE(length, at + 1);
  at = textAt + length;
  return true;
}

function writeString(text: string): void {
  reserve(5 + text.length * 3);
  if (text.length <= LOOP_LENGTH && writeAscii(text)) return;
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

/** Writes a short text if it is all ASCII; else writes nothing that counts and returns false. */
function writeAscii(text: string): boolean {
  const start = at + 2;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return false;
    scratch[start + i] = code;
  }
  scratch[at] = OP.shortUnicode;
  scratch[at + 1] = text.length;
  at = start + text.length;
  return true;
}

function writeInteger(value: number): void {
  reserve(10);
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
