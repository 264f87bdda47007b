/**
 * Reads the queue of the way back: entries and the present rows of their keys in ONE REPEATABLE READ snapshot, so that
 * every batch is a state that PostgreSQL committed; publishes it; then deletes exactly the entries that it has seen,
 * whatever order their transactions committed in (rules 26 and 30 of the protocol).
 */
import { changeRoom } from './change-room.ts';
import type { BackTable, Untravelled } from './back-table.ts';
import { EXISTS_AT, KEY_AT } from './back-statement.ts';
import type { PartWriter } from '../publish/part-writer.ts';
import { Failure } from '@causeway/contracts/failures';
import { qualifiedName } from '@causeway/contracts/identifier';
import type { LivePhase } from '@causeway/control/live/live-record';
import type { Generation } from '@causeway/control/record/table-record';
import { type RowProblem, replaceRowProblems } from '@causeway/control/target/back-problem';
import { targetFenceState } from '@causeway/control/target/target-fence';
import { failPoint } from '@causeway/runtime/fail-point';
import type pg from 'pg';

export interface BackSnapshot {
  readonly phase: LivePhase;
  readonly attempt: bigint;
  /** In phase returning, under the fence of PostgreSQL: nothing is queued and nothing can be any more. */
  readonly drained: boolean;
}

export interface BackBatch {
  readonly ids: readonly bigint[];
  readonly keys: readonly Pick<RowProblem, 'table' | 'key'>[];
  readonly problems: readonly RowProblem[];
}

const FETCH = 1_000;
const DELETE_AT_ONCE = 20_000;
/** DDL of the application holds its lock for as long as it likes; we come again. */
const LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'";
/** As the trigger function has it: keys and cells are the same texts. */
const INTERVALS = "SET LOCAL IntervalStyle = 'iso_8601'";

export class BackReader {
  readonly epoch: bigint;
  private readonly pool: pg.Pool;
  private readonly g: Generation;
  private readonly tables: readonly BackTable[];

  private constructor(pool: pg.Pool, g: Generation, tables: readonly BackTable[], epoch: bigint) {
    this.pool = pool;
    this.g = g;
    this.tables = tables;
    this.epoch = epoch;
  }

  /** Takes the epoch, committed before any snapshot of this reader begins. */
  static async claim(pool: pg.Pool, g: Generation, tables: readonly BackTable[]): Promise<BackReader> {
    const result = await pool.query('UPDATE causeway.live SET back_epoch = back_epoch + 1 WHERE migration = $1 RETURNING back_epoch', [g.migration]);
    return new BackReader(pool, g, tables, result.rows[0].back_epoch as bigint);
  }

