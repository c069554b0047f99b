/** `sync_timestamps.json` as Stash2Plex writes it: one object of scene ids and epoch seconds, both plain numbers. */
import { Result } from '../../shared/engine/layout';
import { decimalNumber, enterObject, goTo, here, keyLength, keyWholeNumber, nextMember, peek } from './json';
import { setResult } from './result-words';
import { recordTop, takeRecord } from './room';

/** Ids that fit the table. */
const MAX_ID: f64 = 4294967295;

/** Reads `at..end` into pairs of doubles, id and seconds; false when anything in it is not as plain as that. */
export function readTimestamps(at: usize, end: usize): bool {
  const first = recordTop();
  let count: u32 = 0;
  goTo(at);
  if (!enterObject()) return false;
  for (let next = nextMember(true); next != 0; next = nextMember(false)) {
    if (next < 0 || keyLength() > 10) return false;
    const id = keyWholeNumber();
    const seconds = decimalNumber();
    if (!(id > 0) || id > MAX_ID || seconds < 0) return false;
    const pair = takeRecord(16);
    store<f64>(pair, id);
    store<f64>(pair, seconds, 8);
    count++;
  }
  if (peek() != 0 || here() != end) return false;
  setResult(Result.RecordsAt, first as u32);
  setResult(Result.Records, count);
  return true;
}
