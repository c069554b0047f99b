/** The last line of defence for secrets: whatever is written goes through here, though nothing should hold one anyway. */

/** What is shown instead. */
const MASK = '[secret]';
/** Shorter values would blot out ordinary words; no key or token is this short. */
const MIN_LENGTH = 4;

/** Replaces known secret values, in the spellings that URLs and JSON give them too. */
export class Redactor {
  #spellings: readonly string[] = [];

  /** Takes a value that must never be shown from now on; undefined and very short ones are left alone. */
  keep(value: string | undefined): void {
    const secret = value?.trim() ?? '';
    if (secret.length < MIN_LENGTH) return;
    const spellings = new Set([...this.#spellings, secret, encoded(secret), JSON.stringify(secret).slice(1, -1)]);
    // The longest first: a secret that begins with another one must not leave its own end standing.
    this.#spellings = [...spellings].sort((a, b) => b.length - a.length);
  }

  /** The text without any secret. */
  text(text: string): string {
    return this.#spellings.reduce((safe, secret) => safe.replaceAll(secret, MASK), text);
  }

  /** JSON of a value, without any secret in its texts; what is no text stays as it is, so that the JSON stays whole. */
  json(value: unknown): string {
    return JSON.stringify(value, (_, member: unknown) => (typeof member === 'string' ? this.text(member) : member));
  }
}

/** Through bytes, because half a surrogate pair has no percent-encoded form and would throw. */
function encoded(secret: string): string {
  return encodeURIComponent(Buffer.from(secret).toString());
}
