/**
 * What extractor, loader and validator agree on for one table. Made by the plan, stored in the control record, and
 * fingerprinted: a block whose schema has another fingerprint is not for this table.
 */
import { createHash } from 'node:crypto';
import type { LogicalType } from './logical-type.ts';

/**
 * How source values of a column are read into its logical type.
 * - `plain`: the class that belongs to the type (integer for ints, text in ISO form for dates, …)
 * - `any`: every storage class is accepted and printed (only for text and bytea; a widened column)
 * - `epoch_s|ms|us`: integers (and reals for seconds) counted from 1970-01-01 UTC
 * - `julian`: Julian day numbers
 * - `decimal15`: a number as a decimal of 15 significant digits, rounded to the scale of its numeric type (conversion/decimal-fifteen)
 */
export type SourceForm = 'plain' | 'any' | 'epoch_s' | 'epoch_ms' | 'epoch_us' | 'julian' | 'decimal15';

/**
 * What becomes of a value that its column cannot hold, where the owner has decided it in the plan. Without a policy its
 * row goes to the quarantine. Each use is an explained difference: counted, shown, and expected by the validator.
 * - `null`: NULL takes its place
 * - `replace`: in a text, every U+0000 and every malformed sequence of bytes (as the Encoding Standard decodes them)
 *   becomes U+FFFD; what does not fit even then goes to the quarantine
 */
export type MisfitPolicy = 'null' | 'replace';

export interface ColumnContract {
  /** Name in SQLite, exactly. */
  readonly source: string;
  /** Name in PostgreSQL, exactly, unquoted. */
  readonly target: string;
  readonly type: LogicalType;
  readonly form: SourceForm;
  readonly notNull: boolean;
  /** Never on a column of the key: two rows would get one. */
  readonly policy?: MisfitPolicy;
}

/**
 * How rows are named and read in order.
 * - `rowid`: a rowid table; `alias` is the SQL name under which the rowid can be read (rowid, _rowid_, oid or the
 *   INTEGER PRIMARY KEY column), null where the table's columns shadow all three
 * - `primary`: a WITHOUT ROWID table, read in the order of its primary key
 */
export type ReadOrder =
  | { readonly kind: 'rowid'; readonly alias: string | null }
  | { readonly kind: 'primary'; readonly columns: readonly string[] };

export interface TableContract {
  /** Number of the table in its migration, from 0. */
  readonly table: number;
  readonly source: string;
  readonly targetSchema: string;
  readonly target: string;
  readonly columns: readonly ColumnContract[];
  readonly order: ReadOrder;
  /** Source columns that name a row for people; empty: the table has no key, rows are named by rowid. */
  readonly key: readonly string[];
  /** Whether the target carries the identity column `causeway_rowid` while the migration runs. */
  readonly keyless: boolean;
  /** Decided on a sample: a value that does not fit re-plans the table instead of going to the quarantine. */
  readonly speculative: boolean;
  /** The target is partitioned by ranges of a date column; absent: it is one table. */
  readonly partition?: TablePartition;
}

export interface TablePartition {
  /** Name in SQLite of a column that is NOT NULL; it joins the primary key. */
  readonly column: string;
  /** Names of the tables in the target, and the dates (YYYY-MM-DD) from which and before which their rows lie. A default partition takes all others. */
  readonly parts: readonly { readonly name: string; readonly from: string; readonly to: string }[];
  readonly rest: string;
}

export const ROWID_COLUMN = 'causeway_rowid';

/** Lower-case hex SHA-256 over the parts of a contract that decide the wire bytes. */
export function contractFingerprint(contract: TableContract): string {
  const wire = {
    table: contract.table,
    source: contract.source,
    keyless: contract.keyless,
    columns: contract.columns.map((c) => [c.source, c.type, c.notNull]),
  };
  return createHash('sha256').update(JSON.stringify(wire)).digest('hex');
}
