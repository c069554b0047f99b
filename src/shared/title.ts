/** Titles as phase two of the matcher compares them: folded, punctuation ignored, quality and date suffixes cut off. */
import { foldKey } from './text-key.js';

const QUALITY =
  /(?:\b(?:\d{3,4}[pi]|[248]k|uhd|fhd|qhd|hd|sd|hdr(?:10)?|dv|[xh] ?26[45]|hevc|avc|av1|xvid|divx|aac|ac3|web ?dl|web ?rip|web|blu ?ray|b[dr] ?rip|dvd ?rip|hdtv|remux|60 ?fps|30 ?fps|mp4|mkv|avi|mov|wmv|m4v|webm))$/;
const DATE = /(?:\b(?:(?:19|20)\d\d \d\d? \d\d?|\d\d? \d\d? (?:19|20)\d\d|(?:19|20)\d{6}|(?:19|20)\d\d))$/;
const PUNCTUATION = /[^\p{L}\p{N}\p{M}]+/gu;

/**
 * The comparison key of a title; empty when the text has no letter or digit.
 * A title that is nothing but a date or a quality keeps it: cutting everything would make all such titles equal.
 */
export function titleKey(title: string): string {
  let key = foldKey(title).replace(PUNCTUATION, ' ').trim();
  for (;;) {
    const shorter = key.replace(QUALITY, '').replace(DATE, '').trim();
    if (shorter === '' || shorter === key) return key;
    key = shorter;
  }
}
