/**
 * The reverse capture: triggers on the target's tables that queue the keys of rows written by the application, in the
 * application's own transaction, once PostgreSQL is the primary. The queue is read and emptied by the extractor.
 *
 * Neither superuser nor wal_level=logical is needed. The loader's own writes are not queued: with
 * session_replication_role = replica these triggers do not fire, and else the fence's pass exempts them.
 */
import { qualifiedName, quoteIdentifier, quoteLiteral } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';
import type { Generation } from '../record/table-record.ts';
import { storeMarks } from './catalogue-mark.ts';
import { BACK_TABLES, CAPTURE_TRIGGER, captureFunction, captureFunctionName, TRUNCATE_FUNCTION, TRUNCATE_TRIGGER } from './reverse-capture-sql.ts';
import { notPassing } from './target-fence.ts';

const nameOf = (contract: TableContract): string => qualifiedName(contract.targetSchema, contract.target);

/** Installs what is missing, in the caller's transaction, and keeps how the tables look now. Idempotent; new tables may have come. */
export async function installReverseCapture(client: pg.ClientBase, g: Generation, contracts: readonly TableContract[]): Promise<void> {
  await client.query(BACK_TABLES);
  await client.query(TRUNCATE_FUNCTION);
  const present = await captureTriggers(client, contracts);
  const missing = contracts.filter((contract) => !whole(contract, present));
  if (missing.length > 0) {
    // All at once, so that two of us, or a writer in flight, cannot hold a part of them each.
    await client.query(`LOCK TABLE ${missing.map(nameOf).join(', ')} IN SHARE ROW EXCLUSIVE MODE`);
    const condition = await notPassing(client, g);
    for (const contract of missing) await installOn(client, g, contract, condition);
  }
  // While SQLite is the primary the tables are closed to others: how they look is our doing, columns that were followed too.
  const live = await client.query('SELECT phase FROM causeway.live WHERE migration = $1', [g.migration]);
  if (['switched', 'returning'].includes(live.rows[0].phase as string) && (await marked(client, g))) return;
  await storeMarks(client, g.migration, contracts);
  await client.query("DELETE FROM causeway.back_problem WHERE migration = $1 AND kind = 'ddl'", [g.migration]);
}

// Invariant: I71
async function installOn(client: pg.ClientBase, g: Generation, contract: TableContract, condition: string): Promise<void> {
  await client.query(captureFunction(g, contract));
  await client.query(`REVOKE ALL ON FUNCTION ${captureFunctionName(g, contract.table)}() FROM PUBLIC`);
  for (const trigger of [CAPTURE_TRIGGER, TRUNCATE_TRIGGER]) await client.query(`DROP TRIGGER IF EXISTS ${quoteIdentifier(trigger)} ON ${nameOf(contract)}`);
  await client.query(
    `CREATE TRIGGER ${quoteIdentifier(CAPTURE_TRIGGER)} AFTER INSERT OR UPDATE OR DELETE ON ${nameOf(contract)} FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION ${captureFunctionName(g, contract.table)}()`,
  );
  await client.query(
    `CREATE TRIGGER ${quoteIdentifier(TRUNCATE_TRIGGER)} AFTER TRUNCATE ON ${nameOf(contract)} FOR EACH STATEMENT WHEN (${condition}) EXECUTE FUNCTION causeway.back_truncated(${quoteLiteral(g.migration)}, ${contract.table})`,
  );
}

/** Everything that it has queued and noted, once no table has its triggers any more. Idempotent. */
export async function forgetReverseCapture(client: pg.ClientBase, g: Generation): Promise<void> {
  for (const table of ['back_queue', 'back_change', 'back_problem', 'back_computed', 'back_capture']) {
    const there = await client.query('SELECT to_regclass($1) IS NOT NULL AS there', [`causeway.${table}`]);
    if (there.rows[0].there) await client.query(`DELETE FROM causeway.${table} WHERE migration = $1`, [g.migration]);
  }
}

/** Of one table: it leaves the migration while SQLite is the primary, or the migration ends. Idempotent. */
export async function removeReverseCaptureOf(client: pg.ClientBase, g: Generation, table: Pick<TableContract, 'table' | 'targetSchema' | 'target'>): Promise<void> {
  for (const trigger of [CAPTURE_TRIGGER, TRUNCATE_TRIGGER]) await client.query(`DROP TRIGGER IF EXISTS ${quoteIdentifier(trigger)} ON ${qualifiedName(table.targetSchema, table.target)}`);
  await client.query(`DROP FUNCTION IF EXISTS ${captureFunctionName(g, table.table)}()`);
}

/** It was armed once: its marks are kept to what the tables look like. */
export async function reverseCaptureMarked(client: pg.ClientBase, g: Generation): Promise<boolean> {
  const there = await client.query("SELECT to_regclass('causeway.back_capture') IS NOT NULL AS there");
  return (there.rows[0].there as boolean) && marked(client, g);
}

/** Every table has both triggers, and they fire. */
export async function reverseCaptureInstalled(client: pg.Pool | pg.ClientBase, g: Generation, contracts: readonly TableContract[]): Promise<boolean> {
  const present = await captureTriggers(client, contracts);
  const tables = await client.query("SELECT to_regclass('causeway.back_queue') IS NOT NULL AS there");
  return tables.rows[0].there && contracts.every((contract) => whole(contract, present)) && (await marked(client, g));
}

async function marked(client: pg.Pool | pg.ClientBase, g: Generation): Promise<boolean> {
  const result = await client.query('SELECT 1 FROM causeway.back_capture WHERE migration = $1 LIMIT 1', [g.migration]);
  return result.rowCount === 1;
}

function whole(contract: TableContract, present: ReadonlyMap<string, string>): boolean {
  return [CAPTURE_TRIGGER, TRUNCATE_TRIGGER].every((trigger) => ['O', 'A'].includes(present.get(`${nameOf(contract)} ${trigger}`) ?? ''));
}

/** `"schema"."table" trigger` → tgenabled. */
async function captureTriggers(client: pg.Pool | pg.ClientBase, contracts: readonly TableContract[]): Promise<Map<string, string>> {
  const result = await client.query(
    `SELECT n.nspname AS schema, c.relname AS table, t.tgname AS trigger, t.tgenabled AS enabled
       FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE t.tgname = ANY ($1) AND NOT t.tgisinternal AND (n.nspname, c.relname) IN (SELECT * FROM unnest($2::text[], $3::text[]))`,
    [[CAPTURE_TRIGGER, TRUNCATE_TRIGGER], contracts.map((c) => c.targetSchema), contracts.map((c) => c.target)],
  );
  return new Map(result.rows.map((row) => [`${qualifiedName(row.schema, row.table)} ${row.trigger}`, row.enabled as string]));
}
