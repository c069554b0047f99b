/** The parts found for the files of one scene, as they go into its facts. */
import { NOTHING } from '../../shared/engine/layout';
import { lastPlaces } from './agreement';
import { partOf } from './index-reader';
import { Candidate } from './records';
import { recordTop, takeRecord } from './room';

/** Adds a part that was just compared. */
export function addCandidate(part: u32, file: u32, agreement: i32): void {
  const candidate = changetype<Candidate>(takeRecord(offsetof<Candidate>()));
  candidate.part = part;
  candidate.file = file;
  candidate.agreement = agreement;
  candidate.places = lastPlaces();
}

/** Says that more parts agree so than are listed. */
export function addUnlisted(file: u32, agreement: i32): void {
  addCandidate(NOTHING, file, agreement);
}

/** Whether a part of an item is among the candidates from a place on. */
export function hasItem(from: usize, item: u32): bool {
  for (let at = from; at < recordTop(); at += offsetof<Candidate>()) {
    const part = changetype<Candidate>(at).part;
    if (part != NOTHING && partOf(part).item == item) return true;
  }
  return false;
}
