/** The pre-check by sync timestamp on a light page, before any dear field has gone over the wire. */
import {
  RESULT_IN_SYNC,
  RESULT_IN_SYNC_AT,
  RESULT_NEEDED,
  RESULT_NEEDED_AT,
  SCENE_ID,
  SCENE_NEXT,
  SCENE_UPDATED_DOUBLE,
} from '../../shared/engine/layout';
import { isBeforeSince, syncTimestamp } from './judge';
import { setResult } from './result';
import { takeRecord } from './room';

/** Splits scenes into those synced since their last update and those whose full row is needed. */
export function sortScenes(first: usize, count: u32): void {
  const bytes = ((count as usize) * 4 + 7) & ~7;
  const inSync = takeRecord(bytes);
  const needed = takeRecord(bytes);
  let inSyncCount: u32 = 0;
  let neededCount: u32 = 0;
  let scene = first;
  for (let i: u32 = 0; i < count; i++) {
    const id = load<u32>(scene + (SCENE_ID << 2));
    if (!isBeforeSince(scene)) {
      // Not a number (never synced, or a time that cannot be read) compares as false.
      const isInSync = load<f64>(scene + (SCENE_UPDATED_DOUBLE << 3)) <= syncTimestamp(id);
      if (isInSync) {
        store<u32>(inSync + ((inSyncCount as usize) << 2), id);
        inSyncCount++;
      } else {
        store<u32>(needed + ((neededCount as usize) << 2), id);
        neededCount++;
      }
    }
    scene = load<u32>(scene + (SCENE_NEXT << 2));
  }
  setResult(RESULT_IN_SYNC_AT, inSync as u32);
  setResult(RESULT_IN_SYNC, inSyncCount);
  setResult(RESULT_NEEDED_AT, needed as u32);
  setResult(RESULT_NEEDED, neededCount);
}
