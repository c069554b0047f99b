/** Lays the field tables down where the engine reads them. */
import { FieldWord } from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import type { Field } from '../../shared/fields.js';

/** Words in front of a table: where its lines begin, how many there are, and which is expected next. */
const HEAD_WORDS = 3;

/** Writes a table; returns its address. It belongs to one thread, which notes in it where it is. */
export function writeFieldTable(memory: EngineMemory, fields: readonly Field<number>[]): number {
  const lines = memory.allocate(fields.length * FieldWord.Words * 4);
  for (const [i, { name, kind, presence = 0, job = '' }] of fields.entries()) {
    const words = memory.words(lines + i * FieldWord.Words * 4, FieldWord.Words);
    words[FieldWord.Name] = writeText(memory, name);
    words[FieldWord.NameLength] = name.length;
    words[FieldWord.Kind] = kind;
    words[FieldWord.Presence] = presence;
    words[FieldWord.JobKey] = writeText(memory, job);
    words[FieldWord.JobKeyLength] = job.length;
  }
  const head = memory.allocate(HEAD_WORDS * 4);
  memory.words(head, HEAD_WORDS).set([lines, fields.length, 0]);
  return head;
}

/** Names and keys are ASCII. */
function writeText(memory: EngineMemory, text: string): number {
  const at = memory.allocate(text.length);
  memory.bytes(at, text.length).set(Buffer.from(text));
  return at;
}
