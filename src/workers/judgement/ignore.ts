/** Which scenes the person wants left alone, since Plex is often meant to hold a part of the library. */
import { foldedComponents, isWithin } from '../../shared/path.js';
import { foldKey } from '../../shared/text-key.js';
import type { IgnoreRules } from '../../shared/messages.js';
import type { PageFacts } from './facts.js';

/** Whether a rule fits the scene the facts are at: a directory of any of its files, one of its tags, or its studio. */
export function isIgnored({ paths, tags, studios }: IgnoreRules, facts: PageFacts): boolean {
  if (paths.length + tags.length + studios.length === 0) return false;
  const { scene } = facts;
  if (studios.length > 0 && studios.includes(foldKey(scene.text('studio').trim()))) return true;
  if (tags.length > 0 && scene.names('tags').some((tag) => tags.includes(foldKey(tag.trim())))) return true;
  if (paths.length === 0) return false;
  return Array.from({ length: facts.fileCount }, (_, i) => foldedComponents(scene.path(i))).some((file) =>
    paths.some((directory) => directory.length < file.length && isWithin(file, directory)),
  );
}
