/** One table of SQLite on the way back: finds rows by key, writes cells, puts rows aside and back again, byte for byte. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import type { Database, Statement } from 'better-sqlite3';
import { type ColumnHabit, habitOf } from './column-habit.ts';
import type { TravelledRow } from './back-message.ts';
import { type Held, heldOf, keepsItsBytes, sameHeld, type SqliteCell } from './held-value.ts';
import { keyCandidates, otherSpellings } from './key-candidates.ts';
import { sqliteForm } from './sqlite-form.ts';

/** A row of SQLite: what names it there, and its cells in the order of the contract. */
export interface PresentRow {
  readonly handle: readonly SqliteCell[];
  readonly cells: readonly SqliteCell[];
}

const SAMPLE = 1_000;

export class SinkTable {
  readonly contract: TableContract;
  private readonly db: Database;
  private readonly name: string;
  /** Columns whose values together name one row here: the rowid, or the key. */
  private readonly handle: readonly string[];
  /** All columns that can be written, those outside of the contract too. */
  private readonly stored: readonly string[];
  private readonly written: readonly number[];
  readonly keyColumns: readonly ColumnContract[];
  private readonly habits: readonly ColumnHabit[];
  private readonly statements = new Map<string, Statement>();

  constructor(db: Database, contract: TableContract) {
    this.db = db;
    this.contract = contract;
    this.name = quoteIdentifier(contract.source);
    const { order } = contract;
    this.handle = order.kind === 'rowid' && order.alias !== null ? [order.alias] : contract.key;
    const infos = db.pragma(`table_xinfo(${this.name})`) as { name: string; hidden: number }[];
    // Invariant: I75
    this.stored = infos.filter((c) => c.hidden === 0).map((c) => c.name);
    this.written = contract.columns.flatMap((c, i) => (this.stored.includes(c.source) ? [i] : []));
    this.keyColumns = contract.key.map((name) => contract.columns.find((c) => c.source === name) as ColumnContract);
    this.habits = this.measureHabits();
  }

  private measureHabits(): ColumnHabit[] {
    const order = this.contract.order.kind === 'rowid' && this.contract.order.alias !== null ? ` ORDER BY ${quoteIdentifier(this.contract.order.alias)}` : '';
    return this.contract.columns.map((column) => {
      const name = quoteIdentifier(column.source);
      const some = (direction: string): SqliteCell[] => this.db.prepare(`SELECT ${name} FROM ${this.name}${direction} LIMIT ${SAMPLE}`).pluck().safeIntegers().all() as SqliteCell[];
      return habitOf(column, [...some(order), ...(order === '' ? [] : some(`${order} DESC`))]);
    });
  }

  /** False: SQLite computes it. */
  isWritten(i: number): boolean {
    return this.written.includes(i);
  }

  nameOf(i: number): string {
    return (this.contract.columns[i] as ColumnContract).source;
  }

  /** The row with this key, under whatever spelling it stands here. */
  find(key: TravelledRow): PresentRow | null {
    const lists = this.contract.keyless ? [[key.identity as bigint]] : this.keyColumns.map((column, i) => keyCandidates(column, this.habitFor(column), key.cells[i] as Held));
    const names = this.contract.keyless ? this.handle : this.contract.key;
    const where = lists.map((list, i) => `${quoteIdentifier(names[i] as string)} ${list[0] === null ? 'IS ?' : `IN (${list.map(() => '?').join(', ')})`}`).join(' AND ');
    const found = this.prepared(`${this.selecting()} WHERE ${where}`).raw().safeIntegers().all(...lists.flat()) as SqliteCell[][];
    const rows = found.map((values) => this.rowOf(values));
    return rows.find((row) => this.contract.keyless || this.keyColumns.every((column, i) => sameHeld(column.type, heldOf(column, row.cells[this.indexOf(column)] as SqliteCell), key.cells[i] as Held))) ?? null;
  }

  /** The row as it is now. */
  again(handle: PresentRow['handle']): PresentRow | null {
    const values = this.prepared(`${this.selecting()} WHERE ${this.handled()}`).raw().safeIntegers().get(...handle) as SqliteCell[] | undefined;
    return values === undefined ? null : this.rowOf(values);
  }

  /** Indexes of the columns whose value is another one; what is equal canonically keeps its bytes. */
  // Invariant: I75
  differing(present: PresentRow, row: TravelledRow): number[] {
    return this.contract.columns.flatMap((column, i) => {
      const cell = present.cells[i] as SqliteCell;
      const arrived = row.cells[i] as Held;
      return sameHeld(column.type, heldOf(column, cell), arrived) || keepsItsBytes(column, cell, arrived) ? [] : [i];
    });
  }

  update(present: PresentRow, row: TravelledRow, columns: readonly number[]): void {
    const changed = columns.filter((i) => this.written.includes(i));
    if (changed.length === 0) return;
    const sets = changed.map((i) => `${this.column(i)} = ?`).join(', ');
    // OR ABORT: a conflict clause of the table's own would remove the other row in silence.
    this.prepared(`UPDATE OR ABORT ${this.name} SET ${sets} WHERE ${this.handled()}`).run(...this.forms(row, changed), ...present.handle);
  }

