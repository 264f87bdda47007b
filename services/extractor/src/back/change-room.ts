import type { Untravelled } from './back-table.ts';

/** The largest row that SQLite can be asked to hold: its own default limit of a string, blob or row. */
const SQLITE_MAX_BYTES = 1_000_000_000;

/** Why a row's encoding is too large for SQLite; null where it is not. */
export function changeRoom(row: Buffer): Untravelled | null {
  return row.length >= SQLITE_MAX_BYTES ? { column: null, detail: 'the row is larger than SQLite holds' } : null;
}
