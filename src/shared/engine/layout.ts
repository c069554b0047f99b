/**
 * Where things stand in the memory that JavaScript and the engine share, in words of 4 bytes unless it says otherwise.
 * The engine's compiler and TypeScript both read this file, so it holds plain numbers only.
 */

/** A number that stands for nothing: below 2^31, since V8 keeps larger ones on its heap. */
export const NOTHING = 0x7fffffff;

/** Largest scene id that fits GraphQL's Int, in which ids are filtered. */
export const MAX_SCENE_ID = 0x7fffffff;
/** Rating keys are short; whatever is longer, in bytes, is not one. */
export const MAX_KEY_BYTES = 1000;
/** Plex's mark (`proxyType`) of an optimised version: a copy it made for itself, whose file lies outside the library. */
export const OPTIMISED_VERSION = 42;

/** What a call leaves behind, at the address `useThreadMemory()` was given. */
export const RESULT_WORDS = 18;
/** Rows of the page, also those that are left out. */
export const RESULT_ROWS = 0;
/** Plex: `totalSize`, or -1 where the page does not say. */
export const RESULT_TOTAL = 1;
/** Address and bytes of the page's texts. */
export const RESULT_HEAP_AT = 2;
export const RESULT_HEAP_BYTES = 3;
/** Address and number of the records: items, or scenes. */
export const RESULT_RECORDS_AT = 4;
export const RESULT_RECORDS = 5;
/** Plex: parts of all items. */
export const RESULT_PARTS = 16;
/** Plex: address and number of the directories; the last stands first. */
export const RESULT_DIRS_AT = 6;
export const RESULT_DIRS = 7;
/** Stash: address of the outcomes, one per scene. */
export const RESULT_OUTCOMES_AT = 8;
/** Stash: the largest scene id of the page. */
export const RESULT_LAST_ID = 9;
/** Stash: how many scenes the engine has left open. */
export const RESULT_OPEN = 10;
/** Bytes of the job written last. */
export const RESULT_JOB_BYTES = 11;
/** Stash, light pages: address and number of the ids in sync, and of those whose full row is needed. */
export const RESULT_IN_SYNC_AT = 12;
export const RESULT_IN_SYNC = 13;
export const RESULT_NEEDED_AT = 14;
export const RESULT_NEEDED = 15;

/** An item, followed by its parts. */
export const ITEM_WORDS = 8;
/** Offset of the rating key in the heap; the title follows it. */
export const ITEM_TEXT_AT = 0;
export const ITEM_KEY_LENGTH = 1;
export const ITEM_TITLE_LENGTH = 2;
export const ITEM_FLAGS = 3;
/** YYYYMMDD, YYYY0000 where only the year is known, 0 where neither is. */
export const ITEM_DATE = 4;
export const ITEM_PARTS = 5;
/** The hash its rating key is found by. */
export const ITEM_KEY_HASH = 6;
/** The rating key as a number; 0 where it is none, or where nothing is skipped. */
export const ITEM_KEY_NUMBER = 7;
/** Of an item nobody can ask for, only its flags, its key as a number and this are kept: how many files it has. */
export const SKIPPED_FILES = 2;

/** A part of the item before it. */
export const PART_WORDS = 8;
/** Number of the directory on this page, or {@link NOTHING}. */
export const PART_DIR = 0;
/** Offset in the heap of the file name with the separators in front of it. */
export const PART_NAME_AT = 1;
export const PART_NAME_LENGTH = 2;
export const PART_NAME_HASH = 3;
/** Milliseconds; 0 unknown. */
export const PART_DURATION = 4;
/** A double, in units of 8 bytes: bytes of the file; 0 unknown. */
export const PART_SIZE_DOUBLE = 3;

/** A directory: parents come first. */
export const DIR_WORDS = 6;
export const DIR_PARENT = 0;
/** Offset in the heap of the last component with the separators in front of it. */
export const DIR_AT = 1;
export const DIR_LENGTH = 2;
/** Hash of the folded component. */
export const DIR_HASH = 3;
/** Hash of the whole path as it is spelled. */
export const DIR_PATH_HASH = 4;

/** A scene. Texts are an address and a number of bytes; lists an address and a number of entries. */
export const SCENE_WORDS = 24;
export const SCENE_ID = 0;
export const SCENE_TITLE = 2;
export const SCENE_DETAILS = 4;
export const SCENE_DATE = 6;
export const SCENE_STUDIO = 8;
export const SCENE_UPDATED_TEXT = 10;
/** Names, two words each. */
export const SCENE_PERFORMERS = 12;
export const SCENE_TAGS = 14;
/** Files, {@link FILE_WORDS} each. */
export const SCENE_FILES = 16;
/** A part that may be the scene's, while the index is being touched; see touch.ts. */
export const SCENE_LIKELY_PART = 1;
/** Doubles, in units of 8 bytes: epoch seconds, NaN where the time cannot be read. */
export const SCENE_UPDATED_DOUBLE = 9;
export const SCENE_CREATED_DOUBLE = 10;
/** Address of the next scene's record. */
export const SCENE_NEXT = 22;

/** A file: address and bytes of its path. */
export const FILE_WORDS = 8;
/** Address of its name, which is the end of the path, and the hash the index has it under. */
export const FILE_NAME_AT = 2;
export const FILE_NAME_HASH = 3;
/** Doubles, in units of 8 bytes: its bytes and its seconds; 0 unknown. */
export const FILE_SIZE_DOUBLE = 2;
export const FILE_DURATION_DOUBLE = 3;

