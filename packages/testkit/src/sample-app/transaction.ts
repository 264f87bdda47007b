/** One transaction of the sample application: writes rows, checks that each statement found what it must, keeps final states. */
import { type Cell, cellsOf, keyOf, type Row } from './cells.ts';
import type { AppStore, Bound } from './store/app-store.ts';
import { type AppTable, appTable } from './tables.ts';
import type { Op, World } from './world.ts';

/** A statement found more or fewer rows than the ledger says: something was lost, doubled or set back. */
export class Anomaly extends Error {}

export class Transaction {
  readonly ops: Op[] = [];
  readonly world: World;
  readonly n: number;
  private readonly store: AppStore;

  constructor(store: AppStore, world: World, n: number) {
    this.store = store;
    this.world = world;
    this.n = n;
  }

  get version(): string {
    return String(this.n);
  }

  /** Of a table whose rows carry a version, with this transaction's. */
  async insert(table: string, row: Row): Promise<void> {
    const into = appTable(table);
    await this.expect(1, `INSERT INTO ${table} (${names(into)}) VALUES (${marks(into)})`, bindRow(into, this.versioned(into, row)));
    this.put(into, this.versioned(into, row));
  }

  /** The database chooses the id, which is answered. */
  async insertNumbered(table: string, row: Row, verb = 'INSERT'): Promise<string> {
    const into = appTable(table);
    const columns = Object.keys(into.columns).filter((column) => column !== 'id');
    const full = this.versioned(into, row);
    const { returned } = await this.store.run(`${verb} INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) RETURNING id`, bindRow(into, full, columns));
    if (returned === null) throw new Anomaly(`insert into ${table} returned no id`);
    this.put(into, { ...full, id: returned });
    return returned;
  }

  /** By any unique constraint; the rows that it removes are named by the caller. */
  async replace(table: string, row: Row, removed: readonly Row[]): Promise<void> {
    const into = appTable(table);
    if (this.store.primary === 'postgres') for (const old of removed) await this.expect(1, `DELETE FROM ${table} WHERE id = ?`, bindRow(into, old, ['id']));
    for (const old of removed) this.gone(into, old);
    await this.insertNumbered(table, row, this.store.primary === 'postgres' ? 'INSERT' : 'INSERT OR REPLACE');
  }

  /** Inserts, or takes the place of the row with this key. */
  async upsert(table: string, row: Row): Promise<void> {
    const into = appTable(table);
    const full = this.versioned(into, row);
    const set = Object.keys(into.columns).filter((column) => !into.key.includes(column));
    await this.expect(1, `INSERT INTO ${table} (${names(into)}) VALUES (${marks(into)}) ON CONFLICT (${into.key.join(', ')}) DO UPDATE SET ${set.map((c) => `${c} = excluded.${c}`).join(', ')}`, bindRow(into, full));
    this.put(into, full);
  }

  /** Sets the columns that change; key columns may be among them. Exactly one row must be found, at the version known. */
  async update(table: string, before: Row, changes: Row): Promise<Row> {
    const into = appTable(table);
    const after = this.versioned(into, { ...before, ...changes });
    const set = Object.keys(into.columns).filter((column) => column in changes || column === 'version');
    const where = 'version' in into.columns ? [...into.key, 'version'] : into.key;
    await this.expect(1, `UPDATE ${table} SET ${set.map((c) => `${c} = ?`).join(', ')} WHERE ${where.map((c) => `${c} = ?`).join(' AND ')}`, [...bindRow(into, after, set), ...bindRow(into, before, where)]);
    if (keyOf(into, before) !== keyOf(into, after)) this.gone(into, before);
    this.put(into, after);
    return after;
  }

  /** `cascaded`: rows that the database removes with it. */
  async remove(table: string, row: Row, cascaded: readonly (readonly [table: string, row: Row])[] = []): Promise<void> {
    const from = appTable(table);
    await this.expect(1, `DELETE FROM ${table} WHERE ${from.key.map((c) => `${c} = ?`).join(' AND ')}`, bindRow(from, row, from.key));
    for (const [child, gone] of cascaded) this.gone(appTable(child), gone);
    this.gone(from, row);
  }

  private versioned(table: AppTable, row: Row): Row {
    return 'version' in table.columns ? { ...row, version: this.version } : row;
  }

  private put(table: AppTable, row: Row): void {
    this.ops.push([table.name, keyOf(table, row), cellsOf(table, row)]);
  }

  private gone(table: AppTable, row: Row): void {
    this.ops.push([table.name, keyOf(table, row), null]);
  }

  private async expect(rows: number, sql: string, bound: readonly Bound[]): Promise<void> {
    const found = await this.store.run(sql, bound);
    if (found.rows !== rows) throw new Anomaly(`${found.rows} rows instead of ${rows}: ${sql} of ${JSON.stringify(bound.map((b) => b.cell))}`);
  }
}

const names = (table: AppTable): string => Object.keys(table.columns).join(', ');
const marks = (table: AppTable): string => Object.keys(table.columns).map(() => '?').join(', ');

function bindRow(table: AppTable, row: Row, columns: readonly string[] = Object.keys(table.columns)): Bound[] {
  return columns.map((column) => ({ kind: table.columns[column] as Bound['kind'], cell: row[column] as Cell }));
}
