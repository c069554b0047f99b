/**
 * Reads Python pickles that are pure data, protocols 0x02 to 0x05 as persist-queue writes them. Opcodes that would import,
 * call or build anything are refused, never executed; so is whatever is cut off or malformed. Never throws.
 */
import { decodeText } from './pickle-text.js';

/** A value a data pickle can hold. Dicts become Maps: keys such as `__proto__` mean nothing to a Map. */
export type PickleValue =
  null | boolean | number | bigint | string | Uint8Array | PickleValue[] | Map<PickleValue, PickleValue>;

/** The value, or why the bytes were refused. */
export type PickleRead =
  | { readonly ok: true; readonly value: PickleValue }
  | { readonly ok: false; readonly reason: string; readonly offset: number };

/**
 * More lists, tuples and dicts than any job has. A dict takes one byte in a pickle and two hundred in memory, so without a
 * bound a row could exhaust memory; it also bounds how deep a value can be nested.
 */
const MAX_COLLECTIONS = 5000;

/**
 * Decodes one pickle. Parts of the value may be shared or contain themselves, as Python's memo allows: look up what is
 * needed, do not walk a value of unknown origin.
 */
export function decodePickle(bytes: Uint8Array): PickleRead {
  const machine = new PickleMachine(bytes);
  try {
    return { ok: true, value: machine.run() };
  } catch (error: unknown) {
    if (error instanceof Refusal) return { ok: false, reason: error.message, offset: machine.offset };
    throw error;
  }
}

class Refusal extends Error {}

const MARK = Symbol('mark');
type Slot = PickleValue | typeof MARK;

/** The stack machine that a pickle is a program for, with data opcodes only. */
class PickleMachine {
  offset = 0;
  readonly #bytes: Buffer;
  readonly #stack: Slot[] = [];
  readonly #memo: PickleValue[] = [];
  #collections = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): PickleValue {
    for (;;) {
      const opcode = this.#byte();
      if (opcode === 0x2e) {
        const value = this.#pop();
        if (this.#stack.length > 0) throw new Refusal('values left on the stack');
        return value;
      }
      // The commonest first: a job is mostly texts.
      if (!this.#text(opcode) && !this.#memoise(opcode) && !this.#constant(opcode) && !this.#collection(opcode)) {
        throw new Refusal(`opcode 0x${opcode.toString(16)} is not data`);
      }
    }
  }

  #constant(opcode: number): boolean {
    switch (opcode) {
      case 0x80: // PROTO
        if (this.#byte() > 5) throw new Refusal('unknown protocol');
        return true;
      case 0x95: // FRAME: only a hint for buffered reading
        this.#take(8);
        return true;
      case 0x4e:
        return this.#push(null);
      case 0x88:
        return this.#push(true);
      case 0x89:
        return this.#push(false);
      case 0x4b: // BININT1
        return this.#push(this.#byte());
      case 0x4d: // BININT2
        return this.#push(this.#bytes.readUInt16LE(this.#take(2)));
      case 0x4a: // BININT
        return this.#push(this.#bytes.readInt32LE(this.#take(4)));
      case 0x8a: // LONG1
        return this.#push(this.#long(this.#byte()));
      case 0x8b: // LONG4
        return this.#push(this.#long(this.#length4()));
      case 0x47: // BINFLOAT
        return this.#push(this.#bytes.readDoubleBE(this.#take(8)));
      default:
        return false;
    }
  }

