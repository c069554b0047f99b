/** `--since`, applied again on our side: the server compares times as text, so its bound is kept a day too wide. */
import type { ScanContext } from '../shared/messages.js';

/** Whether a scene is older than the limit; a time that cannot be read is no reason to leave a scene out. */
export function isBeforeSince(
  { since }: ScanContext,
  scene: { readonly updatedAt: number; readonly createdAt: number },
): boolean {
  if (since === undefined) return false;
  return (since.field === 'created_at' ? scene.createdAt : scene.updatedAt) < since.epochSeconds;
}
