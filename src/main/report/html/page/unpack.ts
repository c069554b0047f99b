/** Gets the findings out of the page: blocks of lines, deflated, as base64 in elements that hold no script. */

/** The texts of all blocks of a kind, in their order. */
export async function* unpackBlocks(kind: string): AsyncGenerator<string, undefined> {
  for (const element of document.querySelectorAll(`script[type="application/x-deflate"][data-kind="${kind}"]`)) {
    yield new TextDecoder().decode(await inflate(element.textContent));
    // Twice in memory is once too often.
    element.remove();
  }
}

/** The bytes behind base64 of raw deflate. */
export async function inflate(base64: string): Promise<Uint8Array> {
  const packed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
