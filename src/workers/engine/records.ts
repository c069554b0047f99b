/** The records of layout.ts as classes: typed views of memory, so that a field is read by its name. Finds nothing itself. */
import {
  CandidateWord,
  DirWord,
  FactWord,
  FieldWord,
  FileWord,
  IndexPartWord,
  ItemWord,
  MappingWord,
  PartWord,
  SLOT_WORDS,
  SceneWord,
  StepWord,
} from '../../shared/engine/layout';

/** A run of bytes; also a list, as the address and number of its entries. */
@unmanaged
export class Span {
  at: usize;
  length: u32;

  get end(): usize {
    return this.at + this.length;
  }
}

/** A line of a field table. */
@unmanaged
export class Field {
  nameAt: usize;
  nameLength: u32;
  kind: i32;
  presence: u32;
  jobKeyAt: usize;
  jobKeyLength: u32;
}

/** A file of a scene; its name is the end of its path. */
@unmanaged
export class File {
  pathAt: usize;
  pathLength: u32;
  nameAt: usize;
  nameHash: u32;
  /** Bytes; 0 unknown. */
  size: f64;
  /** Seconds; 0 unknown. */
  duration: f64;

  get pathEnd(): usize {
    return this.pathAt + this.pathLength;
  }

  get nameLength(): u32 {
    return (this.pathEnd - this.nameAt) as u32;
  }

  get next(): File {
    return changetype<File>(changetype<usize>(this) + sizeof<u32>() * FileWord.Words);
  }
}

@unmanaged
export class Scene {
  id: u32;
  next: Scene;
  updatedAt: f64;
  createdAt: f64;
  files: File;
  fileCount: u32;
  presence: u32;
  likelyPart: u32;

  /** What was read of a field of the table, by its line. */
  slot(line: u32): Span {
    const slots = changetype<usize>(this) + sizeof<u32>() * SceneWord.Words;
    return changetype<Span>(slots + (line as usize) * sizeof<u32>() * SLOT_WORDS);
  }
}

/** What was found of a scene. */
@unmanaged
export class Facts {
  id: u32;
  presence: u32;
  fileCount: u32;
  candidates: usize;
  candidateCount: u32;
  scene: Scene;
  updatedAt: f64;
  createdAt: f64;
  syncedAt: f64;
}

@unmanaged
export class Candidate {
  part: u32;
  file: u32;
  agreement: i32;
  places: u32;
}

/** An item of a Plex page. */
@unmanaged
export class Item {
  textAt: u32;
  keyLength: u32;
  titleLength: u32;
  presence: u32;
  date: u32;
  parts: u32;
  keyHash: u32;
  keyNumber: u32;
}

/** A part of the item before it. */
@unmanaged
export class Part {
  dir: u32;
  nameAt: u32;
  nameLength: u32;
  nameHash: u32;
  duration: u32;
  unused: u32;
  size: f64;
}

/** A directory of a Plex page. */
@unmanaged
export class Dir {
  parent: u32;
  at: u32;
  length: u32;
  hash: u32;
  pathHash: u32;
  unused: u32;
}

/** A part in the index. */
@unmanaged
export class IndexPart {
  nameHash: u32;
  next: u32;
  nameAt: u32;
  nameLength: u32;
  dir: u32;
  item: u32;
  duration: u32;
  unused: u32;
  size: f64;
}

@unmanaged
export class Mapping {
  fromAt: usize;
  fromLength: u32;
  toAt: usize;
  toLength: u32;
}

/** A step of a report line. */
@unmanaged
export class LineStep {
  step: i32;
  at: u32;
  length: u32;
}

// Checked while compiling: TypeScript finds everything where the classes have it.
if (
  offsetof<Field>() != FieldWord.Words << 2 ||
  offsetof<Field>('jobKeyAt') != FieldWord.JobKey << 2 ||
  offsetof<File>() != FileWord.Words << 2 ||
  offsetof<File>('nameHash') != FileWord.NameHash << 2 ||
  offsetof<File>('duration') != FileWord.Duration << 2 ||
  offsetof<Scene>('next') != SceneWord.Next << 2 ||
  offsetof<Scene>('createdAt') != SceneWord.CreatedAt << 2 ||
  offsetof<Scene>('presence') != SceneWord.Presence << 2 ||
  offsetof<Scene>() != SceneWord.Words << 2 ||
  offsetof<Facts>('scene') != FactWord.Scene << 2 ||
  offsetof<Facts>('syncedAt') != FactWord.SyncedAt << 2 ||
  offsetof<Facts>() != FactWord.Words << 2 ||
  offsetof<Candidate>('agreement') != CandidateWord.Agreement << 2 ||
  offsetof<Candidate>('places') != CandidateWord.Places << 2 ||
  offsetof<Candidate>() != CandidateWord.Words << 2 ||
  offsetof<Item>('presence') != ItemWord.Presence << 2 ||
  offsetof<Item>() != ItemWord.Words << 2 ||
  offsetof<Part>('size') != PartWord.Size << 2 ||
  offsetof<Part>() != PartWord.Words << 2 ||
  offsetof<Dir>() != DirWord.Words << 2 ||
  offsetof<IndexPart>('item') != IndexPartWord.Item << 2 ||
  offsetof<IndexPart>('size') != IndexPartWord.Size << 2 ||
  offsetof<IndexPart>() != IndexPartWord.Words << 2 ||
  offsetof<Scene>('likelyPart') != SceneWord.LikelyPart << 2 ||
  offsetof<File>('nameAt') != FileWord.Name << 2 ||
  offsetof<Mapping>('fromAt') != MappingWord.From << 2 ||
  offsetof<Mapping>('fromLength') != MappingWord.FromLength << 2 ||
  offsetof<Mapping>('toAt') != MappingWord.To << 2 ||
  offsetof<Mapping>('toLength') != MappingWord.ToLength << 2 ||
  offsetof<Mapping>() != MappingWord.Words << 2 ||
  offsetof<LineStep>('step') != StepWord.Step << 2 ||
  offsetof<LineStep>('at') != StepWord.At << 2 ||
  offsetof<LineStep>('length') != StepWord.Length << 2 ||
  offsetof<LineStep>() != StepWord.Words << 2
) {
  ERROR('a class and its words in layout.ts differ');
}
