/** The file names of scenes, for the filter of what will be asked of Plex. */
import { FILE_NAME_HASH, FILE_WORDS, SCENE_FILES, SCENE_NEXT } from '../../shared/engine/layout';
import { addName, useFilter } from './filter';

/** Adds the names of all files of scenes to the filter at an address. */
export function collectNames(first: usize, count: u32, filter: usize): void {
  useFilter(filter);
  let scene = first;
  for (let i: u32 = 0; i < count; i++) {
    const files: usize = load<u32>(scene + (SCENE_FILES << 2));
    const end = files + (load<u32>(scene + (SCENE_FILES << 2), 4) as usize) * (FILE_WORDS << 2);
    for (let file = files; file < end; file += FILE_WORDS << 2) addName(load<u32>(file + (FILE_NAME_HASH << 2)));
    scene = load<u32>(scene + (SCENE_NEXT << 2));
  }
}
