/**
 * Keys of the narrow table. File names that very many parts share (`scene.mp4`) are never walked; each of their parts is
 * entered under these narrower keys instead, so a question about one scene touches a handful of them.
 */
import { hashNumber, hashText, mixHash } from '../text-key.js';

/** Width of a duration bucket in milliseconds: lengths that are near lie in one or in neighbours. */
const DURATION_BUCKET_MS = 2000;

/** Parts with this name and this size. */
export const sizeKey = (nameHash: number, size: number): number => mixHash(mixHash(nameHash, 1), hashNumber(size));

/** Parts with this name whose innermost directories hash to `suffix`; see {@link extendSuffix}. */
export const suffixKey = (nameHash: number, suffix: number): number => mixHash(mixHash(nameHash, 2), suffix);

/** Parts with this name, this size and these innermost directories. Only for crowds of equal name and size. */
export const sizeSuffixKey = (nameHash: number, size: number, suffix: number): number =>
  mixHash(sizeKey(nameHash, size), suffix);

/** Parts with this name whose item has this title key. */
export const titleKeyHash = (nameHash: number, title: string): number => mixHash(mixHash(nameHash, 3), hashText(title));

/** Parts with this name and a known size, in one duration bucket. */
export const durationKey = (nameHash: number, bucket: number): number => mixHash(mixHash(nameHash, 4), bucket);

/** Parts with this name whose size Plex does not say. */
export const noSizeKey = (nameHash: number): number => mixHash(nameHash, 5);

/** The start of a suffix hash; directories are added from the innermost outwards. */
export const EMPTY_SUFFIX = 0;

/** Adds the next directory outwards to a suffix hash. */
export const extendSuffix = (suffix: number, dirHash: number): number => mixHash(suffix, dirHash);

/** The bucket of a duration in milliseconds. */
export const durationBucket = (milliseconds: number): number => Math.floor(milliseconds / DURATION_BUCKET_MS);
