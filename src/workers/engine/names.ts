/** Finds the file names and sizes of scenes, for the filter of what will be asked of Plex. */
import { addName, addSize, useFilter } from './filter';
import { Scene } from './records';

/** Adds the names and sizes of all files of scenes to the filter at an address. */
export function collectNames(first: usize, count: u32, filter: usize): void {
  useFilter(filter);
  let scene = changetype<Scene>(first);
  for (let i: u32 = 0; i < count; i++, scene = scene.next) {
    let file = scene.files;
    for (let n: u32 = 0; n < scene.fileCount; n++, file = file.next) {
      addName(file.nameHash);
      addSize(file.size);
    }
  }
}
