/**
 * Writes the heads of report lines, step by step. Which members a line has, and in which order, is said by the tables in
 * judgement/report-line.ts, which the coordinator has written down as steps; what was judged comes as values.
 */
import { ContextWord, NOTHING, Step } from '../../shared/engine/layout';
import { columnShort, contextWord } from './context';
import { itemKeyLength, itemTextAt, partOf } from './index-reader';
import { putBytes, putNull, putNumber, putPartPath, putString, putUrlComponent } from './json-writer';
import { LineStep, Scene, Span } from './records';
import { takeScratch } from './room';

const OPEN_LIST: u8 = 0x5b;
const CLOSE_LIST: u8 = 0x5d;
const COMMA: u8 = 0x2c;

/** Writes a line behind the one before; returns how many bytes it has. */
export function writeLine(scene: usize, values: usize): u32 {
  const at = takeScratch(0);
  const steps: usize = contextWord(ContextWord.LineSteps);
  const count = contextWord(ContextWord.LineStepCount);
  for (let i: u32 = 0; i < count; i++) putOfScene(stepOf(steps, i), changetype<Scene>(scene), values);
  return (takeScratch(0) - at) as u32;
}

function stepOf(steps: usize, number: u32): LineStep {
  return changetype<LineStep>(steps + (number as usize) * offsetof<LineStep>());
}

function putOfScene(step: LineStep, scene: Scene, values: usize): void {
  const value = values + ((step.at as usize) << 2);
  switch (step.step) {
    case Step.Bytes:
      putBytes(step.at, step.length);
      break;
    case Step.SceneId:
      putNumber(scene.id);
      break;
    case Step.SceneText:
      putString(scene.slot(step.at).at, scene.slot(step.at).length);
      break;
    case Step.SceneTextOrNull:
      putStringOrNull(scene.slot(step.at).at, scene.slot(step.at).length);
      break;
    case Step.ScenePathOrNull:
      if (scene.fileCount == 0) putNull();
      else putStringOrNull(scene.files.pathAt, scene.files.pathLength);
      break;
    case Step.Value:
      putBytes(load<u32>(value), load<u32>(value, 4));
      break;
    case Step.Item:
      if (load<u32>(value) == NOTHING) putNull();
      else putItem(load<u32>(value));
      break;
    case Step.Items:
      putItems(load<u32>(value), value + 4);
      break;
    default:
      unreachable();
  }
}

function putItems(count: u32, parts: usize): void {
  store<u8>(takeScratch(1), OPEN_LIST);
  for (let i: u32 = 0; i < count; i++) {
    if (i > 0) store<u8>(takeScratch(1), COMMA);
    putItem(load<u32>(parts + ((i as usize) << 2)));
  }
  store<u8>(takeScratch(1), CLOSE_LIST);
}

/** Writes what is said of the item of a part. */
function putItem(part: u32): void {
  const item = partOf(part).item;
  const steps: usize = contextWord(ContextWord.ItemSteps);
  const count = contextWord(ContextWord.ItemStepCount);
  for (let i: u32 = 0; i < count; i++) putOfItem(stepOf(steps, i), item, part);
}

function putOfItem(step: LineStep, item: u32, part: u32): void {
  switch (step.step) {
    case Step.Bytes:
      putBytes(step.at, step.length);
      break;
    case Step.ItemKey:
      putString(itemTextAt(item), itemKeyLength(item));
      break;
    case Step.ItemTitle:
      putString(itemTextAt(item) + itemKeyLength(item), columnShort(ContextWord.ItemTitleLength, item));
      break;
    case Step.ItemSection: {
      const titles: usize = contextWord(ContextWord.SectionTitles);
      const section = columnShort(ContextWord.ItemSection, item) as usize;
      const title = changetype<Span>(titles + section * offsetof<Span>());
      putBytes(title.at, title.length);
      break;
    }
    case Step.PartPath:
      putPartPath(part);
      break;
    case Step.ItemKeyInUrl:
      putUrlComponent(itemTextAt(item), itemKeyLength(item));
      break;
    default:
      unreachable();
  }
}

function putStringOrNull(from: usize, length: u32): void {
  if (length == 0) putNull();
  else putString(from, length);
}
