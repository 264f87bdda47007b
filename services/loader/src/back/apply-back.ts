/**
 * Writes one batch of the way back into SQLite, inside the caller's transaction: final states by key. A row that another
 * row is in the way of (a unique value that moves, a swap) waits until the batch is through; what is then still in each
 * other's way is put aside and written back. Only what SQLite's own constraints refuse for good is left out and told.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { type ExactCell, exactCellJson } from '@causeway/contracts/source-value';
import { storedName } from '@causeway/control/record/quarantine-record';
import type { ComputedRow } from '@causeway/control/target/back-computed';
import type { RowProblem } from '@causeway/control/target/back-problem';
import type { BackBatch, TravelledRow } from './back-message.ts';
import { readBackPart } from './back-message.ts';
import type { Held } from './held-value.ts';
import { keyTexts } from './key-texts.ts';
import { keyOfPresent } from './replaced-key.ts';
import type { PresentRow, SinkTable } from './sink-table.ts';
import { withoutChecks } from './without-checks.ts';
import type { Database } from 'better-sqlite3';

export interface BackOutcome {
  rows: number;
  cells: number;
  deleted: number;
  /** Keys of the batch, as the queue has them. */
  readonly keys: Pick<RowProblem, 'table' | 'key'>[];
  readonly problems: RowProblem[];
  /** Rows whose generated columns SQLite computes otherwise. */
  readonly computed: ComputedRow[];
  /** Rows of tables with a quarantine that stood in SQLite before: what was said about them there is about rows that are gone. */
  readonly replaced: { readonly table: number; readonly key: readonly ExactCell[] }[];
}

/** A write that something stood in the way of. */
interface Waiting {
  readonly table: SinkTable;
  readonly present: PresentRow | null;
  readonly row: TravelledRow;
  readonly columns: readonly number[];
}

const BREATHE_AFTER = 500;

export class BackApplier {
  private readonly db: Database;
  private readonly tables: ReadonlyMap<number, SinkTable>;
  private readonly quarantined: ReadonlySet<number>;
  private readonly outcome: BackOutcome = { rows: 0, cells: 0, deleted: 0, keys: [], problems: [], computed: [], replaced: [] };
  private waiting: Waiting[] = [];

  /** `quarantined`: numbers of the tables that have a quarantine. */
  constructor(db: Database, tables: ReadonlyMap<number, SinkTable>, quarantined: ReadonlySet<number>) {
    this.db = db;
    this.tables = tables;
    this.quarantined = quarantined;
  }

  async apply(batch: BackBatch): Promise<BackOutcome> {
    let since = 0;
    for (const part of batch.parts) {
      const table = this.tables.get(part.header.table) as SinkTable;
      const { keys, rows } = readBackPart(part, table.contract, table.keyColumns.map((c) => c.type));
      const present = new Map(rows.map((row) => [keyOf(table, row), row]));
      for (const key of keys) {
        this.outcome.keys.push({ table: table.contract.table, key: keyTexts(table.contract, key) });
        if (!present.has(token(key))) this.removed(table, key);
      }
      for (const row of present.values()) {
        this.written(table, row);
        // The transaction stays open, other work of this process goes on.
        if (++since % BREATHE_AFTER === 0) await breathe();
      }
    }
    this.resolve();
    return this.outcome;
  }

  private removed(table: SinkTable, key: TravelledRow): void {
    const row = table.find(key);
    if (row === null) return;
    this.replaces(table, row);
    table.remove(row.handle);
    this.outcome.deleted++;
  }

  private written(table: SinkTable, row: TravelledRow): void {
    const present = table.find(keyPart(table, row));
    if (present !== null) this.replaces(table, present);
    const columns = present === null ? [] : table.differing(present, row);
    if (present !== null && columns.length === 0) return;
    const work: Waiting = { table, present, row, columns };
    if (this.attempt(work, () => this.write(work)) === 'in the way') this.waiting.push(work);
  }

  private replaces(table: SinkTable, row: PresentRow): void {
    if (this.quarantined.has(table.contract.table)) this.outcome.replaced.push({ table: table.contract.table, key: keyOfPresent(table, row) });
  }

  private write({ table, present, row, columns }: Waiting): void {
    if (present === null) table.insert(row);
    else table.update(present, row, columns);
  }

  /** Does it, or says what stands in the way. */
  private attempt(work: Waiting, write: () => void): 'done' | 'in the way' | 'refused' {
    try {
      write();
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (IN_THE_WAY.has(code)) return 'in the way';
      if (code === 'SQLITE_CONSTRAINT_CHECK') return withoutChecks(this.db, () => this.checked(work, write));
      if (!REFUSED.has(code)) throw error;
      this.problem(work, 'refused', null, REFUSED.get(code) as string);
      return 'refused';
    }
    this.done(work);
    return 'done';
  }

