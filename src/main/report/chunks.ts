/** Pieces of a report put together: to write or to pack each by itself would cost more than the piece. */

/** The same bytes in chunks of at least so many, but for the last; none is empty. */
export function* inChunks(pieces: Iterable<Uint8Array>, least: number): Generator<Uint8Array> {
  let chunk: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    chunk.push(piece);
    bytes += piece.length;
    if (bytes < least) continue;
    yield Buffer.concat(chunk);
    [chunk, bytes] = [[], 0];
  }
  if (bytes > 0) yield Buffer.concat(chunk);
}
