/**
 * Where things stand in the memory that TypeScript and the engine share, in words of 4 bytes unless it says otherwise. The
 * engine's compiler reads this file too, so it holds plain numbers only; src/workers/engine/records.ts holds its classes
 * against it.
 */

/** A number that stands for nothing: below 2^31, since V8 keeps larger ones on its heap. */
export const NOTHING = 0x7fffffff;

/** Largest scene id that fits GraphQL's Int, in which ids are filtered. */
export const MAX_SCENE_ID = 0x7fffffff;
/** Rating keys are short; whatever is longer, in bytes, is not one. */
export const MAX_KEY_BYTES = 1000;
/** Plex's mark (`proxyType`) of an optimised version: a copy it made for itself, whose file lies outside the library. */
export const OPTIMISED_VERSION = 42;

/** Of what presence is noted, one bit each: the fields of the quality gate come first, on both sides. */
export enum Presence {
  Studio = 1,
  Performers = 2,
  Tags = 4,
  Details = 8,
  Date = 16,
  /** Items only: Plex could not identify it, so its date is one Plex made up. */
  Unidentified = 32,
  /** Items only: Plex has a picture for it. */
  Thumb = 64,
  /** Items only, on a page: nobody can ask for it, so only how many files it has was kept. */
  Skipped = 128,
}

/** The fields of the quality gate. */
export const GATE = 31;

/** How a member of a row is read. `Id` to `Files` are scenes', `Key` to `Media` items'; texts are both's. */
export enum Kind {
  Text = 1,
  /** An object with a name. */
  Named = 2,
  /** A list of objects with names. */
  Names = 3,
  /** A whole number, or null. */
  Whole = 4,
  /** A text; in a job only as YYYY-MM-DD. */
  Date = 5,
  Id = 6,
  Updated = 7,
  Created = 8,
  Files = 9,
  Key = 20,
  Type = 21,
  Title = 22,
  /** A text of which only its presence is noted. */
  PresentText = 23,
  /** A list of objects with tags of which only its presence is noted. */
  PresentTags = 24,
  PlexDate = 25,
  Year = 26,
  Guid = 27,
  Media = 28,
}

/** One line of a field table: texts are an address and a number of bytes. */
export enum FieldWord {
  Name = 0,
  NameLength = 1,
  Kind = 2,
  /** A bit of {@link Presence}, or 0. */
  Presence = 3,
  /** Its key in a job; no bytes where it is in none. */
  JobKey = 4,
  JobKeyLength = 5,
  Words = 6,
}

/** What a call leaves behind, at the address `useThreadMemory()` was given. */
export enum Result {
  /** Rows of the page, also those that are left out. */
  Rows = 0,
  /** Plex: `totalSize`, or -1 where the page does not say. */
  Total = 1,
  /** Address and bytes of the page's texts. */
  HeapAt = 2,
  HeapBytes = 3,
  /** Address and number of the records: items, scenes, or pairs of numbers. */
  RecordsAt = 4,
  Records = 5,
  /** Plex: parts of all items. */
  Parts = 6,
  /** Plex: address and number of the directories; the last stands first. */
  DirsAt = 7,
  Dirs = 8,
  /** Stash: the largest scene id of the page. */
  LastId = 9,
  /** Bytes of the job written last. */
  JobBytes = 10,
  /** Where two paths go apart: bytes of the file's path, the part's directory, and the outermost they have in common. */
  PartingBytes = 11,
  PartingDir = 12,
  CommonDir = 13,
  Words = 14,
}

/** An item, followed by its parts. */
export enum ItemWord {
  /** Offset of the rating key in the heap; the title follows it. */
  TextAt = 0,
  KeyLength = 1,
  /** Of a skipped item, which has no title, how many files it has. */
  TitleLength = 2,
  Presence = 3,
  /** YYYYMMDD, YYYY0000 where only the year is known, 0 where neither is. */
  Date = 4,
  Parts = 5,
  /** The hash its rating key is found by. */
  KeyHash = 6,
  /** The rating key as a number; 0 where it is none, or where nothing is skipped. */
  KeyNumber = 7,
  Words = 8,
}

/** A part of the item before it. */
export enum PartWord {
  /** Number of the directory on this page, or {@link NOTHING}. */
  Dir = 0,
  /** Offset in the heap of the file name with the separators in front of it. */
  NameAt = 1,
  NameLength = 2,
  NameHash = 3,
  /** Milliseconds; 0 unknown. */
  Duration = 4,
  /** A double: bytes of the file; 0 unknown. */
  Size = 6,
  Words = 8,
}