  /** PostgreSQL accepted what a CHECK of SQLite does not: the row comes, and is told. */
  private checked(work: Waiting, write: () => void): 'done' | 'in the way' | 'refused' {
    const outcome = this.attempt(work, write);
    if (outcome === 'done') this.problem(work, 'inexact', null, 'the row is against a CHECK of SQLite');
    return outcome;
  }

  /** Reads the row again: what SQLite made of a value must still be that value. */
  // Invariant: I76
  private done(work: Waiting): void {
    const { table, row } = work;
    this.outcome.rows++;
    this.outcome.cells += work.present === null ? row.cells.length : work.columns.length;
    const now = table.find(keyPart(table, row));
    if (now === null) return this.problem(work, 'inexact', null, 'SQLite does not find the row by its key');
    const differing = table.differing(now, row);
    for (const i of differing) {
      if (table.isWritten(i) && !table.spellOtherwise(now, row, i)) this.problem(work, 'inexact', table.nameOf(i), 'SQLite holds the nearest value, not the same one');
    }
    const computed = differing.filter((i) => !table.isWritten(i)).map((i) => table.nameOf(i));
    if (computed.length > 0) this.computed(work, now, computed);
  }

  private computed({ table, row }: Waiting, now: PresentRow, columns: readonly string[]): void {
    const sourceKey = Object.fromEntries(keyOfPresent(table, now).map((cell) => [storedName(cell.name), exactCellJson(cell)]));
    this.outcome.computed.push({ table: table.contract.table, key: keyTexts(table.contract, keyPart(table, row)), sourceKey, columns: columns.map(storedName) });
  }

  private problem({ table, row }: Waiting, kind: RowProblem['kind'], column: string | null, detail: string): void {
    this.outcome.problems.push({ table: table.contract.table, key: keyTexts(table.contract, keyPart(table, row)), kind, column, detail });
  }

  /** Again and again while it helps; then all that is left at once. */
  private resolve(): void {
    for (let before = -1; this.waiting.length > 0 && this.waiting.length !== before; ) {
      before = this.waiting.length;
      const again = this.waiting;
      this.waiting = again.filter((work) => this.attempt(work, () => this.write(work)) === 'in the way');
    }
    if (this.waiting.length > 0) this.throughAside(this.waiting);
    this.waiting = [];
  }

  // Invariant: I77
  private throughAside(works: readonly Waiting[]): void {
    works.forEach((work, id) => {
      if (work.present !== null) work.table.putAside(work.present, id);
    });
    const refused: [Waiting, number][] = [];
    works.forEach((work, id) => {
      const write = (): void => (work.present === null ? work.table.insert(work.row) : work.table.putBack(id, work.row, work.columns));
      const result = this.attempt(work, write);
      if (result === 'done') return;
      if (result === 'in the way') this.problem(work, 'refused', null, 'a UNIQUE constraint of SQLite refuses the row');
      refused.push([work, id]);
    });
    for (const [work, id] of refused) {
      if (work.present !== null) this.attemptOld(work, id);
    }
    for (const table of new Set(works.map((work) => work.table))) table.clearAside();
  }

  /** The row as it was, if its place is still free; else it is missing until it fits, which its problem tells. */
  private attemptOld(work: Waiting, id: number): void {
    try {
      work.table.putBack(id, null, []);
    } catch (error) {
      if (!IN_THE_WAY.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}

const IN_THE_WAY: ReadonlySet<string> = new Set(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_ROWID']);

const REFUSED: ReadonlyMap<string, string> = new Map([
  ['SQLITE_CONSTRAINT_NOTNULL', 'a NOT NULL constraint of SQLite refuses the row'],
  ['SQLITE_CONSTRAINT_DATATYPE', 'a STRICT table of SQLite refuses the value'],
  ['SQLITE_MISMATCH', 'SQLite refuses the key'],
  ['SQLITE_TOOBIG', 'the row is larger than SQLite holds'],
]);

function keyPart(table: SinkTable, row: TravelledRow): TravelledRow {
  if (table.contract.keyless) return { identity: row.identity, cells: [] };
  return { identity: null, cells: table.keyColumns.map((column) => row.cells[table.contract.columns.indexOf(column)] as Held) };
}

const keyOf = (table: SinkTable, row: TravelledRow): string => token(keyPart(table, row));

/** Equal for the key of a row and the same key among the changed ones: both come from one snapshot's texts. */
function token(key: TravelledRow): string {
  return JSON.stringify([String(key.identity), ...key.cells.map((cell) => (cell instanceof Buffer ? cell.toString('hex') : Object.is(cell, -0) ? '-0' : String(cell)))]);
}
