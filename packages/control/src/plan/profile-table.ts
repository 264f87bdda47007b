/**
 * Reads the values of a table, all of them or a sample, and counts per column which storage classes are there and
 * which candidate types they fit.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { Candidate } from './column-candidates.ts';
import type { SourceColumn, SourceTable } from './source-schema.ts';
import type { ReadValue } from './value-fit.ts';

export interface ColumnProfile {
  readonly classes: { null: number; integer: number; real: number; text: number; blob: number };
  /** Per candidate: values that do not fit it. */
  readonly misfits: number[];
  readonly candidates: readonly Candidate[];
  /** Integers beyond ±2^53, and reals that are not finite: decide between float8 and numeric. */
  wideIntegers: number;
  notFinite: number;
}

export interface TableProfile {
  readonly columns: readonly ColumnProfile[];
  readonly rowsRead: number;
  readonly complete: boolean;
  /** Values are large: pages are kept small. */
  readonly averageBytes: number;
}

/** Below this a full scan costs less than explaining a sample. */
export const SAMPLE_ABOVE_ROWS = 20_000;
const CHUNKS = 10;
const CHUNK_ROWS = 600;

/** Looks at a column's values while they are counted. */
export interface ValueObserver {
  /** `fits`: whether the first candidate holds the value. The row's last cell is what `identity` reads. */
  see(value: Exclude<ReadValue, null>, fits: boolean, row: readonly ReadValue[]): void;
}

export interface TableObserver {
  /** Read behind the columns: an SQL name of the rowid; null where nothing is needed. */
  readonly identity: string | null;
  readonly columns: readonly (ValueObserver | null)[];
}

export interface ProfileOptions {
  /** Read everything, whatever the size. */
  readonly full: boolean;
  /** What to try for a column, best first. */
  readonly candidates: (column: SourceColumn) => readonly Candidate[];
  readonly onRows?: (rows: number) => void;
  readonly observer?: TableObserver;
}

/** Without a database the table cannot be read, and nothing is known of its values. */
export function profileTable(db: SourceDatabase | null, table: SourceTable, options: ProfileOptions): TableProfile {
  const columns: ColumnProfile[] = table.columns.map((column) => {
    const candidates = options.candidates(column);
    return { classes: { null: 0, integer: 0, real: 0, text: 0, blob: 0 }, misfits: candidates.map(() => 0), candidates, wideIntegers: 0, notFinite: 0 };
  });
  const tally = { rows: 0, bytes: 0 };
  const sampled = db !== null && !options.full && isLarge(db, table);
  const observer = options.observer;
  const list = [...table.columns.map((c) => quoteIdentifier(c.name)), ...(observer?.identity == null ? [] : [quoteIdentifier(observer.identity)])].join(', ');
  const from = quoteIdentifier(table.name);
  const sources = db === null ? [] : sampled ? sampleStatements(db, table, list, from) : [{ sql: `SELECT ${list} FROM ${from}`, values: [] as (bigint | number)[] }];
  for (const source of sources) {
    const statement = (db as SourceDatabase).prepare(source.sql).raw().safeIntegers();
    for (const row of statement.iterate(...source.values) as IterableIterator<ReadValue[]>) {
      countRow(row, columns, tally, observer?.columns);
      if (tally.rows % 10_000 === 0) options.onRows?.(tally.rows);
    }
  }
  return { columns, rowsRead: tally.rows, complete: !sampled, averageBytes: tally.rows === 0 ? 0 : Math.ceil(tally.bytes / tally.rows) };
}

function isLarge(db: SourceDatabase, table: SourceTable): boolean {
  return table.fts === null && db.prepare(`SELECT 1 FROM ${quoteIdentifier(table.name)} LIMIT 1 OFFSET ${SAMPLE_ABOVE_ROWS}`).get() !== undefined;
}

/** The first rows, the last rows and chunks between: odd values cluster at the ends and by age. */
function sampleStatements(db: SourceDatabase, table: SourceTable, list: string, from: string): { sql: string; values: (bigint | number)[] }[] {
  if (table.rowidAlias === null) return [{ sql: `SELECT ${list} FROM ${from} LIMIT ${CHUNKS * CHUNK_ROWS}`, values: [] }];
  const key = quoteIdentifier(table.rowidAlias);
  // Apart: asked for both at once, SQLite reads the whole table instead of its two ends.
  const bounds = db.prepare(`SELECT (SELECT min(${key}) FROM ${from}) AS lo, (SELECT max(${key}) FROM ${from}) AS hi`).safeIntegers().get() as { lo: bigint; hi: bigint };
  const step = (bounds.hi - bounds.lo) / BigInt(CHUNKS);
  const chunks = Array.from({ length: CHUNKS }, (_, i) => ({
    sql: `SELECT ${list} FROM ${from} WHERE ${key} >= ? ORDER BY ${key} LIMIT ${CHUNK_ROWS}`,
    values: [bounds.lo + step * BigInt(i)],
  }));
  return [...chunks, { sql: `SELECT ${list} FROM ${from} ORDER BY ${key} DESC LIMIT ${CHUNK_ROWS}`, values: [] }];
}

function countRow(row: readonly ReadValue[], columns: readonly ColumnProfile[], tally: { rows: number; bytes: number }, observers: TableObserver['columns'] | undefined): void {
  tally.rows++;
  for (let i = 0; i < columns.length; i++) {
    const value = row[i] as ReadValue;
    const profile = columns[i] as ColumnProfile;
    if (value === null || value === undefined) {
      profile.classes.null++;
      continue;
    }
    tally.bytes += countClass(value, profile);
    let first = true;
    for (let c = 0; c < profile.candidates.length; c++) {
      if ((profile.candidates[c] as Candidate).fits(value)) continue;
      profile.misfits[c] = (profile.misfits[c] as number) + 1;
      if (c === 0) first = false;
    }
    observers?.[i]?.see(value, first, row);
  }
}

const WIDE = 9_007_199_254_740_992n;

/** Counts the storage class; returns roughly how many bytes the value holds. */
function countClass(value: Exclude<ReadValue, null>, profile: ColumnProfile): number {
  switch (typeof value) {
    case 'bigint':
      profile.classes.integer++;
      if (value > WIDE || value < -WIDE) profile.wideIntegers++;
      return 8;
    case 'number':
      profile.classes.real++;
      if (!Number.isFinite(value)) profile.notFinite++;
      return 8;
    case 'string':
      profile.classes.text++;
      return value.length;
    default:
      profile.classes.blob++;
      return value.length;
  }
}
