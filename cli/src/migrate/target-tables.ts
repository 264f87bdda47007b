/**
 * Tables in the way. Only what the control record proves to be ours is dropped without being asked; `--replace` names
 * the rest. Never CASCADE: what hangs on a table that is not ours is not ours either.
 */
import { Failure } from '@causeway/contracts/failures';
import { qualifiedName } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import { dropComputedColumns } from '@causeway/control/target/computed-column';
import { messageOf } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';

const KIND: Record<string, string> = { r: 'table', p: 'partitioned table', v: 'view', m: 'materialized view', i: 'index', S: 'sequence', f: 'foreign table', c: 'type' };

/** Throws TARGET_NOT_EMPTY with the list of what is in the way. */
export async function clearTheWay(client: pg.ClientBase, contracts: readonly TableContract[], replace: readonly string[]): Promise<void> {
  const result = await client.query(
    `SELECT n.nspname AS schema, c.relname AS name, c.relkind AS kind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE (n.nspname, c.relname) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
    [contracts.map((c) => c.targetSchema), contracts.map((c) => c.target)],
  );
  const found = result.rows as { schema: string; name: string; kind: string }[];
  const named = (f: { name: string }): boolean => replace.includes(f.name) || replace.includes('*');
  // Invariant: I14
  const inTheWay = found.filter((f) => !(named(f) && ['r', 'p'].includes(f.kind)));
  if (inTheWay.length > 0) {
    throw new Failure('TARGET_NOT_EMPTY', inTheWay.map((f) => `${KIND[f.kind] ?? 'relation'} ${qualifiedName(f.schema, f.name)}`).join(', '));
  }
  if (found.length > 0) await dropTables(client, found.map((f) => qualifiedName(f.schema, f.name)));
}

async function dropTables(client: pg.ClientBase, names: readonly string[]): Promise<void> {
  try {
    for (const name of names) await dropComputedColumns(client, name);
    // One statement: tables that refer to each other go together.
    await client.query(`DROP TABLE ${names.join(', ')}`);
  } catch (cause) {
    throw new Failure('TARGET_NOT_EMPTY', `the tables to replace cannot be dropped: ${messageOf(cause)}`, { cause });
  }
}

const MADE_VIEW = /^CREATE VIEW ("(?:[^"]|"")*"\."(?:[^"]|"")*")/;

/** Views of ours hang on tables of ours; the text that made one begins with its name. */
async function dropOwnViews(client: pg.ClientBase, migration: string): Promise<void> {
  const result = await client.query("SELECT target_sql FROM causeway.schema_object WHERE migration = $1 AND kind = 'view' AND state = 'made' ORDER BY generation DESC, object_no DESC", [migration]);
  for (const row of result.rows) {
    const name = MADE_VIEW.exec(row.target_sql as string)?.[1];
    if (name !== undefined) await client.query(`DROP VIEW IF EXISTS ${name}`);
  }
}

/** Drops the tables that earlier generations of this migration made, found by their recorded identity; never the application's. */
export async function dropOwnTables(client: pg.ClientBase, migration: string): Promise<void> {
  await dropOwnViews(client, migration);
  const result = await client.query(
    `SELECT DISTINCT n.nspname AS schema, c.relname AS name FROM causeway.table_contract t
       JOIN causeway.migration m ON m.id = t.migration
       JOIN pg_class c ON c.oid = t.target_oid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE t.migration = $1 AND c.relkind IN ('r', 'p') AND m.settings->>'schema' = 'create'`,
    [migration],
  );
  const names = (result.rows as { schema: string; name: string }[]).map((r) => qualifiedName(r.schema, r.name));
  if (names.length > 0) await dropTables(client, names);
}
