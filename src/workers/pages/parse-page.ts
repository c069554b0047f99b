/** From the bytes of a page to JSON, and the refusals both servers' pages have in common. */
import type { PageAnswer, PageProblem } from '../../shared/messages.js';

/** A JSON object whose members are still unknown. */
export type JsonObject = Readonly<Partial<Record<string, unknown>>>;

/** Parses a body. Malformed UTF-8, seen in Plex listings, becomes U+FFFD rather than losing the row. */
export function parseJson(bytes: Uint8Array): PageAnswer<unknown> {
  // Buffer decodes ASCII to a one-byte string, which JSON.parse reads about twice as fast as a two-byte one.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error: unknown) {
    return { ok: false, problem: { kind: 'not_json', detail: error instanceof Error ? error.message : String(error) } };
  }
}

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An answer that is JSON, but not the JSON that was asked for. */
export function unexpected(detail: string): { readonly ok: false; readonly problem: PageProblem } {
  return { ok: false, problem: { kind: 'unexpected_shape', detail } };
}

/** A text member; anything else reads as empty. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A number member, also when it arrives as a string; 0 when it is neither or not finite. */
export function numberOf(value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : 0;
}

/** Largest number of bytes or milliseconds that is believed: what 15 digits can say. */
const MAX_WHOLE = 999_999_999_999_999;

/** A whole number that is not negative; 0 for anything else. */
export function wholeNumberOf(value: unknown): number {
  return Math.min(Math.max(Math.trunc(numberOf(value)), 0), MAX_WHOLE);
}

/** The objects of a list; anything else in it is left out. */
export function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The names in a list of tag-like objects, read by one property; blank, missing and odd ones are left out. */
export function namesIn(list: unknown, property: 'name' | 'tag'): string[] {
  return listOf(list)
    .map((entry) => textOf(entry[property]))
    .filter((name) => name.trim() !== '');
}
