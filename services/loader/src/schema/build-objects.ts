/**
 * What the plan lists for after the load: sequences, defaults, unique constraints, indexes, checks, foreign keys,
 * views, in that order. Each is tried on its own; one that PostgreSQL refuses is reported with its reason.
 */
import { qualifiedName } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import { setSequences } from '@causeway/control/target/set-sequences';
import { readPlannedObjects, setObjectState } from '@causeway/control/record/object-record';
import type { Generation } from '@causeway/control/record/table-record';
import type { Log } from '@causeway/runtime/log';
import { inTransaction, isConnectionError, messageOf, oneStatement } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import { givenIds } from './given-ids.ts';
import { type ComputedInput, makeComputed } from './make-computed.ts';

export async function buildObjects(pool: pg.Pool, g: Generation, contracts: readonly TableContract[], log: Log, live = false): Promise<void> {
  await setSequences(pool, contracts, await givenIds(pool, g));
  // A key that had to wait for the change stream comes before what rests on it.
  const planned = (await readPlannedObjects(pool, g)).toSorted((a, b) => Number(b.kind === 'primary_key') - Number(a.kind === 'primary_key'));
  for (const object of planned) {
    const made = object.kind === 'generated_column' ? await computedObject({ pool, g, contracts, live }, object) : await makeObject(pool, object.targetSql);
    await setObjectState(pool, g, object.number, made.state, made.fidelity, made.note);
    if (made.state === 'failed') log.warn({ kind: object.kind }, 'an object of the schema could not be made; see the report');
  }
}

/** Operator classes of extensions have no schema in the plan: where an extension lies is the server's matter. */
const OPERATOR_CLASSES = /\bgin_trgm_ops\b|\bcube\(/;

/** In force for the statement alone. Every object is qualified, so that nothing else changes its meaning. */
async function extensionPath(client: pg.ClientBase): Promise<string> {
  const found = await client.query("SELECT DISTINCT quote_ident(n.nspname) AS name FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname IN ('pg_trgm', 'cube')");
  return `SET LOCAL search_path TO ${['pg_catalog', ...found.rows.map((row) => row.name as string)].join(', ')}`;
}

/**
 * Pages are marked as seen by all, so that indexes answer by themselves, and expressions of the new indexes get their
 * statistics. Autovacuum would do it some minutes later; the application comes before.
 */
export async function vacuumTables(pool: pg.Pool, contracts: readonly TableContract[], log: Log): Promise<void> {
  for (const contract of contracts) {
    await pool.query(`VACUUM (ANALYZE, SKIP_LOCKED, TRUNCATE off) ${qualifiedName(contract.targetSchema, contract.target)}`).catch((error: unknown) => {
      if (isConnectionError(error)) throw error;
      // Statistics are there from the load; nothing rests on this.
      log.warn({ table: contract.table }, 'a table could not be vacuumed');
    });
  }
}

interface Made {
  readonly state: 'made' | 'failed';
  /** Null: as planned. */
  readonly fidelity: 'approximated' | 'needs_decision' | null;
  readonly note: string;
}

/** 42P07, 42710, 42P16: made by an earlier run that was stopped before it could say so. */
const ALREADY = new Set(['42P07', '42710', '42P16']);
/** Rows that were already there break the constraint: it is kept for new rows. */
const VIOLATED = new Set(['23503', '23514']);

/** As one statement: whatever a plan file holds behind it is refused, not run. */
async function runOne(pool: pg.Pool, sql: string): Promise<void> {
  if (!OPERATOR_CLASSES.test(sql)) {
    await pool.query(oneStatement(sql));
    return;
  }
  await inTransaction(pool, async (client) => {
    await client.query(await extensionPath(client));
    await client.query(oneStatement(sql));
  });
}

async function computedObject(input: ComputedInput, object: Parameters<typeof makeComputed>[1]): Promise<Made> {
  try {
    const problem = await makeComputed(input, object);
    return problem === null ? { state: 'made', fidelity: null, note: '' } : { state: 'failed', fidelity: 'needs_decision', note: problem };
  } catch (error) {
    if (isConnectionError(error)) throw error;
    return { state: 'failed', fidelity: 'needs_decision', note: `not made: ${messageOf(error)}; nothing computes the column in PostgreSQL` };
  }
}

async function makeObject(pool: pg.Pool, sql: string): Promise<Made> {
  try {
    await runOne(pool, sql);
    return { state: 'made', fidelity: null, note: '' };
  } catch (error) {
    if (isConnectionError(error)) throw error;
    const code = (error as { code?: string }).code ?? '';
    if (ALREADY.has(code)) return { state: 'made', fidelity: null, note: '' };
    if (!VIOLATED.has(code)) return { state: 'failed', fidelity: 'needs_decision', note: messageOf(error) };
    await runOne(pool, `${sql} NOT VALID`);
    return { state: 'made', fidelity: 'approximated', note: 'rows that are already there violate it: it is NOT VALID, and holds for new rows' };
  }
}
