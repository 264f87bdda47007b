/** Turns described rows of both sides into differences that name key and column. */
import type { DescribedRow } from '../measure/described-row.ts';
import { type ExactCell, exactCellJson } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { UnmatchedRows } from './match-rows.ts';
import type { TableDifference } from './table-difference.ts';

export interface NamedDifferences {
  readonly differences: readonly TableDifference[];
  /** Pairs that were first counted as two differences: a row of a keyless table, found again by its rowid. */
  readonly joined: number;
  /** Matches of the rows that are only in the target. */
  readonly extra: ReadonlyMap<TableDifference, bigint>;
}

export function nameDifferences(contract: TableContract, unmatched: readonly UnmatchedRows[], source: readonly DescribedRow[], target: readonly DescribedRow[]): NamedDifferences {
  const left = takeUnmatched(unmatched, source, 'source');
  const right = takeUnmatched(unmatched, target, 'target');
  const byKey = contract.key.length === 0;
  const nameOf = (row: DescribedRow): string => (byKey ? keyText(row.key) : String(row.match));
  const waiting = Map.groupBy(right, nameOf);
  const differences: TableDifference[] = [];
  let joined = 0;
  for (const row of left) {
    const other = waiting.get(nameOf(row))?.shift();
    if (other === undefined) differences.push({ kind: 'missing', key: row.key, columns: [] });
    else {
      if (byKey) joined++;
      differences.push({ kind: 'changed', key: row.key, columns: differingColumns(contract, row, other) });
    }
  }
  const extra = new Map<TableDifference, bigint>();
  for (const row of [...waiting.values()].flat()) {
    const difference: TableDifference = { kind: 'extra', key: row.key, columns: [] };
    differences.push(difference);
    extra.set(difference, row.match);
  }
  return { differences, joined, extra };
}

/** Of rows that are there several times, only as many as the other side lacks. */
function takeUnmatched(unmatched: readonly UnmatchedRows[], rows: readonly DescribedRow[], side: 'source' | 'target'): DescribedRow[] {
  const wanted = new Map<string, number>();
  for (const row of unmatched) {
    for (const digest of row[side]) wanted.set(`${row.match}/${digest}`, (wanted.get(`${row.match}/${digest}`) ?? 0) + 1);
  }
  return rows.filter((row) => {
    const name = `${row.match}/${row.digest}`;
    const left = wanted.get(name) ?? 0;
    wanted.set(name, left - 1);
    return left > 0;
  });
}

function differingColumns(contract: TableContract, a: DescribedRow, b: DescribedRow): string[] {
  return contract.columns.filter((_, i) => a.elements[i] !== b.elements[i]).map((column) => column.source);
}

function keyText(key: readonly ExactCell[]): string {
  return JSON.stringify(key.map((cell) => [cell.name, exactCellJson(cell)]));
}
