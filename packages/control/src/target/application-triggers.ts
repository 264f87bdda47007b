/**
 * Triggers of the application on the target's tables. While SQLite is the primary their effects arrive as changes of
 * their own, so they stand aside, whatever they are enabled for, and come back when the target is opened.
 */
import { quoteIdentifier, qualifiedName } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';
import type { Generation } from '../record/table-record.ts';

/** Everything of ours on a table begins so. */
const OURS = '^[!_]?causeway';

/** What ALTER TABLE says for pg_trigger.tgenabled. */
const ENABLE: Readonly<Record<string, string>> = { O: 'ENABLE TRIGGER', R: 'ENABLE REPLICA TRIGGER', A: 'ENABLE ALWAYS TRIGGER' };

interface Trigger {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly enabled: string;
}

/** In the caller's transaction, under its lock on the tables. Idempotent. */
export async function disableApplicationTriggers(client: pg.ClientBase, g: Generation, tables: readonly Pick<TableContract, 'targetSchema' | 'target'>[]): Promise<void> {
  const found = await client.query(
    `INSERT INTO causeway.disabled_trigger (migration, schema_name, table_name, name, enabled)
     SELECT $1, n.nspname, c.relname, t.tgname, t.tgenabled
       FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgname !~ '${OURS}' AND (n.nspname, c.relname) IN (SELECT * FROM unnest($2::text[], $3::text[]))
     ON CONFLICT (migration, schema_name, table_name, name) DO UPDATE SET enabled = excluded.enabled
     RETURNING schema_name AS schema, table_name AS table, name, enabled`,
    [g.migration, tables.map((table) => table.targetSchema), tables.map((table) => table.target)],
  );
  for (const trigger of found.rows as Trigger[]) await client.query(`ALTER TABLE ${qualifiedName(trigger.schema, trigger.table)} DISABLE TRIGGER ${quoteIdentifier(trigger.name)}`);
}

/** Gives back exactly what was disabled, as far as it is still there. Idempotent. */
export async function enableApplicationTriggers(client: pg.ClientBase, g: Generation): Promise<void> {
  const stored = await client.query(
    `DELETE FROM causeway.disabled_trigger d WHERE migration = $1
     RETURNING schema_name AS schema, table_name AS table, name, enabled,
       EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = to_regclass(quote_ident(d.schema_name) || '.' || quote_ident(d.table_name)) AND t.tgname = d.name) AS there`,
    [g.migration],
  );
  for (const trigger of stored.rows as (Trigger & { there: boolean })[]) {
    if (trigger.there) await client.query(`ALTER TABLE ${qualifiedName(trigger.schema, trigger.table)} ${ENABLE[trigger.enabled]} ${quoteIdentifier(trigger.name)}`);
  }
}
