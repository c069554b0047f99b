/** The words for queue rows; apart from what reads them, since flags need no database driver. */

/** Every state, in the order they are shown. */
export const ROW_STATES = ['waiting', 'taken', 'done', 'given_up'] as const;

/** The state of a queue row. */
export type RowState = (typeof ROW_STATES)[number];

/** Every kind. `retry`: tried before. `undecodable`: the worker would stop at it, and everything behind it would wait. */
export const ROW_KINDS = ['job', 'retry', 'undecodable'] as const;

/** What a queue row is. */
export type RowKind = (typeof ROW_KINDS)[number];
