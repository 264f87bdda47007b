/**
 * The fence of PostgreSQL: triggers that refuse every write to the target's tables, from the making of the tables until
 * they are opened. Triggers, never a flag that a statement reads: making or enabling one waits for the writers in flight,
 * and a transaction that began before it cannot write after it (rule 24 of the protocol).
 *
 * The loader passes it: with session_replication_role = replica these triggers do not fire, and in the snapshot, or where
 * it may not set that, it sets PASS_SETTING to the migration's token, which only readers of the schema `causeway` know.
 *
 * Opening disables the triggers and does not drop them: dropping would wait for every reader of the table.
 */
import { createHash } from 'node:crypto';
import { quoteIdentifier, qualifiedName, quoteLiteral } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';
import type { Generation } from '../record/table-record.ts';
import { disableApplicationTriggers, enableApplicationTriggers } from './application-triggers.ts';
import { restorePrivileges } from './revoked-privileges.ts';
import { dropStreamIndexes } from './stream-index.ts';

/** Holds the token in sessions of the loader that may not set session_replication_role. */
export const PASS_SETTING = 'causeway.pass';

/**
 * Names sort before other triggers: nothing of the application runs for a write that is refused anyway. The statement's
 * trigger also stops TRUNCATE; the row's also what comes through a parent of the table.
 */
export const FENCE_TRIGGER = '!causeway_fence';
export const STATEMENT_FENCE_TRIGGER = '!causeway_fence_statement';
const TRIGGERS = [STATEMENT_FENCE_TRIGGER, FENCE_TRIGGER];

const DEADLOCK = '40P01';
const TRIES = 10;

type Tables = readonly Pick<TableContract, 'targetSchema' | 'target'>[];

const nameOf = (table: Tables[number]): string => qualifiedName(table.targetSchema, table.target);

/** The message names the table and what to do; code 25006 is read_only_sql_transaction. In the control schema's DDL. */
export const FENCE_FUNCTION = `
CREATE OR REPLACE FUNCTION causeway.refuse_write() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $fence$
BEGIN
  RAISE EXCEPTION 'causeway: table %.% is closed, because SQLite is the primary of this migration', quote_ident(TG_TABLE_SCHEMA), quote_ident(TG_TABLE_NAME)
    USING ERRCODE = '25006', HINT = 'Write to SQLite until "causeway cutover" has opened this side.';
END $fence$;
`;

/**
 * Closes the tables and puts the application's own triggers aside, in the caller's transaction: from its commit on nobody but the loader writes them, and by then
 * every writer in flight has ended. Idempotent. A deadlock with a writer is tried again; the caller's transaction lives.
 * `loading`: without the row's trigger, as COPY inserts row by row where a table has one (the finisher adds it).
 */
export async function closeTarget(client: pg.ClientBase, g: Generation, contracts: Tables, options: { loading?: boolean } = {}): Promise<void> {
  const triggers = options.loading === true ? [STATEMENT_FENCE_TRIGGER] : TRIGGERS;
  if (contracts.length === 0) return;
  // Invariant: I47
  await afterDeadlocks(client, async () => {
    await lockAll(client, contracts);
    const present = await fenceTriggers(client, contracts);
    for (const table of contracts) await closeTable(client, g, table, triggers, present);
    if (options.loading !== true) await disableApplicationTriggers(client, g, contracts);
  });
}

async function closeTable(client: pg.ClientBase, g: Generation, table: Tables[number], triggers: readonly string[], present: ReadonlyMap<string, string>): Promise<void> {
  for (const trigger of triggers) {
    const enabled = present.get(`${nameOf(table)} ${trigger}`);
    if (enabled === 'O') continue;
    if (enabled !== undefined) await client.query(`ALTER TABLE ${nameOf(table)} ENABLE TRIGGER ${quoteIdentifier(trigger)}`);
    else {
      const what = trigger === FENCE_TRIGGER ? ['INSERT OR UPDATE OR DELETE', 'ROW'] : ['INSERT OR UPDATE OR DELETE OR TRUNCATE', 'STATEMENT'];
      await client.query(`CREATE TRIGGER ${quoteIdentifier(trigger)} BEFORE ${what[0]} ON ${nameOf(table)} FOR EACH ${what[1]} WHEN (${await notPassing(client, g)}) EXECUTE FUNCTION causeway.refuse_write()`);
    }
  }
}

