/** Which scenes an answer left out. Met so rarely that the page is simply parsed once more. */

/** Those of `asked` that no row of the page has. */
export function absentIds(page: Uint8Array, asked: readonly number[]): number[] {
  const { data } = JSON.parse(Buffer.from(page).toString('utf8')) as {
    data: { findScenes: { scenes: readonly { readonly id: string | number }[] } };
  };
  const came = new Set(data.findScenes.scenes.map(({ id }) => Number(id)));
  return asked.filter((id) => !came.has(id));
}
