/** What JavaScript calls; page-engine.ts is its side of it. */
import { RESULT_JOB_BYTES, RESULT_WORDS } from '../../shared/engine/layout';
import { DIRECTORY_TABLE_BYTES, useDirectoryTables } from './directories';
import { takeJobRoom, trimJobRoom, writeJob } from './job';
import { setResult, useResult } from './result';

export { useContext } from './context';
export { readItems } from './items';
export { judgeScenes } from './judge';
export { collectNames } from './names';
export { isRoomShort, takeScratch, useRoom } from './room';
export { readScenes } from './scenes';
export { sortScenes } from './sort';
export { readTime } from './time';
export { readTimestamps } from './timestamps';

/** Bytes of memory of its own that each thread needs. */
export function threadBytes(): usize {
  return ((RESULT_WORDS as usize) << 2) + DIRECTORY_TABLE_BYTES;
}

/** Gives this thread its memory; the results of calls are its first words. */
export function useThreadMemory(at: usize): void {
  useResult(at);
  useDirectoryTables(at + (RESULT_WORDS << 2));
}

/** Writes the job of a scene whose path the complete matcher has found; returns its address. */
export function writeOpenJob(scene: usize, path: usize, pathLength: u32, asOf: f64): usize {
  const at = takeJobRoom(scene, pathLength);
  const bytes = writeJob(scene, at, path, pathLength, 0, 0, asOf);
  trimJobRoom(at, bytes);
  setResult(RESULT_JOB_BYTES, bytes);
  return at;
}