/** Condition of a trigger's WHEN that lets the loader's writes by; only a digest of the token stands in the catalogue, which everybody can read. */
export async function notPassing(client: pg.ClientBase, g: Generation): Promise<string> {
  const live = await client.query('SELECT token FROM causeway.live WHERE migration = $1', [g.migration]);
  const digest = createHash('sha256').update(live.rows[0].token as string).digest('hex');
  return `encode(sha256(convert_to(coalesce(current_setting(${quoteLiteral(PASS_SETTING)}, true), ''), 'UTF8')), 'hex') <> ${quoteLiteral(digest)}`;
}

/**
 * Opens the tables, in the caller's transaction (the one that also moves the phase): disables the fence gives back
 * the privileges that were taken from others when the tables were made, and the application's triggers. Idempotent.
 */
export async function openTarget(client: pg.ClientBase, g: Generation, contracts: Tables, options: { privileges?: boolean } = {}): Promise<void> {
  if (contracts.length === 0) return;
  await afterDeadlocks(client, async () => {
    // Tables that are open are in use: at the end of a migration a lock would only be in the application's way.
    if ([...(await fenceTriggers(client, contracts)).values()].some((enabled) => enabled !== 'D')) {
      await lockAll(client, contracts);
      await disableFence(client, contracts);
    }
    // Of the whole migration: one table that leaves it takes nothing of the others' along.
    if (options.privileges === false) return;
    await enableApplicationTriggers(client, g);
    await restorePrivileges(client, g);
  });
}

async function disableFence(client: pg.ClientBase, contracts: Tables): Promise<void> {
  const present = await fenceTriggers(client, contracts);
  for (const table of contracts) {
    for (const trigger of TRIGGERS) {
      const enabled = present.get(`${nameOf(table)} ${trigger}`);
      if (enabled !== undefined && enabled !== 'D') await client.query(`ALTER TABLE ${nameOf(table)} DISABLE TRIGGER ${quoteIdentifier(trigger)}`);
    }
  }
}

/** Opens the tables for good, at the end of a migration: neither fence nor index of ours stays on them. */
export async function removeTargetFence(client: pg.ClientBase, g: Generation, contracts: readonly Pick<TableContract, 'targetSchema' | 'target' | 'table'>[], options: { privileges?: boolean } = {}): Promise<void> {
  await openTarget(client, g, contracts, options);
  await dropStreamIndexes(client, contracts);
  for (const table of contracts) {
    for (const trigger of TRIGGERS) await client.query(`DROP TRIGGER IF EXISTS ${quoteIdentifier(trigger)} ON ${nameOf(table)}`);
  }
}

/** `closed` or `open` where all tables agree; `partly` names an intervention from outside. */
export async function targetFenceState(client: pg.Pool | pg.ClientBase, contracts: Tables): Promise<'closed' | 'open' | 'partly'> {
  const present = await fenceTriggers(client, contracts);
  const closed = [...present.values()].filter((enabled) => enabled === 'O').length;
  if (closed === 0) return 'open';
  return closed === contracts.length * TRIGGERS.length ? 'closed' : 'partly';
}

/** `"schema"."table" trigger` → tgenabled. */
async function fenceTriggers(client: pg.Pool | pg.ClientBase, contracts: Tables): Promise<Map<string, string>> {
  const result = await client.query(
    `SELECT n.nspname AS schema, c.relname AS table, t.tgname AS trigger, t.tgenabled AS enabled
       FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE t.tgname = ANY ($1) AND NOT t.tgisinternal AND (n.nspname, c.relname) IN (SELECT * FROM unnest($2::text[], $3::text[]))`,
    [TRIGGERS, contracts.map((c) => c.targetSchema), contracts.map((c) => c.target)],
  );
  return new Map(result.rows.map((row) => [`${qualifiedName(row.schema, row.table)} ${row.trigger}`, row.enabled as string]));
}

/** The lock that making a trigger takes, for all tables at once: writers in flight end first, readers go on. */
async function lockAll(client: pg.ClientBase, contracts: Tables): Promise<void> {
  await client.query(`LOCK TABLE ${contracts.map(nameOf).join(', ')} IN SHARE ROW EXCLUSIVE MODE`);
}

/** A savepoint gives the locks back that were taken since, so that the other side of the deadlock can go on. */
async function afterDeadlocks(client: pg.ClientBase, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await client.query('SAVEPOINT causeway_fence');
    try {
      await work();
      await client.query('RELEASE SAVEPOINT causeway_fence');
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== DEADLOCK || attempt >= TRIES) throw error;
      await client.query('ROLLBACK TO SAVEPOINT causeway_fence');
    }
  }
}
