/** What the engine leaves to JavaScript: Unicode folding, and rows that are not as they should be. */

/** The hash of a name that is not ASCII: `hashText(foldKey(name))`. */
export declare function foldedHash(at: usize, length: u32): u32;

/** Whether two names, of which one at least is not ASCII, are equal when folded. */
export declare function sameWhenFolded(a: usize, aLength: u32, b: usize, bLength: u32): bool;

/**
 * Writes the row `at..end` again as a row the engine can read: right types, nothing blank, valid UTF-8.
 * @returns where its bytes are, with a zero behind them; 0 when the row cannot be what it should be
 */
export declare function cleanRow(at: usize, end: usize): usize;
