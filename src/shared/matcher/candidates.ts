/** Phase one: the items that share a file name with the scene, each with its best rank. */
import { NONE } from '../index/format.js';
import type { PlexIndex } from '../index/reader.js';
import { crowdMembers } from './crowd.js';
import { rank } from './evidence.js';
import { isWholePath, trailingDirectories, type FileQuery } from './scene-file.js';

/** One item that shares a file name with the scene. */
export interface Candidate {
  readonly item: number;
  /** Its best part, for the best file of the scene. */
  readonly part: number;
  readonly rank: number;
  readonly query: FileQuery;
}

/** A crowd too large to list: very many items tie at this rank. */
export interface Crowd {
  readonly rank: number;
  readonly query: FileQuery;
}

/** What phase one found; `crowds` only hold what could not be listed. */
export interface PhaseOne {
  readonly candidates: readonly Candidate[];
  readonly crowds: readonly Crowd[];
}

/** Ranks every item that shares a file name with any file of the scene. */
export function findCandidates(index: PlexIndex, queries: readonly FileQuery[]): PhaseOne {
  const candidates: Candidate[] = [];
  const crowds: Crowd[] = [];
  for (const query of queries) {
    const chain = index.nameChain(query.nameHash);
    if (chain.crowd) {
      const members = crowdMembers(index, query);
      for (const part of members.parts) consider(candidates, index, query, part);
      if (members.tiedAt !== undefined) crowds.push({ rank: members.tiedAt, query });
      continue;
    }
    for (let part = chain.head; part !== NONE; part = index.nextPart(part)) {
      if (query.isNameOf(index, part)) consider(candidates, index, query, part);
    }
  }
  return { candidates, crowds };
}

/** The rank of one part for one file. */
export function rankOf(index: PlexIndex, query: FileQuery, part: number): number {
  const dir = index.dirOf(part);
  const trailing = trailingDirectories(index, query.directory, dir);
  return rank(isWholePath(index, query.directory, dir), sizeAgrees(index, query, part), trailing);
}

function consider(candidates: Candidate[], index: PlexIndex, query: FileQuery, part: number): void {
  const item = index.itemOf(part);
  const partRank = rankOf(index, query, part);
  const known = candidates.findIndex((candidate) => candidate.item === item);
  if (known < 0) candidates.push({ item, part, rank: partRank, query });
  else if (partRank > (candidates[known]?.rank ?? 0)) candidates[known] = { item, part, rank: partRank, query };
}

/** Both sizes are known and equal. */
export function sizeAgrees(index: PlexIndex, { file }: FileQuery, part: number): boolean {
  return file.size > 0 && index.sizeOf(part) === file.size;
}

/** Both sizes are known and differ. */
export function sizeDiffers(index: PlexIndex, { file }: FileQuery, part: number): boolean {
  const size = index.sizeOf(part);
  return file.size > 0 && size > 0 && size !== file.size;
}

/** Both durations are known and lie within 2 s: what a re-encoded copy of the same video shows. */
export function durationAgrees(index: PlexIndex, { file }: FileQuery, part: number): boolean {
  const milliseconds = index.durationOf(part);
  return milliseconds > 0 && file.duration > 0 && Math.abs(milliseconds - file.duration * 1000) <= 2000;
}
