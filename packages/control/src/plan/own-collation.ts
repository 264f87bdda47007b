/** Collations that only the application's own connection knows: SQLite refuses to touch an index that is sorted by one. */
import type { SourceTable } from './source-schema.ts';

/** https://www.sqlite.org/datatype3.html#collating_sequences */
const BUILT_IN: ReadonlySet<string> = new Set(['BINARY', 'NOCASE', 'RTRIM']);

export interface OwnCollation {
  readonly name: string;
  /** WITHOUT ROWID every index holds the key, and the rows are one: SQLite reads them only where it can compare. */
  readonly unreadable: boolean;
}

/** Null where every index of the table can be read and written by any library. */
export function ownCollation(table: SourceTable): OwnCollation | null {
  const part = table.indexes.flatMap((index) => index.parts).find(({ collation }) => !BUILT_IN.has(collation.toUpperCase()));
  return part === undefined ? null : { name: part.collation, unreadable: table.withoutRowid };
}
