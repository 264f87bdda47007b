/**
 * Parts of a batch that is too large for memory, in temporary tables of the stream's session: keys and rows of each
 * table, and what concerns the quarantine. They are gone with the session, and the batch is then read again.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { COPY_HEADER, COPY_TRAILER } from '../apply/copy-binary.ts';
import { isDataError } from '../apply/data-error.ts';
import { findRefused } from '../apply/find-refused.ts';
import { keysOf } from './apply-batches.ts';
import type { ChangePart } from './change-message.ts';
import type { Step } from './pipeline.ts';
import { entryOfRefused } from './refused-entry.ts';
import { entryOf, storedCells } from './stream-quarantine.ts';
import type { StreamSession } from './stream-session.ts';
import type { StreamTable } from './stream-table.ts';

/** `place` gives each row a number, by which a search halves them. */
export const PLACE = 'causeway_place';
export const REJECTS = 'pg_temp."causeway_staged_rejects"';
export const CELLS = 'pg_temp."causeway_staged_cells"';

export const stagedKeys = (table: StreamTable): string => `pg_temp."causeway_staged_keys_${table.contract.table}"`;
export const stagedRows = (table: StreamTable): string => `pg_temp."causeway_staged_rows_${table.contract.table}"`;

export class StagedParts {
  /** Tables of the open batch, in the order in which they came. */
  readonly tables = new Set<StreamTable>();
  rejects = 0;
  private readonly session: StreamSession;
  private readonly made = new Set<StreamTable>();

  constructor(session: StreamSession) {
    this.session = session;
  }

  /** Empties everything for a new batch. */
  async begin(): Promise<void> {
    const { client } = this.session;
    await client.query(`CREATE TEMP TABLE IF NOT EXISTS "causeway_staged_rejects" (table_no int, entry jsonb); CREATE TEMP TABLE IF NOT EXISTS "causeway_staged_cells" (table_no int, key jsonb); TRUNCATE ${REJECTS}, ${CELLS}`);
    for (const table of this.made) await client.query(`TRUNCATE ${stagedKeys(table)}, ${stagedRows(table)} RESTART IDENTITY`);
    this.tables.clear();
    this.rejects = 0;
  }

  /**
   * Durable only as long as the session; the position does not move. `again`: parts of a later batch, whose versions
   * replace those that are staged.
   */
  async add(parts: readonly ChangePart[], { again = false }: { again?: boolean } = {}): Promise<void> {
    const steps: Step[] = [];
    for (const part of parts) {
      if (part.table === null) continue;
      if (!this.made.has(part.table)) await this.make(part.table);
      this.tables.add(part.table);
      if (again) steps.push(...this.replacing(part, part.table));
      this.addPart(steps, part, part.table);
    }
    if (steps.length === 0) return;
    try {
      await this.session.pipeline.run(steps);
    } catch (error) {
      // The steps up to a Sync are one transaction: nothing of them is there.
      await this.session.pipeline.rollback();
      if (!isDataError(error)) throw error;
      for (const part of parts) await this.addSearching(part, again);
    }
  }

  /** A value that even a table without constraints refuses: its row goes to the quarantine at once. */
  private async addSearching(part: ChangePart, again: boolean): Promise<void> {
    const { table } = part;
    if (table === null) return;
    const { client, pipeline } = this.session;
    await client.query('BEGIN');
    const steps: Step[] = [];
    if (again) steps.push(...this.replacing(part, table));
    this.addPart(steps, { ...part, rows: null }, table);
    if (steps.length > 0) await pipeline.run(steps);
    if (part.rows !== null) {
      const tuples = table.rows.tupleList(part.rows);
      const refused = await findRefused(client, { ...table.contract, targetSchema: 'pg_temp', target: `causeway_staged_rows_${table.contract.table}` }, tuples);
      const cells = part.cells();
      const entries = refused.map((row) => entryOfRefused(table, part, tuples[row.place] as Buffer, row, cells));
      if (entries.length > 0) await client.query(`INSERT INTO ${REJECTS} SELECT $1::int, jsonb_array_elements($2::jsonb)`, [table.contract.table, JSON.stringify(entries)]);
      this.rejects += entries.length;
    }
    await client.query('COMMIT');
  }

  async sayCatchingUp(): Promise<void> {
    const { g, epoch, client, position } = this.session;
    if (position.catchingUp) return;
    await client.query('UPDATE causeway.stream_position SET catching_up = true WHERE migration = $1 AND generation = $2 AND epoch = $3', [g.migration, g.generation, epoch]);
    this.session.position = { ...position, catchingUp: true };
  }

  private replacing(part: ChangePart, table: StreamTable): Step[] {
    const steps: Step[] = [];
    if (this.rejects > 0) {
      const text = `DELETE FROM ${REJECTS} WHERE table_no = $1::int AND entry->'key' IN (SELECT jsonb_array_elements($2::jsonb))`;
      steps.push({ text, prepared: true, values: [String(table.contract.table), JSON.stringify(part.cells().map(storedCells))] });
    }
    if (part.keys === null) return steps;
    return [...steps, { text: `DELETE FROM ${stagedRows(table)} t USING ${table.keysRelation()} WHERE ${table.matches('t', 'k')}`, prepared: true, values: keysOf(part, table) }];
  }

  private addPart(steps: Step[], part: ChangePart, table: StreamTable): void {
    const number = String(table.contract.table);
    if (part.keys !== null) steps.push({ text: `COPY ${stagedKeys(table)} (${table.keyList()}) FROM STDIN (FORMAT binary)`, prepared: true, copy: [COPY_HEADER, part.keys.tuples, COPY_TRAILER] });
    if (part.rows !== null) {
      const tuples = table.rows.tuples(part.rows, (bytes) => Buffer.allocUnsafe(bytes));
      steps.push({ text: `COPY ${stagedRows(table)} (${table.columnList()}) FROM STDIN (FORMAT binary)`, prepared: true, copy: [COPY_HEADER, tuples, COPY_TRAILER] });
    }
    if (part.rejects.length > 0) {
      this.rejects += part.rejects.length;
      steps.push({ text: `INSERT INTO ${REJECTS} SELECT $1::int, jsonb_array_elements($2::jsonb)`, prepared: true, values: [number, JSON.stringify(part.rejects.map(entryOf))] });
    }
    if ((this.session.quarantined.get(table.contract.table) ?? 0) > 0) {
      steps.push({ text: `INSERT INTO ${CELLS} SELECT $1::int, jsonb_array_elements($2::jsonb)`, prepared: true, values: [number, JSON.stringify(part.cells().map(storedCells))] });
    }
  }

  /** Without constraints: what the table itself refuses is found when the rows go there. */
  private async make(table: StreamTable): Promise<void> {
    const rows = `CREATE TEMP TABLE IF NOT EXISTS ${stagedRows(table)} AS SELECT ${table.columnList()} FROM ${table.name} WITH NO DATA`;
    const place = `ALTER TABLE ${stagedRows(table)} ADD COLUMN IF NOT EXISTS ${quoteIdentifier(PLACE)} bigint GENERATED ALWAYS AS IDENTITY`;
    await this.session.client.query(`CREATE TEMP TABLE IF NOT EXISTS ${stagedKeys(table)} AS SELECT ${table.keyList()} FROM ${table.name} WITH NO DATA; ${rows}; ${place}`);
    this.made.add(table);
  }
}
