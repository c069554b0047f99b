/** Writes down what the engine has to know of a scan, where every thread can read it. */
import { ContextWord, MappingWord } from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import type { ScanBasis, ScanContext } from '../../shared/messages.js';
import type { FoldedMapping } from '../../shared/path.js';
import { writeLineSteps } from '../../workers/judgement/report-line.js';
import type { IdTable } from './id-table.js';

/** What only the engine needs of a scan. */
export interface EngineSettings {
  /** Scene id -> epoch seconds of its last sync. */
  readonly syncTimestamps: IdTable;
  readonly pictures: PictureSettings | undefined;
}

/** How jobs name a scene's pictures. */
export interface PictureSettings {
  /** What their URLs begin with. */
  readonly base: string;
  readonly hasBackground: boolean;
}

/** Writes down what is known of a scan before Plex has been read; its tables must lie in the same memory. */
export function writeBasis(
  memory: EngineMemory,
  settings: EngineSettings,
  known: Omit<ScanBasis, 'engineContextAt'>,
): ScanBasis {
  const at = memory.allocate(ContextWord.Words * 4);
  const words = memory.words(at, ContextWord.Words);
  const { ids, values } = settings.syncTimestamps;
  words[ContextWord.SyncIds] = ids.byteOffset;
  words[ContextWord.SyncValues] = values.byteOffset;
  words[ContextWord.SyncCount] = ids.length;
  words[ContextWord.Mappings] = writeMappings(memory, known.mappings);
  words[ContextWord.MappingCount] = known.mappings.length;
  const [base, baseLength] = writeText(memory, settings.pictures?.base ?? '');
  words[ContextWord.PictureBase] = base;
  words[ContextWord.PictureBaseLength] = baseLength;
  words[ContextWord.HasBackground] = settings.pictures?.hasBackground === true ? 1 : 0;
  const { head, item } = writeLineSteps(memory, known.links);
  words[ContextWord.LineSteps] = head.at;
  words[ContextWord.LineStepCount] = head.count;
  words[ContextWord.ItemSteps] = item.at;
  words[ContextWord.ItemStepCount] = item.count;
  return { ...known, engineContextAt: at };
}

/** Adds the index. */
export function writeIndex(
  memory: EngineMemory,
  basis: ScanBasis,
  bytes: ScanContext['index'],
  { columns, sections }: PlexIndex,
): ScanContext {
  const words = memory.words(basis.engineContextAt, ContextWord.Words);
  words[ContextWord.NameSlots] = columns.nameSlots.byteOffset;
  words[ContextWord.NameSlotCount] = columns.nameSlots.length;
  words[ContextWord.Parts] = columns.partWords.byteOffset;
  words[ContextWord.DirParent] = columns.dirParent.byteOffset;
  words[ContextWord.DirAt] = columns.dirAt.byteOffset;
  words[ContextWord.DirLength] = columns.dirLength.byteOffset;
  words[ContextWord.Heap] = columns.heap.byteOffset;
  words[ContextWord.NarrowSlots] = columns.narrowSlots.byteOffset;
  words[ContextWord.NarrowSlotCount] = columns.narrowSlots.length;
  words[ContextWord.NarrowPart] = columns.narrowPart.byteOffset;
  words[ContextWord.NarrowHash] = columns.narrowHash.byteOffset;
  words[ContextWord.NarrowNext] = columns.narrowNext.byteOffset;
  words[ContextWord.ItemTextAt] = columns.itemTextAt.byteOffset;
  words[ContextWord.ItemKeyLength] = columns.itemKeyLength.byteOffset;
  words[ContextWord.ItemTitleLength] = columns.itemTitleLength.byteOffset;
  words[ContextWord.ItemSection] = columns.itemSection.byteOffset;
  words[ContextWord.SectionTitles] = writeTitles(memory, sections);
  return { ...basis, index: bytes };
}

function writeMappings(memory: EngineMemory, mappings: readonly FoldedMapping[]): number {
  const at = memory.allocate(mappings.length * MappingWord.Words * 4);
  for (const [i, { from, to }] of mappings.entries()) {
    const words = memory.words(at + i * MappingWord.Words * 4, MappingWord.Words);
    words.set([...writeText(memory, from.join('/')), ...writeText(memory, to.join('/'))]);
  }
  return at;
}

/** Writes the titles of libraries as JSON; returns where it is said of each where it lies. */
function writeTitles(memory: EngineMemory, sections: PlexIndex['sections']): number {
  const spans = sections.flatMap(({ title }) => writeText(memory, JSON.stringify(title)));
  const at = memory.allocate(spans.length * 4);
  memory.words(at, spans.length).set(spans);
  return at;
}

function writeText(memory: EngineMemory, text: string): [at: number, bytes: number] {
  const bytes = Buffer.from(text);
  const at = memory.allocate(bytes.length);
  memory.bytes(at, bytes.length).set(bytes);
  return [at, bytes.length];
}
