/** Ascending ids as bytes: each as its distance from the one before, seven bits a byte, the lowest first. */
import { Growing } from './growing.js';

/** Makes the bytes of ids that come in ascending order. */
export class IdEncoder {
  readonly #bytes = new Growing((length) => new Uint8Array(length));
  #last = 0;

  add(id: number): void {
    let distance = id - this.#last;
    this.#last = id;
    for (; distance > 0x7f; distance >>>= 7) this.#bytes.push((distance & 0x7f) | 0x80);
    this.#bytes.push(distance);
  }

  bytes(): Uint8Array {
    return this.#bytes.take();
  }
}

/** The ids in such bytes. */
export function* decodeIds(bytes: Uint8Array): Generator<number, undefined> {
  let id = 0;
  let distance = 0;
  let shift = 0;
  for (const byte of bytes) {
    distance += (byte & 0x7f) * 2 ** shift;
    shift += 7;
    if (byte > 0x7f) continue;
    id += distance;
    yield id;
    distance = shift = 0;
  }
}
