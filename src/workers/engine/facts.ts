/**
 * Finds what can be said of the scenes of a page without judging them: when each was synced, and every part that has the
 * name of one of its files, with how they agree. What follows from that is said once, in workers/judgement.
 */
import { ContextWord, NOTHING } from '../../shared/engine/layout';
import { agreementOf, forgetDirectories } from './agreement';
import { addCandidate } from './candidates';
import { contextWord } from './context';
import { findInCrowd } from './crowd';
import { lookUpId } from './id-table';
import { firstPart, hasName, isCrowded, partOf } from './index-reader';
import { Candidate, Facts, File, Scene } from './records';
import { recordTop, takeRecord } from './room';
import { touchIndex } from './touch';

/** Writes the facts of the scenes whose records begin at `first`; returns their address. */
export function findFacts(first: usize, count: u32): usize {
  forgetDirectories();
  touchIndex(changetype<Scene>(first), count);
  const facts = takeRecord((count as usize) * offsetof<Facts>());
  let scene = changetype<Scene>(first);
  for (let i: u32 = 0; i < count; i++, scene = scene.next) {
    writeFacts(changetype<Facts>(facts + (i as usize) * offsetof<Facts>()), scene);
  }
  return facts;
}

function writeFacts(facts: Facts, scene: Scene): void {
  facts.id = scene.id;
  facts.presence = scene.presence;
  facts.fileCount = scene.fileCount;
  facts.scene = scene;
  facts.updatedAt = scene.updatedAt;
  facts.createdAt = scene.createdAt;
  facts.syncedAt = syncTimestamp(scene.id);
  facts.candidates = recordTop();
  let file = scene.files;
  for (let i: u32 = 0; i < scene.fileCount; i++, file = file.next) findCandidates(file, i);
  facts.candidateCount = ((recordTop() - facts.candidates) / offsetof<Candidate>()) as u32;
}

/** Epoch seconds of a scene's last sync, or NaN. */
function syncTimestamp(id: u32): f64 {
  const count = contextWord(ContextWord.SyncCount);
  return lookUpId(contextWord(ContextWord.SyncIds), contextWord(ContextWord.SyncValues), count, id);
}

function findCandidates(file: File, number: u32): void {
  let part = firstPart(file.nameHash);
  if (isCrowded()) {
    findInCrowd(file, number);
    return;
  }
  for (; part != NOTHING; part = partOf(part).next) {
    if (hasName(part, file.nameAt, file.nameLength)) addCandidate(part, number, agreementOf(file, part));
  }
}

/** How the file at an address and any part agree; -1 where they have not even the name in common. */
export function compare(at: usize, part: u32): i32 {
  const file = changetype<File>(at);
  forgetDirectories();
  return hasName(part, file.nameAt, file.nameLength) ? agreementOf(file, part) : -1;
}

/**
 * Finds the next part from `from` on (NOTHING: from the first) that has the name of the file at an address and is not of the
 * item `own`; NOTHING when there is none.
 */
export function nextNamesake(at: usize, from: u32, own: u32): u32 {
  const file = changetype<File>(at);
  let number = from == NOTHING ? firstPart(file.nameHash) : partOf(from).next;
  while (number != NOTHING) {
    const part = partOf(number);
    if (part.item != own && hasName(number, file.nameAt, file.nameLength)) break;
    number = part.next;
  }
  return number;
}
