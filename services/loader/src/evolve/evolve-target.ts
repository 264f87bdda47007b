/**
 * The target's part of a schema change: every step up to a version, in one transaction under the stream's claim, at the
 * place of the stream where the first message of that version stands. Cut off before its commit, nothing has happened.
 */
import { Failure } from '@causeway/contracts/failures';
import { qualifiedName, quoteIdentifier } from '@causeway/contracts/identifier';
import type { SchemaStep, StepObject } from '@causeway/contracts/live/schema-step';
import { postgresTypeName } from '@causeway/contracts/logical-type';
import { ROWID_COLUMN, type TableContract } from '@causeway/contracts/table-contract';
import { recordObject } from '@causeway/control/record/object-record';
import { pendingChanges, type RecordedChange, targetContracts } from '@causeway/control/record/schema-change';
import type { Generation } from '@causeway/control/record/table-record';
import { computedColumns, dropComputedColumns } from '@causeway/control/target/computed-column';
import { installReverseCapture, removeReverseCaptureOf, reverseCaptureMarked } from '@causeway/control/target/reverse-capture';
import { revokeFromOthers } from '@causeway/control/target/revoked-privileges';
import { closeTarget, removeTargetFence } from '@causeway/control/target/target-fence';
import { failPoint } from '@causeway/runtime/fail-point';
import { messageOf } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import { addIdentity, createTableSql } from '../schema/create-tables.ts';
import { primaryKeySql } from '../schema/key-tables.ts';

/** Readers of a table end within this, or the step is tried again. */
const LOCK_TIMEOUT = "SET LOCAL lock_timeout = '10s'";

export interface TargetEvolution {
  readonly g: Generation;
  readonly schema: 'create' | 'existing';
  readonly to: number;
}

type ChangeTable = Extract<SchemaStep, { kind: 'change_table' }>;

/** In the caller's transaction, which holds the stream's claim. Throws SCHEMA_CHANGED where PostgreSQL refuses a step. */
// Invariant: I98
export async function evolveTarget(client: pg.ClientBase, { g, schema, to }: TargetEvolution): Promise<void> {
  await client.query(LOCK_TIMEOUT);
  const now = await targetContracts(client, g);
  const pending = await pendingChanges(client, g, now.version, to);
  if (pending.at(-1)?.version !== to) throw new Failure('INTERNAL', `version ${to} of the contracts is not in the record`);
  const mine: Evolver = new Evolver(client, g, schema);
  for (const change of pending) await mine.perform(change);
  const { contracts } = pending.at(-1) as RecordedChange;
  await storeContracts(client, g, contracts, to);
  await closeTarget(client, g, contracts);
  if (await reverseCaptureMarked(client, g)) await installReverseCapture(client, g, contracts);
  failPoint('loader.schema_before_commit');
}

async function storeContracts(client: pg.ClientBase, g: Generation, contracts: readonly TableContract[], version: number): Promise<void> {
  const numbers = contracts.map((contract) => contract.table);
  await client.query('DELETE FROM causeway.table_contract WHERE migration = $1 AND generation = $2 AND NOT table_no = ANY ($3)', [g.migration, g.generation, numbers]);
  await client.query('DELETE FROM causeway.quarantine WHERE migration = $1 AND generation = $2 AND NOT table_no = ANY ($3)', [g.migration, g.generation, numbers]);
  for (const contract of contracts) await client.query('UPDATE causeway.table_contract SET contract = $4 WHERE migration = $1 AND generation = $2 AND table_no = $3', [g.migration, g.generation, contract.table, JSON.stringify(contract)]);
  await client.query('UPDATE causeway.schema_change SET applied_at = clock_timestamp() WHERE migration = $1 AND generation = $2 AND version <= $3 AND applied_at IS NULL', [g.migration, g.generation, version]);
  await client.query('UPDATE causeway.live SET contract_version = $3 WHERE migration = $1 AND generation = $2', [g.migration, g.generation, version]);
}

const nameOf = (contract: TableContract): string => qualifiedName(contract.targetSchema, contract.target);

class Evolver {
  private readonly client: pg.ClientBase;
  private readonly g: Generation;
  private readonly schema: 'create' | 'existing';

  constructor(client: pg.ClientBase, g: Generation, schema: 'create' | 'existing') {
    this.client = client;
    this.g = g;
    this.schema = schema;
  }