  /** Runs `work` in a snapshot in which this reader still is the reader. `record`: it looks at the record alone. */
  // Invariant: I73
  async inSnapshot<T>(reads: 'rows' | 'record', work: (client: pg.PoolClient, snapshot: BackSnapshot) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken = true;
    try {
      await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ; ${LOCK_TIMEOUT}; ${INTERVALS}`);
      // Before the snapshot is taken: one that is older than a TRUNCATE would see an empty table.
      const names = this.tables.map(({ contract }) => qualifiedName(contract.targetSchema, contract.target));
      if (reads === 'rows' && names.length > 0) await client.query(`LOCK TABLE ${names.join(', ')} IN ACCESS SHARE MODE`);
      const result = await work(client, await this.look(client));
      await client.query('COMMIT');
      broken = false;
      return result;
    } finally {
      // A connection inside a failed transaction is not worth saving.
      client.release(broken);
    }
  }

  private async look(client: pg.ClientBase): Promise<BackSnapshot> {
    const result = await client.query('SELECT phase, attempt, back_epoch, EXISTS (SELECT 1 FROM causeway.back_queue q WHERE q.migration = l.migration) AS queued FROM causeway.live l WHERE migration = $1', [this.g.migration]);
    const { phase, attempt, back_epoch, queued } = result.rows[0] as { phase: LivePhase; attempt: bigint; back_epoch: bigint; queued: boolean };
    if (back_epoch !== this.epoch) throw new Failure('FENCED', `the way back is read by another extractor (epoch ${back_epoch}, mine is ${this.epoch})`);
    const drained = phase === 'returning' && !queued && (await targetFenceState(client, this.tables.map((t) => t.contract))) === 'closed';
    return { phase, attempt, drained };
  }

  /** Hands every queued key, with its row where it exists, to the writer. */
  async read(client: pg.ClientBase, writer: PartWriter): Promise<BackBatch> {
    const queued = await client.query('SELECT id, table_no FROM causeway.back_queue WHERE migration = $1', [this.g.migration]);
    const touched = new Set(queued.rows.map((row) => row.table_no as number));
    const batch = { ids: queued.rows.map((row) => row.id as bigint), keys: [] as Pick<RowProblem, 'table' | 'key'>[], problems: [] as RowProblem[] };
    for (const table of this.tables) {
      if (touched.has(table.contract.table)) await this.readTable(client, table, writer, batch);
    }
    failPoint('extractor.back_after_read');
    return batch;
  }

  private async readTable(client: pg.ClientBase, table: BackTable, writer: PartWriter, batch: { keys: Pick<RowProblem, 'table' | 'key'>[]; problems: RowProblem[] }): Promise<void> {
    const { table: number } = table.contract;
    await client.query({ text: `DECLARE causeway_back NO SCROLL CURSOR FOR ${table.select}`, values: [this.g.migration, number] });
    for (;;) {
      const lines = (await client.query({ text: `FETCH ${FETCH} FROM causeway_back`, rowMode: 'array' })).rows as (string | boolean | null)[][];
      for (const line of lines) {
        const texts = JSON.parse(line[KEY_AT] as string) as (string | null)[];
        batch.keys.push({ table: number, key: texts });
        const key = table.key(texts);
        const row = line[EXISTS_AT] ? table.row(line) : null;
        const refused = refusal(key) ?? refusal(row) ?? (Buffer.isBuffer(row) ? changeRoom(row) : null);
        if (refused !== null) batch.problems.push({ table: number, key: texts, kind: 'unrepresentable', column: refused.column, detail: refused.detail });
        else await writer.add(number, { cells: null, key: key as Buffer, row: row as Buffer | null, reject: null });
      }
      if (lines.length < FETCH) break;
    }
    await client.query('CLOSE causeway_back');
  }

  /** What was published, under this number (null: nothing could travel), leaves the queue and waits to be compared; what could not travel is written down in the same transaction. */
  // Invariant: I73
  async settle(batch: BackBatch, number: bigint | null): Promise<void> {
    const client = await this.pool.connect();
    let broken = true;
    try {
      await client.query('BEGIN');
      const mine = await client.query('UPDATE causeway.live SET back_published_epoch = CASE WHEN $3::bigint IS NULL THEN back_published_epoch ELSE $2 END, back_published_batch = coalesce($3, back_published_batch) WHERE migration = $1 AND back_epoch = $2', [this.g.migration, this.epoch, number]);
      if (mine.rowCount !== 1) throw new Failure('FENCED', 'the way back is read by another extractor');
      for (let at = 0; at < batch.ids.length; at += DELETE_AT_ONCE) {
        // Invariant: I88
        await client.query(
          `WITH gone AS (DELETE FROM causeway.back_queue WHERE id = ANY ($1::bigint[]) RETURNING migration, table_no, key)
           INSERT INTO causeway.back_change (migration, table_no, key) SELECT DISTINCT migration, table_no, key FROM gone`,
          [batch.ids.slice(at, at + DELETE_AT_ONCE)],
        );
      }
      if (batch.problems.length > 0 || (await this.anyProblem(client))) await replaceRowProblems(client, this.g.migration, ['unrepresentable'], batch.keys, batch.problems);
      await client.query('COMMIT');
      broken = false;
    } finally {
      client.release(broken);
    }
    failPoint('extractor.back_after_delete');
  }

  private async anyProblem(client: pg.ClientBase): Promise<boolean> {
    const result = await client.query("SELECT 1 FROM causeway.back_problem WHERE migration = $1 AND kind = 'unrepresentable' LIMIT 1", [this.g.migration]);
    return result.rowCount === 1;
  }

  /** Rows that SQLite refused are tried again: what was in their way may have gone. */
  async retryRefused(): Promise<number> {
    const result = await this.pool.query(
      `INSERT INTO causeway.back_queue (migration, table_no, key)
       SELECT DISTINCT p.migration, p.table_no, p.key FROM causeway.back_problem p JOIN causeway.live l USING (migration)
        WHERE p.migration = $1 AND p.kind = 'refused' AND l.back_epoch = $2 AND l.phase IN ('switched', 'returning')
          AND NOT EXISTS (SELECT 1 FROM causeway.back_queue q WHERE q.migration = $1)`,
      [this.g.migration, this.epoch],
    );
    return result.rowCount ?? 0;
  }
}

function refusal(encoded: Buffer | Untravelled | null): Untravelled | null {
  return encoded === null || Buffer.isBuffer(encoded) ? null : encoded;
}
