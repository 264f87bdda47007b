/** What a migration of this source is expected to take. Rough on purpose: the machine decides. */

/** Measured on two cores with rows of twelve columns; wide rows are bound by their bytes. */
const ROWS_PER_SECOND = 120_000;
const BYTES_PER_SECOND = 25_000_000;
const START_SECONDS = 4;
/** Rows of PostgreSQL have larger headers than SQLite's, and indexes are kept beside them. */
const TARGET_RATIO = 1.6;
/** Blocks are compressed on their way. */
const TRANSPORT_RATIO = 0.5;

export interface ExpectedSize {
  readonly seconds: number;
  readonly targetBytes: number;
  readonly transportBytes: number;
}

export function expectedSize(rows: number, bytes: number): ExpectedSize {
  const load = Math.max(rows / ROWS_PER_SECOND, bytes / BYTES_PER_SECOND);
  // Load, and verification beside the building of indexes.
  return { seconds: Math.ceil(START_SECONDS + 1.8 * load), targetBytes: Math.ceil(bytes * TARGET_RATIO), transportBytes: Math.ceil(bytes * TRANSPORT_RATIO) };
}
