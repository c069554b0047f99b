/** Reads a job's pickle back, independently of what wrote it. */
import { isUtf8, spells } from './text';

let at: usize = 0;
let end: usize = 0;
let textAt: usize = 0;

/** Whether `start..stop` is, from first to last, a dict Python can read, with this scene id and a finite `enqueued_at`. */
export function isJobOf(start: usize, stop: usize, sceneId: u32): bool {
  at = start;
  end = stop;
  if (!takes(0x80) || !takes(4) || !takes(0x7d) || !takes(0x28)) return false;
  let hasId = false;
  let hasTime = false;
  while (!takes(0x75)) {
    if (!readText()) return false;
    const isId = textIs('scene_id');
    const isTime = textIs('enqueued_at');
    const value = at;
    if (!readValue()) return false;
    if (isId) hasId = (integerAt(value) as u32) == sceneId;
    if (isTime) hasTime = load<u8>(value) == 0x47 && isFinite(reinterpret<f64>(bswap(load<u64>(value + 1))));
  }
  return takes(0x2e) && at == end && hasId && hasTime;
}

function takes(byte: u32): bool {
  if (at >= end || load<u8>(at) != byte) return false;
  at++;
  return true;
}

function skip(count: usize): bool {
  at += count;
  return at <= end;
}

function readValue(): bool {
  switch (at < end ? load<u8>(at) : 0) {
    case 0x4b:
      return skip(2);
    case 0x4d:
      return skip(3);
    case 0x4a:
      return skip(5);
    case 0x47:
      return skip(9);
    case 0x5d:
      return readList();
    case 0x7d:
      return readDict();
    default:
      return readText();
  }
}

function readList(): bool {
  at++;
  if (!takes(0x28)) return true;
  while (!takes(0x65)) if (!readValue()) return false;
  return true;
}

function readDict(): bool {
  at++;
  if (!takes(0x28)) return true;
  while (!takes(0x75)) if (!readText() || !readValue()) return false;
  return true;
}

function readText(): bool {
  if (at + 5 > end) return false;
  const opcode: u32 = load<u8>(at);
  if (opcode != 0x8c && opcode != 0x58) return false;
  const length: usize = opcode == 0x8c ? load<u8>(at + 1) : load<u32>(at + 1);
  at += opcode == 0x8c ? 2 : 5;
  textAt = at;
  // What else than UTF-8 Python finds in a text stops it.
  return length <= end - at && skip(length) && isUtf8(textAt, length as u32);
}

function textIs(text: string): bool {
  return at - textAt == (text.length as usize) && spells(textAt, text);
}

/** The integer at a place already read over; -1 for anything else. */
function integerAt(place: usize): i32 {
  switch (load<u8>(place)) {
    case 0x4b:
      return load<u8>(place + 1);
    case 0x4d:
      return load<u16>(place + 1);
    case 0x4a:
      return load<i32>(place + 1);
    default:
      return -1;
  }
}