  async perform({ contracts, steps }: RecordedChange): Promise<void> {
    for (const step of steps) {
      const contract = contracts.find((c) => c.table === step.table);
      if (step.kind === 'drop_table') await this.drop(step);
      else if (contract === undefined) throw new Failure('INTERNAL', `table ${step.table} has no contract`);
      else if (step.kind === 'make_table') await this.make(contract, step.objects);
      else await this.change(contract, step);
    }
  }

  private async make(contract: TableContract, objects: readonly StepObject[]): Promise<void> {
    const name = nameOf(contract);
    if (this.schema === 'existing') await this.takeExisting(contract, name);
    else {
      await this.run(createTableSql(contract), `table ${name}`);
      await addIdentity(this.client, contract);
      await revokeFromOthers(this.client, this.g, contract);
    }
    // Its rows come through the stream: no range of a snapshot is missing.
    await this.client.query('INSERT INTO causeway.table_contract (migration, generation, table_no, contract, target_oid, range_count, keyed_at) VALUES ($1, $2, $3, $4, $5::text::regclass, 0, clock_timestamp())', [
      this.g.migration,
      this.g.generation,
      contract.table,
      JSON.stringify(contract),
      name,
    ]);
    const key = this.schema === 'existing' ? null : primaryKeySql(contract);
    if (key !== null) await this.object(contract, { kind: 'primary_key', name: contract.target, fidelity: 'exact', sourceSql: null, targetSql: key, notes: '' });
    else await this.client.query(`CREATE INDEX IF NOT EXISTS ${quoteIdentifier(`causeway_stream_${contract.table}`)} ON ${name} (${this.streamKey(contract)})`);
    for (const object of objects) await this.object(contract, object);
  }

  private async takeExisting(contract: TableContract, name: string): Promise<void> {
    await this.client.query(`LOCK TABLE ${name} IN SHARE ROW EXCLUSIVE MODE`);
    const rows = await this.client.query(`SELECT EXISTS (SELECT 1 FROM ${name}) AS any`);
    if (rows.rows[0].any as boolean) throw new Failure('SCHEMA_CHANGED', `table ${name} was made in the source, and the one in PostgreSQL has rows: empty it`);
    if (contract.keyless) await this.client.query(`ALTER TABLE ${name} ADD COLUMN IF NOT EXISTS ${quoteIdentifier(ROWID_COLUMN)} bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL`);
  }

  private streamKey(contract: TableContract): string {
    const columns = contract.keyless ? [ROWID_COLUMN] : contract.key.map((key) => contract.columns.find((c) => c.source === key)?.target as string);
    return columns.map(quoteIdentifier).join(', ');
  }

  private async drop(step: Extract<SchemaStep, { kind: 'drop_table' }>): Promise<void> {
    const table = { table: step.table, targetSchema: step.targetSchema, target: step.target };
    await removeReverseCaptureOf(this.client, this.g, table);
    await removeTargetFence(this.client, this.g, [table], { privileges: false });
    const name = qualifiedName(step.targetSchema, step.target);
    const sql = `DROP TABLE ${name}`;
    const computed = this.schema === 'existing' ? [] : await computedColumns(this.client, name);
    // The application's own table is its own to drop; one that others rest on stays where it is, and is told.
    const problem = this.schema === 'existing' ? 'it is the application’s own table: drop it there' : await this.tried(sql);
    if (problem === null) for (const { function: made } of computed) await this.client.query(`DROP FUNCTION IF EXISTS ${made}`);
    await recordObject(this.client, this.g, { kind: 'table', table: null, name: step.source, fidelity: problem === null ? 'exact' : 'needs_decision', sourceSql: null, targetSql: sql, notes: problem === null ? 'dropped, as in the source' : `not followed any more; ${problem}`, state: problem === null ? 'made' : 'listed' });
  }

