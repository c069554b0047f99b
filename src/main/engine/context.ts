/** Lays down what the engine has to know of a scan, where every thread can read it. */
import {
  CONTEXT_ALLOW_UNSAFE,
  CONTEXT_DIR_AT,
  CONTEXT_DIR_LENGTH,
  CONTEXT_DIR_PARENT,
  CONTEXT_GAPS,
  CONTEXT_HEAP,
  CONTEXT_ITEM_DATE,
  CONTEXT_ITEM_FIRST_PART,
  CONTEXT_ITEM_FLAGS,
  CONTEXT_KNOWN_COUNT,
  CONTEXT_KNOWN_IDS,
  CONTEXT_KNOWN_VALUES,
  CONTEXT_LINES,
  CONTEXT_MAPPINGS,
  CONTEXT_MAPPING_COUNT,
  CONTEXT_NAME_SLOTS,
  CONTEXT_NAME_SLOT_COUNT,
  CONTEXT_NARROW_HASH,
  CONTEXT_NARROW_NEXT,
  CONTEXT_NARROW_PART,
  CONTEXT_NARROW_SLOTS,
  CONTEXT_NARROW_SLOT_COUNT,
  CONTEXT_PARTS,
  CONTEXT_SINCE,
  CONTEXT_SINCE_DOUBLE,
  CONTEXT_SYNC_COUNT,
  CONTEXT_SYNC_IDS,
  CONTEXT_SYNC_VALUES,
  CONTEXT_WORDS,
  MAPPING_WORDS,
} from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import type { IdTable } from '../../shared/id-table.js';
import type { ScanBasis, ScanContext } from '../../shared/messages.js';
import type { FoldedMapping } from '../../shared/path.js';
import { GAP_KINDS, VERDICTS, type Verdict } from '../../shared/verdicts.js';

/** Lays down what is known of a scan before Plex has been read; its tables must lie in the same memory. */
export function layBasis(memory: EngineMemory, known: Omit<ScanBasis, 'engineContextAt'>): ScanBasis {
  const at = memory.allocate(CONTEXT_WORDS * 4);
  const words = memory.words(at, CONTEXT_WORDS);
  words[CONTEXT_SYNC_IDS] = known.syncTimestamps.ids.byteOffset;
  words[CONTEXT_SYNC_VALUES] = known.syncTimestamps.values.byteOffset;
  words[CONTEXT_SYNC_COUNT] = known.syncTimestamps.ids.length;
  words[CONTEXT_MAPPINGS] = layMappings(memory, known.mappings);
  words[CONTEXT_MAPPING_COUNT] = known.mappings.length;
  words[CONTEXT_SINCE] = known.since === undefined ? 0 : known.since.field === 'updated_at' ? 1 : 2;
  memory.doubles(at, CONTEXT_WORDS / 2)[CONTEXT_SINCE_DOUBLE] = known.since?.epochSeconds ?? 0;
  words[CONTEXT_GAPS] = bitsOf(known.gaps);
  words[CONTEXT_ALLOW_UNSAFE] = known.allowUnsafeNames ? 1 : 0;
  words[CONTEXT_LINES] = bitsOf(known.lines === 'none' ? [] : known.lines === 'all' ? VERDICTS : GAP_KINDS);
  return { ...known, engineContextAt: at };
}

/** Adds the index and what is asked of it. */
export function layIndex(
  memory: EngineMemory,
  basis: ScanBasis,
  bytes: ScanContext['index'],
  { columns }: PlexIndex,
  knownMatches: IdTable,
): ScanContext {
  const words = memory.words(basis.engineContextAt, CONTEXT_WORDS);
  words[CONTEXT_NAME_SLOTS] = columns.nameSlots.byteOffset;
  words[CONTEXT_NAME_SLOT_COUNT] = columns.nameSlots.length;
  words[CONTEXT_PARTS] = columns.partWords.byteOffset;
  words[CONTEXT_DIR_PARENT] = columns.dirParent.byteOffset;
  words[CONTEXT_DIR_AT] = columns.dirAt.byteOffset;
  words[CONTEXT_DIR_LENGTH] = columns.dirLength.byteOffset;
  words[CONTEXT_ITEM_FIRST_PART] = columns.itemFirstPart.byteOffset;
  words[CONTEXT_ITEM_FLAGS] = columns.itemFlags.byteOffset;
  words[CONTEXT_ITEM_DATE] = columns.itemDate.byteOffset;
  words[CONTEXT_HEAP] = columns.heap.byteOffset;
  words[CONTEXT_NARROW_SLOTS] = columns.narrowSlots.byteOffset;
  words[CONTEXT_NARROW_SLOT_COUNT] = columns.narrowSlots.length;
  words[CONTEXT_NARROW_PART] = columns.narrowPart.byteOffset;
  words[CONTEXT_NARROW_HASH] = columns.narrowHash.byteOffset;
  words[CONTEXT_NARROW_NEXT] = columns.narrowNext.byteOffset;
  words[CONTEXT_KNOWN_IDS] = knownMatches.ids.byteOffset;
  words[CONTEXT_KNOWN_VALUES] = knownMatches.values.byteOffset;
  words[CONTEXT_KNOWN_COUNT] = knownMatches.ids.length;
  return { ...basis, index: bytes, knownMatches };
}

function layMappings(memory: EngineMemory, mappings: readonly FoldedMapping[]): number {
  const at = memory.allocate(mappings.length * MAPPING_WORDS * 4);
  for (const [i, { from, to }] of mappings.entries()) {
    memory
      .words(at, mappings.length * MAPPING_WORDS)
      .set([...layText(memory, from), ...layText(memory, to)], i * MAPPING_WORDS);
  }
  return at;
}

function layText(memory: EngineMemory, components: readonly string[]): [at: number, bytes: number] {
  const text = Buffer.from(components.join('/'));
  const at = memory.allocate(text.length);
  memory.bytes(at, text.length).set(text);
  return [at, text.length];
}

function bitsOf(verdicts: readonly Verdict[]): number {
  return verdicts.reduce((bits, verdict) => bits | (1 << VERDICTS.indexOf(verdict)), 0);
}
