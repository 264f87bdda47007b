/** Reads rows of a table with the storage class and the stored bytes of every cell. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';

export interface ExactCellRead {
  readonly class: 'null' | 'integer' | 'real' | 'text' | 'blob';
  /** Text as its stored bytes. */
  readonly value: bigint | number | string | Uint8Array | null;
}

export interface ExactRow {
  readonly identity: bigint | null;
  readonly cells: readonly ExactCellRead[];
}

export interface RowsWhere {
  readonly sql: string;
  readonly values: readonly (bigint | number | Buffer)[];
}

/** SQLite allows 2,000 result columns; an exact cell needs two. */
const EXACT_COLUMNS = 900;

/** Every row of the table, one at a time where its columns fit one statement. */
export function* iterateExact(db: SourceDatabase, contract: TableContract): Generator<ExactRow> {
  if (contract.columns.length > EXACT_COLUMNS) {
    yield* readExactWhere(db, contract, { sql: '', values: [] });
    return;
  }
  const rows = db.prepare(selectExact(contract, contract.columns, '')).raw().safeIntegers().iterate() as IterableIterator<ExactCellRead['value'][]>;
  for (const row of rows) yield { identity: row[0] as bigint | null, cells: cellsOf(row, contract.columns.length) };
}

function selectExact(contract: TableContract, columns: TableContract['columns'], where: string): string {
  return `${selectExactRows(contract.source, columns.map((c) => c.source), rowName(contract))}${where}`;
}

/** `SELECT identity, class, value … FROM table`: two result columns for every column. */
export function selectExactRows(table: string, columns: readonly string[], identity = 'NULL'): string {
  const list = columns.map(quoteIdentifier).map((name) => `typeof(${name}), CASE typeof(${name}) WHEN 'text' THEN CAST(${name} AS BLOB) ELSE ${name} END`);
  return `SELECT ${[identity, ...list].join(', ')} FROM ${quoteIdentifier(table)}`;
}

function cellsOf(row: readonly ExactCellRead['value'][], count: number): ExactCellRead[] {
  return Array.from({ length: count }, (_, c): ExactCellRead => ({ class: row[1 + c * 2] as ExactCellRead['class'], value: row[2 + c * 2] as ExactCellRead['value'] }));
}

export function readExactWhere(db: SourceDatabase, contract: TableContract, where: RowsWhere): ExactRow[] {
  const out: { identity: bigint | null; cells: ExactCellRead[] }[] = [];
  for (let from = 0; from < contract.columns.length || from === 0; from += EXACT_COLUMNS) {
    const part = contract.columns.slice(from, from + EXACT_COLUMNS);
    const rows = db.prepare(selectExact(contract, part, where.sql)).raw().safeIntegers().all(...where.values) as ExactCellRead['value'][][];
    rows.forEach((row, i) => {
      const cells = cellsOf(row, part.length);
      const known = out[i];
      if (known === undefined) out.push({ identity: row[0] as bigint | null, cells });
      else known.cells.push(...cells);
    });
  }
  return out;
}

/** A table whose columns shadow every name of the rowid is numbered in reading order. */
export function identityExpression(contract: TableContract): string {
  return contract.order.kind === 'rowid' && contract.order.alias !== null ? quoteIdentifier(contract.order.alias) : 'row_number() OVER ()';
}

/** What names a row of a rowid table for people, beside its key. */
function rowName(contract: TableContract): string {
  return contract.order.kind === 'primary' ? 'NULL' : identityExpression(contract);
}
