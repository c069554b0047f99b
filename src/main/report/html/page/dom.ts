/** Elements, made without markup: names in a library are other people's texts. */

/** What an element is made with. */
export interface Make {
  readonly text?: string;
  readonly class?: string;
  readonly attributes?: Readonly<Record<string, string | undefined>>;
  readonly children?: readonly Node[];
}

/** Makes an element. */
export function make<K extends keyof HTMLElementTagNameMap>(name: K, how: Make = {}): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  if (how.class !== undefined) element.className = how.class;
  for (const [attribute, value] of Object.entries(how.attributes ?? {})) {
    if (value !== undefined) element.setAttribute(attribute, value);
  }
  if (how.text !== undefined) element.textContent = how.text;
  element.append(...(how.children ?? []));
  return element;
}

/** A link to a server, where the URL is one; else its text. */
export function link(url: string | null, text: string): Node {
  if (url === null || !/^https?:\/\//.test(url)) return document.createTextNode(text);
  return make('a', { text, attributes: { href: url, target: '_blank', rel: 'noopener noreferrer' } });
}

/** The element of an id, which the page was written with. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`Internal error: the page has no ${id}`);
  return element;
}