  #text(opcode: number): boolean {
    switch (opcode) {
      case 0x8c: // SHORT_BINUNICODE
        return this.#push(this.#string(this.#byte()));
      case 0x58: // BINUNICODE
        return this.#push(this.#string(this.#length4()));
      case 0x8d: // BINUNICODE8
        return this.#push(this.#string(this.#length8()));
      case 0x43: // SHORT_BINBYTES
        return this.#push(this.#blob(this.#byte()));
      case 0x42: // BINBYTES
        return this.#push(this.#blob(this.#length4()));
      case 0x8e: // BINBYTES8
        return this.#push(this.#blob(this.#length8()));
      default:
        return false;
    }
  }

  #collection(opcode: number): boolean {
    switch (opcode) {
      case 0x28:
        this.#stack.push(MARK);
        return true;
      case 0x7d:
        return this.#open(new Map());
      case 0x5d:
      case 0x29: // EMPTY_TUPLE
        return this.#open([]);
      case 0x73: // SETITEM
        return this.#setItems(this.#popLast(2));
      case 0x75: // SETITEMS
        return this.#setItems(this.#popToMark());
      case 0x61: // APPEND
        return this.#append(this.#popLast(1));
      case 0x65: // APPENDS
        return this.#append(this.#popToMark());
      case 0x74: // TUPLE
        return this.#open(this.#popToMark());
      case 0x85: // TUPLE1, TUPLE2, TUPLE3
      case 0x86:
      case 0x87:
        return this.#open(this.#popLast(opcode - 0x84));
      default:
        return false;
    }
  }

  #memoise(opcode: number): boolean {
    switch (opcode) {
      case 0x94: // MEMOIZE
        this.#memo.push(this.#top());
        return true;
      case 0x71: // BINPUT
        return this.#put(this.#byte());
      case 0x72: // LONG_BINPUT
        return this.#put(this.#length4());
      case 0x68: // BINGET
        return this.#get(this.#byte());
      case 0x6a: // LONG_BINGET
        return this.#get(this.#length4());
      default:
        return false;
    }
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] ?? 0;
  }

  /** Moves past `count` bytes that must be there; returns where they begin. */
  #take(count: number): number {
    const start = this.offset;
    if (count > this.#bytes.length - start) throw new Refusal('cut off');
    this.offset += count;
    return start;
  }

  #length4(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  #length8(): number {
    const length = this.#bytes.readBigUInt64LE(this.#take(8));
    if (length > BigInt(this.#bytes.length)) throw new Refusal('cut off');
    return Number(length);
  }

  #string(length: number): string {
    const text = decodeText(this.#bytes, this.#take(length), length);
    if (text === undefined) throw new Refusal('text is not UTF-8');
    return text;
  }

  #blob(length: number): Uint8Array {
    const start = this.#take(length);
    return new Uint8Array(this.#bytes.subarray(start, start + length));
  }

  #long(length: number): number | bigint {
    const start = this.#take(length);
    if (length > 64) throw new Refusal('integer is too large');
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[start + i] ?? 0);
    const signed = BigInt.asIntN(length * 8, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }

  #push(value: PickleValue): true {
    this.#stack.push(value);
    return true;
  }

  /** Pushes a list, tuple or dict. */
  #open(value: PickleValue): true {
    if (++this.#collections > MAX_COLLECTIONS) throw new Refusal('too many lists and dicts');
    return this.#push(value);
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw new Refusal('the stack is empty');
    return value;
  }

  #top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined || value === MARK) throw new Refusal('the stack is empty');
    return value;
  }

  #popToMark(): PickleValue[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw new Refusal('no mark');
    const values = this.#stack.slice(mark + 1) as PickleValue[];
    this.#stack.length = mark;
    return values;
  }

  /** The topmost values, the lowest first. */
  #popLast(count: number): PickleValue[] {
    const values: PickleValue[] = [];
    for (let i = 0; i < count; i++) values.unshift(this.#pop());
    return values;
  }

  #setItems(pairs: readonly PickleValue[]): true {
    const dict = this.#top();
    if (!(dict instanceof Map) || pairs.length % 2 !== 0) throw new Refusal('items for something that is not a dict');
    for (let i = 0; i < pairs.length; i += 2) dict.set(pairs[i] ?? null, pairs[i + 1] ?? null);
    return true;
  }

  #append(values: readonly PickleValue[]): true {
    const list = this.#top();
    if (!Array.isArray(list)) throw new Refusal('values for something that is not a list');
    // Not push(...values): the arguments of a call are limited, the values of a row are not.
    for (const value of values) list.push(value);
    return true;
  }

  #put(slot: number): true {
    // Python numbers slots as it uses them; a far-off one could only be meant to exhaust memory.
    if (slot > this.#bytes.length) throw new Refusal('memo slot out of range');
    this.#memo[slot] = this.#top();
    return true;
  }

  #get(slot: number): true {
    const value = this.#memo[slot];
    if (value === undefined) throw new Refusal('unknown memo slot');
    return this.#push(value);
  }
}
