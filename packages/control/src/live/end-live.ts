/** Takes what a live migration has put into both databases out of them again. Every part is idempotent. */
import { qualifiedName } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import type { Generation } from '../record/table-record.ts';
import { DDL } from '../record/control-schema.ts';
import { betweenStatements } from '../target/between-statements.ts';
import { BACK_TABLES } from '../target/reverse-capture-sql.ts';
import { forgetReverseCapture, removeReverseCaptureOf } from '../target/reverse-capture.ts';
import { endRowids } from '../target/rowid-column.ts';
import { openTarget, removeTargetFence } from '../target/target-fence.ts';

/** The target's tables become the application's alone, one after the other: no trigger, index or column of ours stays on them. */
export async function releaseTarget(pool: pg.Pool, g: Generation, contracts: readonly TableContract[]): Promise<void> {
  const there = await inTransaction(pool, async (client) => {
    const found = await present(client, contracts);
    await openTarget(client, g, found);
    return found;
  });
  for (const contract of there) {
    await betweenStatements(pool, async (client) => {
      await removeReverseCaptureOf(client, g, contract);
      await removeTargetFence(client, g, [contract], { privileges: false });
      await endRowids(client, g, [contract]);
    });
  }
  await inTransaction(pool, (client) => forgetReverseCapture(client, g));
}

/** A migration that is given up early has not made all of its tables. */
async function present(client: pg.ClientBase, contracts: readonly TableContract[]): Promise<TableContract[]> {
  const result = await client.query('SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE (n.nspname, c.relname) IN (SELECT * FROM unnest($1::text[], $2::text[]))', [
    contracts.map((c) => c.targetSchema),
    contracts.map((c) => c.target),
  ]);
  const names = new Set(result.rows.map((row) => qualifiedName(row.schema, row.name)));
  return contracts.filter((c) => names.has(qualifiedName(c.targetSchema, c.target)));
}

/** Deletes the record; with the last migration of this database the schema `causeway` goes, too. */
export async function forgetMigration(pool: pg.Pool, migration: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query('LOCK TABLE causeway.migration IN EXCLUSIVE MODE');
    await client.query('DELETE FROM causeway.migration WHERE id = $1', [migration]);
    const left = await client.query('SELECT 1 FROM causeway.migration LIMIT 1');
    if (left.rowCount === 0) await removeControlSchema(client);
  });
}

/** Only what we have made, by name and never by CASCADE; a schema in which somebody else keeps something stays. */
async function removeControlSchema(client: pg.ClientBase): Promise<void> {
  const made = [...`${DDL}${BACK_TABLES}`.matchAll(/CREATE TABLE IF NOT EXISTS (causeway\.\w+)/g)].map((match) => match[1]);
  await client.query(`DROP TABLE IF EXISTS ${[...new Set(made)].join(', ')}`);
  await client.query('DROP FUNCTION IF EXISTS causeway.refuse_write(), causeway.back_truncated()');
  const left = await client.query("SELECT 1 FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass AND refobjid = 'causeway'::regnamespace LIMIT 1");
  if (left.rowCount === 0) await client.query('DROP SCHEMA causeway');
}