/** A directory: parents come first. */
export enum DirWord {
  Parent = 0,
  /** Offset in the heap of the last component with the separators in front of it. */
  At = 1,
  Length = 2,
  /** Hash of the folded component. */
  Hash = 3,
  /** Hash of the whole path as it is spelled. */
  PathHash = 4,
  Words = 6,
}

/** A scene; behind it one {@link SLOT_WORDS slot} for each field of the table. */
export enum SceneWord {
  Id = 0,
  /** Address of the next scene's record. */
  Next = 1,
  /** Doubles: epoch seconds, NaN where the time cannot be read. */
  UpdatedAt = 2,
  CreatedAt = 4,
  /** Address and number of its files. */
  Files = 6,
  FileCount = 7,
  /** Bits of {@link Presence}. */
  Presence = 8,
  /** A part that may be the scene's, while the index is being touched; see touch.ts. */
  LikelyPart = 9,
  Words = 10,
}

/** Text: address and bytes. Names: address and number of such pairs. Whole: the number and whether there is one. */
export const SLOT_WORDS = 2;

/** A file of a scene: address and bytes of its path. */
export enum FileWord {
  Path = 0,
  PathLength = 1,
  /** Address of its name, which is the end of the path, and the hash the index has it under. */
  Name = 2,
  NameHash = 3,
  /** Doubles: its bytes and its seconds; 0 unknown. */
  Size = 4,
  Duration = 6,
  Words = 8,
}

/** What was found of a scene. */
export enum FactWord {
  Id = 0,
  Presence = 1,
  FileCount = 2,
  /** Address and number of its candidates. */
  Candidates = 3,
  CandidateCount = 4,
  /** Address of the scene's record. */
  Scene = 5,
  /** Doubles: epoch seconds; NaN where a time cannot be read, or where the scene was never synced. */
  UpdatedAt = 6,
  CreatedAt = 8,
  SyncedAt = 10,
  Words = 12,
}

/** A part that has the name of a file of the scene. */
export enum CandidateWord {
  /** {@link NOTHING}: more parts than may be listed agree so. */
  Part = 0,
  /** Number of the scene's file. */
  File = 1,
  /** Bits of {@link Agreement}; the lowest eight hold how many innermost directories are equal. */
  Agreement = 2,
  /** Candidates of the page with the same number lie in the same two directories as one another. */
  Places = 3,
  Words = 4,
}

/** How a file of the scene and a part of its name agree; see DESIGN.md, The matcher. */
export enum Agreement {
  Directories = 255,
  /** The whole path is equal after `pathMappings`. */
  Exact = 256,
  /** Both sizes are known and equal, and the lengths are not known to be {@link APART_MS apart}. */
  Size = 512,
  /**
   * Another video under the same name: both sizes are known and different, and the lengths are not known to be
   * {@link NEAR_MS near}; or the sizes are equal, but the lengths apart (discs are cut into parts of equal size).
   */
  Contradicted = 1024,
  /** Both lengths are known and near. */
  Length = 2048,
  /** No agreement: of a crowd only the best were looked for, so others may have the name and agree less. */
  Rest = 4096,
}

/** What the lengths of two copies of one video may differ by. */
export const NEAR_MS = 1000;
/** What two measurements of one file may differ by: this, or one part in so many of its length. */
export const APART_MS = 2000;
export const APART_SHARE = 100;

/** What became of a scene. */
export enum JudgedWord {
  Id = 0,
  /** Index into VERDICTS, or {@link LEFT_OUT}; 8 bits higher one of {@link Job}, 16 higher the index into REASON_CODES. See judged.ts. */
  Verdict = 1,
  /** The part of the match, or {@link NOTHING}, the item it belongs to, and how strong the match is. */
  Part = 2,
  Item = 3,
  Strength = 4,
  /** Address and bytes of the job. */
  JobAt = 5,
  JobBytes = 6,
  /** Address of the scene's record. */
  Scene = 7,
  /** A double: epoch seconds of the last update, NaN where it cannot be read. */
  UpdatedAt = 8,
  /** Bytes of the head of its report line, 0 for none: those of a page lie one behind the other. */
  LineBytes = 10,
  Words = 12,
}

/** Strong matches of one page whose paths go apart at the same place; how they do tells how directories correspond. */
export enum PartingWord {
  /** Address and bytes of what is left of the scenes' paths. */
  Stash = 0,
  StashBytes = 1,
  /** The directory left of the parts' paths, and the outermost they have in common; {@link NOTHING} for none. */
  Dir = 2,
  Common = 3,
  /** Number of the mapping that applies, or NOTHING, and whether the paths are equal after it. */
  Mapping = 4,
  IsExact = 5,
  /** How many scenes. */
  Scenes = 6,
  /** One of them: address of its file's record, and the part. */
  File = 7,
  Part = 8,
  Words = 10,
}

