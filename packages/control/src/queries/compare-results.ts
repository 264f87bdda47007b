/** Two results of one query: the same rows, in the same order where the query orders them. */
import { type CanonicalCell, canonicalCell, type CellKind, type SqliteCell } from './canonical-cell.ts';

export interface ResultTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqliteCell[])[];
}

export interface ResultComparison {
  readonly outcome: 'same' | 'other_order' | 'different';
  /** Where they differ, by row and column; never a value. */
  readonly detail: string;
  /** Cells that are equal within the tolerance and not to the last digit: sums of decimals in binary fractions. */
  readonly rounded: number;
}

/** Relative; a sum of a million decimals in doubles is off by less. */
const TOLERANCE = 1e-9;
/** Below this a difference of two large sums is nothing but rounding. */
const SMALLEST = 1e-9;

type Row = readonly CanonicalCell[];

export function compareResults(sqlite: ResultTable, postgres: ResultTable, kinds: readonly CellKind[], ordered: boolean): ResultComparison {
  const different = (detail: string): ResultComparison => ({ outcome: 'different', detail, rounded: 0 });
  if (sqlite.columns.length !== postgres.columns.length) return different(`${sqlite.columns.length} columns in SQLite, ${postgres.columns.length} in PostgreSQL`);
  if (sqlite.rows.length !== postgres.rows.length) return different(`${sqlite.rows.length} rows in SQLite, ${postgres.rows.length} in PostgreSQL`);
  const canonical = (table: ResultTable): Row[] => table.rows.map((row) => row.map((cell, i) => canonicalCell(kinds[i] as CellKind, cell)));
  const [a, b] = [canonical(sqlite), canonical(postgres)];
  const inOrder = ordered ? firstDifference(a, b) : null;
  if (inOrder?.at === null) return { outcome: 'same', detail: '', rounded: inOrder.rounded };
  const sorted = firstDifference(a.toSorted(byCells), b.toSorted(byCells));
  if (sorted.at !== null) return different(inOrder?.at == null ? 'rows that only one side has' : `first in row ${inOrder.at.row + 1}, column ${JSON.stringify(postgres.columns[inOrder.at.column] ?? '')}`);
  return { outcome: ordered ? 'other_order' : 'same', detail: ordered ? 'the same rows in another order' : '', rounded: sorted.rounded };
}

function firstDifference(a: readonly Row[], b: readonly Row[]): { at: { row: number; column: number } | null; rounded: number } {
  let rounded = 0;
  for (const [row, left] of a.entries()) {
    const right = b[row] as Row;
    for (const [column, cell] of left.entries()) {
      const equality = sameCell(cell, right[column] ?? null);
      if (equality === 'no') return { at: { row, column }, rounded };
      if (equality === 'near') rounded += 1;
    }
  }
  return { at: null, rounded };
}

function sameCell(a: CanonicalCell, b: CanonicalCell): 'yes' | 'near' | 'no' {
  if (a === null || b === null) return a === b ? 'yes' : 'no';
  if ('text' in a && 'text' in b) return a.text === b.text ? 'yes' : 'no';
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x === y) return 'yes';
  return Math.abs(x - y) <= Math.max(SMALLEST, TOLERANCE * Math.max(Math.abs(x), Math.abs(y))) ? 'near' : 'no';
}

const numberOf = (cell: NonNullable<CanonicalCell>): number => ('near' in cell ? cell.near : Number(cell.text));

/** Exact cells first, so that a number's last digit does not decide between rows that differ elsewhere. */
function byCells(a: Row, b: Row): number {
  for (const [i, cell] of a.entries()) {
    const other = b[i] ?? null;
    const [x, y] = [exactKey(cell), exactKey(other)];
    if (x !== y) return x < y ? -1 : 1;
  }
  for (const [i, cell] of a.entries()) {
    const other = b[i] ?? null;
    if (cell === null || other === null) continue;
    const difference = numberOf(cell) - numberOf(other);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return 0;
}

/** A number and its whole spelling (3 and 3.0) must not be told apart here. */
const exactKey = (cell: CanonicalCell): string => (cell === null ? '\u0000null' : 'near' in cell ? '' : /^-?\d+$/.test(cell.text) ? '' : cell.text);
