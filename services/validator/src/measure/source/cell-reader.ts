/**
 * What a reader of source cells says. A reader goes from the value that SQLite gave to the canonical bytes of its
 * column's type and adds them to the row; it shares the specification with the loading path and none of its code.
 */
import type { RowDigest } from '@causeway/contracts/row-digest';

/** A cell as the SQLite driver gives it; TEXT that was read as stored bytes is decoded before it gets here. */
export type SourceCell = number | bigint | string | Uint8Array;

/** The value has no canonical form under its column's type. */
export const NOT_CANONICAL = 0;
/** The canonical bytes were added to the row. */
export const CANONICAL = 1;
/** A number that may have lost its class or its last bits on the way: read again as `classes`. */
export const DOUBTFUL_NUMBER = 2;
/** A text that may have lost bytes to U+FFFD on the way: read again as `exact`. */
export const DOUBTFUL_TEXT = 3;

export type CellVerdict = typeof NOT_CANONICAL | typeof CANONICAL | typeof DOUBTFUL_NUMBER | typeof DOUBTFUL_TEXT;

/**
 * How rows are read, from fast to slow; a slice of a table is read again in a slower mode when a reader doubts.
 * - plain: INTEGER and REAL both arrive as number, TEXT as string with invalid bytes replaced by U+FFFD
 * - classes: INTEGER arrives as bigint
 * - exact: also the storage class is read, and TEXT arrives as its stored bytes
 */
export type ReadMode = 'plain' | 'classes' | 'exact';

/** Adds the cell to the row. After any verdict but CANONICAL the row's digest is void. */
export type CellReader = (value: SourceCell, row: RowDigest) => CellVerdict;