/** The scene is older than `since`. */
export const LEFT_OUT = 255;

/** Whether a judged scene has a job, and if not, why. */
export enum Job {
  NoGap = 0,
  Written = 1,
  NotSelected = 2,
  Withheld = 3,
  UnsafeName = 4,
}

/** What the engine must know of a scan: addresses of columns and numbers of elements. */
export enum ContextWord {
  NameSlots = 0,
  NameSlotCount = 1,
  Parts = 2,
  DirParent = 3,
  DirAt = 4,
  DirLength = 5,
  Heap = 6,
  NarrowSlots = 7,
  NarrowSlotCount = 8,
  NarrowPart = 9,
  NarrowHash = 10,
  NarrowNext = 11,
  SyncIds = 12,
  SyncValues = 13,
  SyncCount = 14,
  /** {@link MappingWord.Words} each. */
  Mappings = 15,
  MappingCount = 16,
  /** What the URL of a picture begins with; no bytes where jobs have none. */
  PictureBase = 17,
  PictureBaseLength = 18,
  /** 1: jobs have a background beside the poster. */
  HasBackground = 19,
  ItemTextAt = 20,
  ItemKeyLength = 21,
  ItemTitleLength = 22,
  ItemSection = 23,
  /** The titles of the libraries as JSON strings: address and bytes of each. */
  SectionTitles = 24,
  /** What a report line says of a scene, and what of an item: {@link StepWord.Words} each. */
  LineSteps = 25,
  LineStepCount = 26,
  ItemSteps = 27,
  ItemStepCount = 28,
  Words = 29,
}

/** What a step of a report line writes; see judgement/report-line.ts. */
export enum Step {
  /** Bytes as they are: the step says where they lie, and how many. */
  Bytes = 0,
  SceneId = 1,
  /** A text of the scene, whose slot the step names. */
  SceneText = 2,
  /** The same, null where it is empty. */
  SceneTextOrNull = 3,
  /** The path of its primary file; null where it has none. */
  ScenePathOrNull = 4,
  /** JSON among the line's values, at the word the step names: address and bytes. */
  Value = 5,
  /** The item of a part among the values; null for {@link NOTHING}. */
  Item = 6,
  /** A list of items: their number among the values, and behind it a part of each. */
  Items = 7,
  /** Of an item. */
  ItemKey = 8,
  ItemTitle = 9,
  ItemSection = 10,
  /** The path of the part by which it is named. */
  PartPath = 11,
  /** Its rating key as a component of a URL. */
  ItemKeyInUrl = 12,
}

/** A step of a report line. */
export enum StepWord {
  Step = 0,
  /** The address of bytes, a slot, or a word of the values. */
  At = 1,
  Length = 2,
  Words = 3,
}

/** What a report line says of a scene beside its own texts and its item's: its values. Texts are JSON, address and bytes. */
export enum LineWord {
  Verdict = 0,
  Code = 2,
  Reason = 4,
  Evidence = 6,
  /** The part of the match, or {@link NOTHING}. */
  Part = 8,
  /** How many items it could be; behind it a part of each. */
  Candidates = 9,
  Words = 10,
}

/** A path mapping: address and bytes of both directories, folded, `/` between components. */
export enum MappingWord {
  From = 0,
  FromLength = 1,
  To = 2,
  ToLength = 3,
  Words = 4,
}

/** The longest chain of equal file names that is walked; see index/format.ts. */
export const CROWD = 16;
/** Marks a chain of the name table that is too long to walk. */
export const CROWD_FLAG = 0x40000000;

/** A part's record in the index; see index/format.ts. */
export enum IndexPartWord {
  NameHash = 0,
  /** Next part of the name chain, or {@link NOTHING}. */
  Next = 1,
  /** Heap offset of the file name with the separators in front of it. */
  NameAt = 2,
  NameLength = 3,
  Dir = 4,
  Item = 5,
  /** Milliseconds; 0 when Plex does not say. */
  Duration = 6,
  /** A double: bytes of the file; 0 when Plex does not say. */
  Size = 8,
  Words = 10,
}

/** Bytes of an item filter, one bit per hash of a file name or size: 2^20 bits, of which 25,000 scenes set a twentieth. */
export const FILTER_BYTES = 131072;
