/** Makes messages fit a line. */

/** Leaves room for what a retry line says behind the reason, so that the whole stays within 160 characters. */
const MAX_REASON = 120;

/** Cuts a message to a line's length: the paths of its URLs first, which say least. */
export function shorten(message: string): string {
  if (message.length <= MAX_REASON) return message;
  const withoutPaths = message.replace(/(https?:\/\/[^\s/]+)\/\S*/g, '$1/…');
  return withoutPaths.length <= MAX_REASON ? withoutPaths : `${withoutPaths.slice(0, MAX_REASON - 1)}…`;
}
