/** What the load has been told is committed: which rows are there or gone, and whose values their cells took. */
import { readFileSync, writeFileSync } from 'node:fs';

/** `row` and `donor` are key texts; `column` is the SQLite name, quoted. */
export type LoadChange =
  | { readonly kind: 'cell'; readonly table: number; readonly row: string; readonly column: string; readonly donor: string }
  /** A trigger has made something else of the cell. */
  | { readonly kind: 'other'; readonly table: number; readonly row: string; readonly column: string }
  | { readonly kind: 'there'; readonly table: number; readonly row: string }
  | { readonly kind: 'gone'; readonly table: number; readonly row: string };

export interface LedgerEntry {
  readonly table: number;
  readonly row: string;
  readonly gone: boolean;
  /** Column and donor. */
  readonly cells: readonly (readonly [string, string])[];
}

export interface LoadResult {
  readonly transactions: number;
  readonly changes: number;
  /** What was tried and not done, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly refusedByFence: number;
  /** Commits whose answer was lost: their rows are not judged. */
  readonly unknown: number;
  readonly seconds: number;
  /** Times without an acknowledged write, longer than a moment; milliseconds since 1970 and milliseconds. */
  readonly gaps: readonly { readonly endedAt: number; readonly ms: number }[];
  readonly entries: readonly LedgerEntry[];
}

interface Known {
  gone: boolean;
  readonly cells: Map<string, string>;
}

export class LoadLedger {
  private readonly rows = new Map<string, Known>();
  private readonly unsure = new Set<string>();

  committed(changes: readonly LoadChange[]): void {
    for (const change of changes) {
      const name = nameOf(change);
      const known = change.kind === 'gone' || !this.rows.has(name) ? { gone: false, cells: new Map<string, string>() } : (this.rows.get(name) as Known);
      known.gone = change.kind === 'gone';
      if (change.kind === 'cell') known.cells.set(change.column, change.donor);
      if (change.kind === 'other') known.cells.delete(change.column);
      this.rows.set(name, known);
    }
  }

  unknown(changes: readonly LoadChange[]): void {
    for (const change of changes) this.unsure.add(nameOf(change));
  }

  entries(): LedgerEntry[] {
    return [...this.rows].flatMap(([name, { gone, cells }]) => {
      const at = name.indexOf(' ');
      return this.unsure.has(name) ? [] : [{ table: Number(name.slice(0, at)), row: name.slice(at + 1), gone, cells: [...cells] }];
    });
  }
}

const nameOf = (change: LoadChange): string => `${change.table} ${change.row}`;

export function writeLoadResult(file: string, result: LoadResult): void {
  writeFileSync(file, JSON.stringify(result), { mode: 0o600 });
}

export function readLoadResult(file: string): LoadResult {
  return JSON.parse(readFileSync(file, 'utf8')) as LoadResult;
}
