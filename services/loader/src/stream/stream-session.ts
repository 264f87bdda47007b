/**
 * The loader's connection for the change stream: claimed under a new epoch, with what it knows of the target. It may
 * write behind the fence, and PostgreSQL leaves foreign keys and triggers alone where the role may say so.
 */
import { Failure } from '@causeway/contracts/failures';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { StreamPosition } from '@causeway/control/live/stream-position';
import type { Generation } from '@causeway/control/record/table-record';
import { maySetReplicaRole } from '@causeway/control/target/replica-role';
import { PASS_SETTING } from '@causeway/control/target/target-fence';
import { failPoint } from '@causeway/runtime/fail-point';
import type pg from 'pg';
import { type ForeignKey, oldValuesTable, otherReferenced, proofSql, readForeignKeys } from './foreign-keys.ts';
import { PipelineSession } from './pipeline.ts';
import { ContractsMoved } from '../evolve/contracts-moved.ts';
import { evolveTarget } from '../evolve/evolve-target.ts';
import { BUILD_LOCK } from './build-lock.ts';
import type { StreamTable } from './stream-table.ts';

/** Statements of one table, made when its foreign keys are known. */
export interface TableStatements {
  readonly remove: string;
  /** Null where nothing refers to the table and it refers to nothing. */
  readonly prove: string | null;
}

/** Tables of one version of the contracts. */
export interface StreamTables {
  readonly version: number;
  readonly tables: ReadonlyMap<number, StreamTable>;
  /** Who made the tables. */
  readonly schema: 'create' | 'existing';
}

export class StreamSession {
  readonly g: Generation;
  readonly pipeline: PipelineSession;
  readonly tables: ReadonlyMap<number, StreamTable>;
  readonly epoch: bigint;
  /** True: writes with session_replication_role = replica. */
  readonly replica: boolean;
  position: StreamPosition;
  /** Of the contracts. */
  readonly version: number;
  private readonly schema: 'create' | 'existing';
  /** Tables whose rows all come again with the next batch. */
  reloading: readonly StreamTable[] = [];
  /** Rows in the quarantine by table; a table without any needs no look there. */
  readonly quarantined: Map<number, number>;
  /** What the open transaction changes in it. */
  private readonly counting = new Map<number, number>();
  /** The schema is complete: constraints stand, and the foreign keys below are all of them. */
  built = false;
  foreignKeys: readonly ForeignKey[] = [];
  private statements = new Map<number, TableStatements>();

  private constructor(g: Generation, client: pg.PoolClient, { tables, version, schema }: StreamTables, position: StreamPosition, replica: boolean, quarantined: Map<number, number>) {
    this.g = g;
    this.pipeline = new PipelineSession(client);
    this.tables = tables;
    this.version = version;
    this.schema = schema;
    this.position = position;
    this.epoch = position.epoch;
    this.replica = replica;
    this.quarantined = quarantined;
  }

  get client(): pg.PoolClient {
    return this.pipeline.client;
  }

