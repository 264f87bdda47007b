/**
 * Changes of the source's schema that were followed: the contracts of each version, from which place of the change stream
 * they hold, and what the target has to do. The extractor writes them, the loader performs them in their order.
 */
import { Failure } from '@causeway/contracts/failures';
import type { SchemaStep } from '@causeway/contracts/live/schema-step';
import type { TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';
import type { Generation } from './table-record.ts';

export interface VersionedContracts {
  readonly version: number;
  readonly contracts: readonly TableContract[];
}

/** As the target's tables are now. */
export async function targetContracts(client: pg.Pool | pg.ClientBase, g: Generation): Promise<VersionedContracts> {
  const result = await client.query(
    `SELECT coalesce((SELECT contract_version FROM causeway.live WHERE migration = $1 AND generation = $2), 0) AS version,
            coalesce((SELECT jsonb_agg(contract ORDER BY table_no) FROM causeway.table_contract WHERE migration = $1 AND generation = $2), '[]') AS contracts`,
    [g.migration, g.generation],
  );
  return result.rows[0] as VersionedContracts;
}

/** As the source is captured: the newest that any extractor has recorded, applied or not. */
export async function newestContracts(client: pg.Pool | pg.ClientBase, g: Generation): Promise<VersionedContracts> {
  const newest = await client.query('SELECT version, contracts FROM causeway.schema_change WHERE migration = $1 AND generation = $2 ORDER BY version DESC LIMIT 1', [g.migration, g.generation]);
  return (newest.rows[0] as VersionedContracts | undefined) ?? targetContracts(client, g);
}

/** First number that no table of this generation ever had. */
export async function nextTableNumber(client: pg.Pool | pg.ClientBase, g: Generation): Promise<number> {
  const result = await client.query(
    `SELECT coalesce(max(n), -1) + 1 AS next FROM (
       SELECT table_no AS n FROM causeway.table_contract WHERE migration = $1 AND generation = $2
       UNION ALL SELECT (c->>'table')::int FROM causeway.schema_change s, jsonb_array_elements(s.contracts) AS c WHERE s.migration = $1 AND s.generation = $2) AS numbers`,
    [g.migration, g.generation],
  );
  return result.rows[0].next as number;
}

export interface RecordedChange extends VersionedContracts {
  readonly steps: readonly SchemaStep[];
  /** Newest log id that was published under the contracts before. */
  readonly position: bigint;
}

/** Throws FENCED where another extractor has recorded this version first. */
export async function recordSchemaChange(client: pg.Pool | pg.ClientBase, g: Generation, change: RecordedChange): Promise<void> {
  const stored = await client.query(
    `INSERT INTO causeway.schema_change (migration, generation, version, position, contracts, steps) SELECT $1, $2, $3, $4, $5, $6
      WHERE EXISTS (SELECT 1 FROM causeway.migration WHERE id = $1 AND generation = $2) ON CONFLICT DO NOTHING`,
    [g.migration, g.generation, change.version, change.position, JSON.stringify(change.contracts), JSON.stringify(change.steps)],
  );
  if (stored.rowCount !== 1) throw new Failure('FENCED', `version ${change.version} of the contracts was recorded by another extractor`);
}

/** What is not applied yet, up to a version, oldest first. */
export async function pendingChanges(client: pg.ClientBase, g: Generation, from: number, to: number): Promise<RecordedChange[]> {
  const result = await client.query('SELECT version, position, contracts, steps FROM causeway.schema_change WHERE migration = $1 AND generation = $2 AND version > $3 AND version <= $4 ORDER BY version', [g.migration, g.generation, from, to]);
  return result.rows as RecordedChange[];
}
