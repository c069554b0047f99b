/** What TypeScript calls; pages/page-engine.ts is its side of it. */
import { Result } from '../../shared/engine/layout';
import { SUFFIX_BYTES, useSuffixMemory } from './crowd';
import { DIRECTORY_TABLE_BYTES, useDirectoryTables } from './directories';
import { useResult } from './result-words';

export { findParting, mappingOf } from './agreement';
export { useContext } from './context';
export { compare, findFacts, nextNamesake } from './facts';
export { useFields } from './fields';
export { readItems } from './items';
export { writeFileJob, writePathJob } from './job';
export { writeLine } from './line';
export { collectNames } from './names';
export { isRoomShort, takeRecord, takeScratch, trimScratch, useRoom } from './room';
export { readScenes } from './scenes';
export { readTime } from './time';
export { readTimestamps } from './timestamps';

const RESULT_BYTES: usize = (Result.Words as usize) * 4;

/** Bytes of memory of its own that each thread needs. */
export function threadBytes(): usize {
  return RESULT_BYTES + SUFFIX_BYTES + 4 + DIRECTORY_TABLE_BYTES;
}

/** Gives this thread its memory; the results of calls are its first words. */
export function useThreadMemory(at: usize): void {
  useResult(at);
  useSuffixMemory(at + RESULT_BYTES);
  useDirectoryTables(at + RESULT_BYTES + SUFFIX_BYTES + 4);
}