  /** Takes the stream over: from here on no older loader can commit. */
  static async claim(pool: pg.Pool, g: Generation, made: StreamTables): Promise<StreamSession> {
    const client = await pool.connect();
    try {
      // Invariant: I50
      const claimed = await client.query(
        `UPDATE causeway.stream_position SET epoch = epoch + 1 WHERE migration = $1 AND generation = $2
         RETURNING epoch, applied, as_of AS "asOf", next_offset AS "nextOffset", marker_attempt AS "markerAttempt", catching_up AS "catchingUp", resend_from AS "resendFrom"`,
        [g.migration, g.generation],
      );
      const position = claimed.rows[0] as StreamPosition | undefined;
      if (position === undefined) throw new Failure('FENCED', `generation ${g.generation} of ${g.migration} has no change stream`);
      failPoint('loader.after_claim');
      const counts = await client.query('SELECT table_no, count(*)::int AS n FROM causeway.quarantine WHERE migration = $1 AND generation = $2 GROUP BY table_no', [g.migration, g.generation]);
      const replica = await prepareSession(client, g);
      const session = new StreamSession(g, client, made, position, replica, new Map(counts.rows.map((row) => [row.table_no as number, row.n as number])));
      await session.lookAgain();
      return session;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** Which version the target has, and what is to come anew. Throws ContractsMoved where it is not this session's. */
  private async lookAgain(): Promise<void> {
    const { g, client } = this;
    const now = await client.query(
      `SELECT coalesce((SELECT contract_version FROM causeway.live WHERE migration = $1 AND generation = $2), 0) AS version,
              coalesce((SELECT array_agg(table_no) FROM causeway.table_contract WHERE migration = $1 AND generation = $2 AND reload), '{}') AS reloading`,
      [g.migration, g.generation],
    );
    const { version, reloading } = now.rows[0] as { version: number; reloading: readonly number[] };
    if (version !== this.version) throw new ContractsMoved();
    this.reloading = reloading.flatMap((number) => this.tables.get(number) ?? []);
  }

  /** Brings the target to a later version of the contracts, under this session's claim; the session is over then. */
  async evolve(to: number): Promise<void> {
    const { client, g } = this;
    const { epoch, position } = this;
    await client.query('BEGIN');
    try {
      await client.query('SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))', [BUILD_LOCK(g.migration)]);
      const mine = await client.query('UPDATE causeway.stream_position SET epoch = epoch WHERE migration = $1 AND generation = $2 AND epoch = $3 AND applied = $4 AND EXISTS (SELECT 1 FROM causeway.migration m WHERE m.id = $1 AND m.generation = $2 FOR SHARE)', [g.migration, g.generation, epoch, position.applied]);
      if (mine.rowCount !== 1) throw new Failure('FENCED', `the change stream of ${g.migration} was taken over by another loader, or its generation is over`);
      await evolveTarget(client, { g, schema: this.schema, to });
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {});
      throw error;
    }
    failPoint('loader.schema_after_commit');
  }

  /** In the open transaction, before the batch that brings their rows: what is there of these tables goes. */
  async clearReloading(): Promise<void> {
    const { g, client } = this;
    for (const table of this.reloading) {
      if (!this.replica && this.foreignKeys.some((key) => key.parent === table.name)) throw new Failure('CHANGE_REFUSED', `all rows of ${table.name} come again, and others refer to them`);
      await client.query(`DELETE FROM ${table.name}`);
      const gone = await client.query('DELETE FROM causeway.quarantine WHERE migration = $1 AND generation = $2 AND table_no = $3', [g.migration, g.generation, table.contract.table]);
      this.countQuarantined(table.contract.table, -(gone.rowCount ?? 0));
    }
    await client.query('UPDATE causeway.table_contract SET reload = false WHERE migration = $1 AND generation = $2 AND reload', [g.migration, g.generation]);
  }

  /** The session has settings and temporary tables of its own, so the connection ends with it. */
  close(): void {
    this.client.release(true);
  }

  /** Counts in the open transaction: a rolled back one, which may be tried again, has changed nothing. */
  countQuarantined(table: number, change: number): void {
    this.counting.set(table, (this.counting.get(table) ?? 0) + change);
  }

  settleCounts(committed: boolean): void {
    if (committed) for (const [table, change] of this.counting) this.quarantined.set(table, (this.quarantined.get(table) ?? 0) + change);
    this.counting.clear();
  }

  /** Looks at the constraints again; call in a transaction that nobody builds beside. */
  async readCatalogue(): Promise<void> {
    const phase = await this.client.query("SELECT phase IN ('built', 'completed') AS built FROM causeway.migration WHERE id = $1", [this.g.migration]);
    this.built = phase.rows[0]?.built === true;
    this.foreignKeys = await readForeignKeys(this.client, [...this.tables.values()]);
    this.statements.clear();
    for (const table of this.tables.values()) {
      const others = otherReferenced(table, this.foreignKeys);
      if (others.length > 0) await this.client.query(`CREATE TEMP TABLE IF NOT EXISTS ${oldValuesTable(table)} ON COMMIT DELETE ROWS AS SELECT ${others.map(quoteIdentifier).join(', ')} FROM ${table.name} WITH NO DATA`);
    }
  }

  statementsOf(table: StreamTable): TableStatements {
    let statements = this.statements.get(table.contract.table);
    if (statements === undefined) {
      const keys = table.keysRelation();
      statements = { remove: removeSql(table, keys, this.foreignKeys), prove: proofSql(table, keys, this.foreignKeys) };
      this.statements.set(table.contract.table, statements);
    }
    return statements;
  }
}

/** Removes the rows of `keys`, and keeps the values that others refer to. */
export function removeSql(table: StreamTable, keys: string, foreignKeys: readonly ForeignKey[]): string {
  const remove = `DELETE FROM ${table.name} t USING ${keys} WHERE ${table.matches('t', 'k')}`;
  const others = otherReferenced(table, foreignKeys);
  if (others.length === 0) return remove;
  const list = others.map(quoteIdentifier).join(', ');
  return `WITH gone AS (${remove} RETURNING ${others.map((name) => `t.${quoteIdentifier(name)}`).join(', ')}) INSERT INTO ${oldValuesTable(table)} (${list}) SELECT ${list} FROM gone`;
}

/**
 * Plans are made once and for few keys: index lookups, whatever the statistics of a table say that was empty a moment
 * ago. True where foreign keys and triggers stand aside.
 */
async function prepareSession(client: pg.ClientBase, g: Generation): Promise<boolean> {
  await client.query('SET plan_cache_mode = force_generic_plan; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; SET jit = off');
  await client.query(`SELECT set_config($1, token, false) FROM causeway.live WHERE migration = $2`, [PASS_SETTING, g.migration]);
  if (!(await maySetReplicaRole(client))) return false;
  await client.query('SET session_replication_role = replica');
  return true;
}
