/** What the tables must hold: one worker's share of it while the application runs, all of it when the ledger is replayed. */
import { type Cell, keyOf, type Row, rowOf } from './cells.ts';
import { archiveRow } from './first-rows.ts';
import { appTable, TABLES } from './tables.ts';

/** Final state of one row: table, key as `keyOf` writes it, and all cells, or null where it is gone. */
export type Op = readonly [table: string, key: string, cells: readonly Cell[] | null];

export class World {
  private readonly tables = new Map(TABLES.map((t) => [t.name, new RowSet()]));

  rows(table: string): RowSet {
    return this.tables.get(table) as RowSet;
  }

  /** A row of the ballast that was never touched is known without being kept. */
  archived(id: number): Row {
    return this.rows('archive').get(JSON.stringify([String(id)])) ?? archiveRow(id);
  }

  put(table: string, row: Row): void {
    this.rows(table).put(keyOf(appTable(table), row), row);
  }

  apply(ops: readonly Op[]): void {
    for (const [table, key, cells] of ops) {
      if (cells === null) this.rows(table).remove(key);
      else this.rows(table).put(key, rowOf(appTable(table), cells));
    }
  }
}

/** Rows by key, of which any one can be picked in constant time. */
export class RowSet {
  private readonly rows = new Map<string, { row: Row; place: number }>();
  private readonly keys: string[] = [];

  get size(): number {
    return this.keys.length;
  }

  get(key: string): Row | undefined {
    return this.rows.get(key)?.row;
  }

  at(place: number): Row {
    return (this.rows.get(this.keys[place] as string) as { row: Row }).row;
  }

  put(key: string, row: Row): void {
    const known = this.rows.get(key);
    if (known !== undefined) known.row = row;
    else this.rows.set(key, { row, place: this.keys.push(key) - 1 });
  }

  remove(key: string): void {
    const known = this.rows.get(key);
    if (known === undefined) return;
    this.rows.delete(key);
    const last = this.keys.pop() as string;
    if (last === key) return;
    this.keys[known.place] = last;
    (this.rows.get(last) as { place: number }).place = known.place;
  }

  *values(): Generator<Row> {
    for (const key of this.keys) yield (this.rows.get(key) as { row: Row }).row;
  }

  where(column: string, value: Cell | undefined): Row[] {
    return [...this.values()].filter((row) => row[column] === value);
  }
}