  /** Writes one cell in another spelling than the usual one, until SQLite keeps its value; false where none does. */
  spellOtherwise(present: PresentRow, row: TravelledRow, i: number): boolean {
    const column = this.contract.columns[i] as ColumnContract;
    const write = this.prepared(`UPDATE OR ABORT ${this.name} SET ${this.column(i)} = ? WHERE ${this.handled()}`);
    for (const spelling of otherSpellings(column, this.habits[i] as ColumnHabit, row.cells[i] as Held)) {
      write.run(spelling, ...present.handle);
      const now = this.again(present.handle);
      if (now !== null && sameHeld(column.type, heldOf(column, now.cells[i] as SqliteCell), row.cells[i] as Held)) return true;
    }
    write.run(present.cells[i], ...present.handle);
    return false;
  }

  insert(row: TravelledRow): void {
    const identity = this.contract.keyless ? [quoteIdentifier(this.handle[0] as string)] : [];
    const names = [...identity, ...this.written.map((i) => this.column(i))];
    const values = [...(this.contract.keyless ? [row.identity] : []), ...this.forms(row, this.written)];
    this.prepared(`INSERT OR ABORT INTO ${this.name} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`).run(...values);
  }

  remove(handle: PresentRow['handle']): void {
    this.prepared(`DELETE FROM ${this.name} WHERE ${this.handled()}`).run(...handle);
  }

  /** Copies the row aside, into columns without a type, which change nothing. */
  putAside(present: PresentRow, id: number): void {
    const names = this.asideNames();
    this.db.exec(`CREATE TEMP TABLE IF NOT EXISTS ${this.aside()} (id INTEGER PRIMARY KEY, ${names.map((_, i) => `c${i}`).join(', ')})`);
    this.prepared(`INSERT INTO temp.${this.aside()} SELECT ?, ${names.join(', ')} FROM ${this.name} WHERE ${this.handled()}`).run(BigInt(id), ...present.handle);
    this.remove(present.handle);
  }

  /** Writes a row back that was put aside: changed cells anew, all others as they were. With null: as it was. */
  putBack(id: number, row: TravelledRow | null, columns: readonly number[]): void {
    const names = this.asideNames();
    const changed = row === null ? [] : columns.filter((i) => this.written.includes(i));
    const values = names.map((name, i) => (changed.some((c) => this.column(c) === name) ? '?' : `c${i}`));
    const forms = names.flatMap((name) => changed.filter((c) => this.column(c) === name)).map((c) => this.forms(row as TravelledRow, [c])[0] as SqliteCell);
    this.prepared(`INSERT OR ABORT INTO ${this.name} (${names.join(', ')}) SELECT ${values.join(', ')} FROM temp.${this.aside()} WHERE id = ?`).run(...forms, BigInt(id));
  }

  clearAside(): void {
    this.db.exec(`DROP TABLE IF EXISTS temp.${this.aside()}`);
    for (const sql of [...this.statements.keys()]) if (sql.includes(this.aside())) this.statements.delete(sql);
  }

  private aside(): string {
    return quoteIdentifier(`causeway_aside_${this.contract.table}`);
  }

  /** The rowid where no column is its name, and every column that can be written. */
  private asideNames(): string[] {
    const rowid = this.contract.order.kind === 'rowid' && this.contract.order.alias !== null && !this.stored.includes(this.contract.order.alias) ? [this.contract.order.alias] : [];
    return [...rowid, ...this.stored].map(quoteIdentifier);
  }

  private forms(row: TravelledRow, columns: readonly number[]): SqliteCell[] {
    return columns.map((i) => sqliteForm(this.contract.columns[i] as ColumnContract, this.habits[i] as ColumnHabit, row.cells[i] as Held));
  }

  private selecting(): string {
    return `SELECT ${[...this.handle, ...this.contract.columns.map((c) => c.source)].map(quoteIdentifier).join(', ')} FROM ${this.name}`;
  }

  private handled(): string {
    return this.handle.map((name) => `${quoteIdentifier(name)} IS ?`).join(' AND ');
  }

  private rowOf(values: readonly SqliteCell[]): PresentRow {
    return { handle: values.slice(0, this.handle.length), cells: values.slice(this.handle.length) };
  }

  private column(i: number): string {
    return quoteIdentifier((this.contract.columns[i] as ColumnContract).source);
  }

  private indexOf(column: ColumnContract): number {
    return this.contract.columns.indexOf(column);
  }

  private habitFor(column: ColumnContract): ColumnHabit {
    return this.habits[this.indexOf(column)] as ColumnHabit;
  }

  private prepared(sql: string): Statement {
    let statement = this.statements.get(sql);
    if (statement === undefined) this.statements.set(sql, (statement = this.db.prepare(sql)));
    return statement;
  }
}