  private async change(contract: TableContract, step: ChangeTable): Promise<void> {
    const name = nameOf(contract);
    const computed = this.schema === 'existing' ? [] : await this.setComputedAside(name, step);
    if (this.schema !== 'existing') {
      for (const [from, to] of step.renamed) await this.run(`ALTER TABLE ${name} RENAME COLUMN ${quoteIdentifier(from)} TO ${quoteIdentifier(to)}`, `column ${from} of ${name}`);
      for (const column of step.dropped) await this.run(`ALTER TABLE ${name} DROP COLUMN ${quoteIdentifier(column)}`, `column ${column} of ${name}`);
      for (const column of step.nullable) await this.run(`ALTER TABLE ${name} ALTER COLUMN ${quoteIdentifier(column)} DROP NOT NULL`, `column ${column} of ${name}`);
      for (const column of step.added) await this.add(contract, column);
    } else for (const column of step.added) await this.fill(contract, column);
    for (const object of step.objects) {
      const column = contract.columns.find((c) => c.source === object.name)?.target ?? '';
      if (object.kind !== 'generated_column' || step.added.some((added) => added.target === column)) await this.object(contract, object);
      // What is not there has failed before, and was told then.
      else if (computed.includes(column)) await this.again(contract, object);
    }
    if (step.reload) await this.client.query('UPDATE causeway.table_contract SET reload = true WHERE migration = $1 AND generation = $2 AND table_no = $3', [this.g.migration, this.g.generation, contract.table]);
  }

  /** Triggers name columns, and a function is not renamed with them. Returns what was computed, by the names that come. */
  private async setComputedAside(name: string, step: ChangeTable): Promise<string[]> {
    const renamed = new Map(step.renamed);
    return (await dropComputedColumns(this.client, name)).map((column) => renamed.get(column) ?? column);
  }

  /** Recorded since it was first made. */
  private async again(contract: TableContract, object: StepObject): Promise<void> {
    const problem = object.targetSql === null ? object.notes : await this.tried(object.targetSql);
    if (problem !== null) await this.object(contract, { ...object, targetSql: null, fidelity: 'needs_decision', notes: `not computed any more: ${problem}` });
  }

  /** The rows that are there take the value at once, as in SQLite; the default of later ones is an object of its own. */
  private async add(contract: TableContract, { target, fill }: ChangeTable['added'][number]): Promise<void> {
    const column = contract.columns.find((c) => c.target === target) as TableContract['columns'][number];
    const name = nameOf(contract);
    const value = fill === null ? '' : ` DEFAULT ${fill}`;
    await this.run(`ALTER TABLE ${name} ADD COLUMN ${quoteIdentifier(target)} ${postgresTypeName(column.type)}${column.notNull ? ' NOT NULL' : ''}${value}`, `column ${target} of ${name}`);
    if (fill !== null) await this.client.query(`ALTER TABLE ${name} ALTER COLUMN ${quoteIdentifier(target)} DROP DEFAULT`);
  }

  /** Of an existing column: it is the application's, its values are ours while SQLite is the primary. */
  private async fill(contract: TableContract, { target, fill }: ChangeTable['added'][number]): Promise<void> {
    await this.run(`UPDATE ${nameOf(contract)} SET ${quoteIdentifier(target)} = ${fill ?? 'NULL'}`, `column ${target} of ${nameOf(contract)}`);
  }

  private async object(contract: TableContract, object: StepObject): Promise<void> {
    const problem = object.targetSql === null ? null : await this.tried(object.targetSql);
    const state = object.targetSql === null ? 'listed' : problem === null ? 'made' : 'failed';
    const notes = [object.notes, problem ?? ''].filter((note) => note !== '').join('; ');
    await recordObject(this.client, this.g, { kind: object.kind, table: contract.table, name: object.name, fidelity: problem === null ? object.fidelity : 'needs_decision', sourceSql: object.sourceSql, targetSql: object.targetSql, notes, state });
  }

  /** Null where it worked; else what PostgreSQL says of it. Trouble of the connection or of locks is thrown. */
  private async tried(sql: string): Promise<string | null> {
    await this.client.query('SAVEPOINT step');
    try {
      await this.client.query(sql);
      await this.client.query('RELEASE SAVEPOINT step');
      return null;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await this.client.query('ROLLBACK TO SAVEPOINT step');
      return messageOf(error);
    }
  }

  private async run(sql: string, what: string): Promise<void> {
    try {
      await this.client.query(sql);
    } catch (cause) {
      if (!isRefusal(cause)) throw cause;
      throw new Failure('SCHEMA_CHANGED', `the application has changed its schema, and PostgreSQL refuses to follow: ${what}: ${messageOf(cause)}`, { cause });
    }
  }
}

/** Classes of SQLSTATE that the statement itself is the reason of: data, constraints, dependents, syntax and names, limits. */
function isRefusal(error: unknown): boolean {
  return /^(?:0A|22|23|2B|42|54)/.test((error as { code?: string }).code ?? '');
}