/** What became of a scene. */
export const OUTCOME_WORDS = 10;
export const OUTCOME_ID = 0;
/** Index into VERDICTS, or {@link LEFT_OUT} or {@link OPEN}; 8 bits higher one of the GAP numbers. */
export const OUTCOME_VERDICT = 1;
/** The part of the match, or {@link NOTHING}, and its evidence. */
export const OUTCOME_PART = 2;
export const OUTCOME_EVIDENCE = 3;
/** Address and bytes of the job. */
export const OUTCOME_JOB_AT = 4;
export const OUTCOME_JOB_BYTES = 5;
/** A double, in units of 8 bytes: epoch seconds of the last update, NaN where it cannot be read. */
export const OUTCOME_UPDATED_DOUBLE = 3;
/** The item of the match, or {@link NOTHING}. */
export const OUTCOME_ITEM = 8;

/** The scene is older than `since`. */
export const LEFT_OUT = 254;
/** The engine leaves the scene to the complete matcher. */
export const OPEN = 255;

/** The scene is no gap. */
export const GAP_NONE = 0;
export const GAP_JOB = 1;
export const GAP_NOT_SELECTED = 2;
export const GAP_WITHHELD = 3;
export const GAP_UNSAFE_NAME = 4;

/** Verdicts the engine gives, as indexes into VERDICTS. */
export const IN_SYNC = 0;
export const STALE = 1;
export const MATCHED = 2;
export const EMPTY = 3;
export const MISSING = 4;
export const NOTHING_TO_SYNC = 6;
export const NO_FILE = 7;
export const UNREADABLE = 8;

/** When a date in Plex counts as metadata: always, never, or only if it is the scene's own. */
export const DATE_COUNTS = 0;
export const DATE_IGNORED = 1;
export const DATE_OWN = 2;

/** What the engine must know of a scan: addresses of columns, numbers of elements, and choices. */
export const CONTEXT_WORDS = 40;
export const CONTEXT_NAME_SLOTS = 0;
export const CONTEXT_NAME_SLOT_COUNT = 1;
export const CONTEXT_PARTS = 2;
export const CONTEXT_DIR_PARENT = 3;
export const CONTEXT_DIR_AT = 4;
export const CONTEXT_DIR_LENGTH = 5;
export const CONTEXT_ITEM_FIRST_PART = 6;
export const CONTEXT_ITEM_FLAGS = 7;
export const CONTEXT_ITEM_DATE = 8;
export const CONTEXT_HEAP = 9;
export const CONTEXT_SYNC_IDS = 10;
export const CONTEXT_SYNC_VALUES = 11;
export const CONTEXT_SYNC_COUNT = 12;
export const CONTEXT_KNOWN_IDS = 13;
export const CONTEXT_KNOWN_VALUES = 14;
export const CONTEXT_KNOWN_COUNT = 15;
/** {@link MAPPING_WORDS} each. */
export const CONTEXT_MAPPINGS = 16;
export const CONTEXT_MAPPING_COUNT = 17;
/** 0 all scenes; 1 since `updated_at`; 2 since `created_at`. */
export const CONTEXT_SINCE = 18;
/** A double, in units of 8 bytes: epoch seconds. */
export const CONTEXT_SINCE_DOUBLE = 10;
/** One bit per verdict that is to be queued. */
export const CONTEXT_GAPS = 22;
/** One bit per verdict that needs a report line, and so the complete matcher. */
export const CONTEXT_LINES = 23;
/** 1: a job may have a name that belongs to another item too. */
export const CONTEXT_ALLOW_UNSAFE = 24;
export const CONTEXT_NARROW_SLOTS = 25;
export const CONTEXT_NARROW_SLOT_COUNT = 26;
export const CONTEXT_NARROW_PART = 27;
export const CONTEXT_NARROW_HASH = 28;
export const CONTEXT_NARROW_NEXT = 29;
/** The longest chain of equal file names that is walked; see index/format.ts. */
export const CROWD = 16;

/** A path mapping: address and bytes of both directories, folded, `/` between components. */
export const MAPPING_WORDS = 4;

/** Marks a chain of the name table that is too long to walk; see index/format.ts. */
export const CROWD_FLAG = 0x40000000;

/** A part's record in the index; see index/format.ts. */
export const INDEX_PART_WORDS = 10;
export const INDEX_PART_NAME_HASH = 0;
export const INDEX_PART_NEXT = 1;
export const INDEX_PART_NAME_AT = 2;
export const INDEX_PART_NAME_LENGTH = 3;
export const INDEX_PART_DIR = 4;
export const INDEX_PART_ITEM = 5;
export const INDEX_PART_DURATION = 6;
export const INDEX_PART_SIZE_DOUBLE = 4;

/** Bytes of each of the two sets of an item filter: 2^20 bits, of which 25,000 scenes set a fortieth. */
export const FILTER_BYTES = 131072;

/** Item flag, on a page only: the item was skipped, see {@link SKIPPED_FILES}. */
export const SKIPPED = 4;
/** Item flag: it has meaningful metadata whatever its date says. */
export const HAS_METADATA = 1;
/** Item flag: its date or year counts only if it is the scene's own. */
export const DATE_IF_OWN = 2;

/** Evidence of a match; see matcher/evidence.ts. */
export const EVIDENCE_EXACT = 0x100000;
export const EVIDENCE_SIZE = 0x80000;
export const EVIDENCE_TRAILING_SHIFT = 8;
export const EVIDENCE_TRAILING_MAX = 255;
export const EVIDENCE_TITLE = 4;
export const EVIDENCE_DURATION = 2;
