/**
 * Foreign keys, indexes, unique constraints and triggers of the application's own tables that stand aside during a
 * load. They belong to the migration, not to a generation: a run that begins anew must still give them back.
 */
import type pg from 'pg';

export type SuspendedKind = 'index' | 'unique' | 'foreign_key' | 'trigger';

/** The order of rebuilding; removal goes the other way. */
export const SUSPENDED_KINDS: readonly SuspendedKind[] = ['index', 'unique', 'foreign_key', 'trigger'];

export interface SuspendedObject {
  readonly kind: SuspendedKind;
  readonly tableOid: number;
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  /** pg_get_constraintdef, pg_get_indexdef or pg_get_triggerdef, verbatim. */
  readonly definition: string;
  /** Statements that make it again: the object itself, then what its definition does not tell (comment, enablement). */
  readonly statements: readonly string[];
}

/** An object that is there now replaces what was recorded of it; one that is gone stays recorded. */
export async function recordSuspended(client: pg.ClientBase, migration: string, object: SuspendedObject): Promise<void> {
  await client.query(
    `INSERT INTO causeway.suspended_object (migration, kind, table_oid, schema_name, table_name, name, definition, statements)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (migration, kind, table_oid, name) DO UPDATE SET definition = excluded.definition, statements = excluded.statements, state = 'suspended'`,
    [migration, object.kind, object.tableOid, object.schema, object.table, object.name, object.definition, object.statements],
  );
}

/** What has not been given back yet, in the order of rebuilding. */
export async function readSuspended(pool: pg.Pool | pg.ClientBase, migration: string): Promise<SuspendedObject[]> {
  const result = await pool.query(
    `SELECT kind, table_oid AS "tableOid", schema_name AS schema, table_name AS "table", name, definition, statements
       FROM causeway.suspended_object WHERE migration = $1 AND state <> 'restored'
      ORDER BY array_position($2::text[], kind), schema_name, table_name, name`,
    [migration, SUSPENDED_KINDS],
  );
  return result.rows as SuspendedObject[];
}

export async function setSuspendedState(client: pg.Pool | pg.ClientBase, migration: string, object: SuspendedObject, state: 'restored' | 'failed'): Promise<void> {
  await client.query('UPDATE causeway.suspended_object SET state = $5 WHERE migration = $1 AND kind = $2 AND table_oid = $3 AND name = $4', [migration, object.kind, object.tableOid, object.name, state]);
}
