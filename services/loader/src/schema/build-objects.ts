/**
 * What the plan lists for after the load: sequences, defaults, unique constraints, indexes, checks, foreign keys,
 * views, in that order. Each is tried on its own; one that PostgreSQL refuses is reported with its reason.
 */
import { quoteIdentifier, qualifiedName } from '@causeway/contracts/identifier';
import { ROWID_COLUMN, type TableContract } from '@causeway/contracts/table-contract';
import { readPlannedObjects, setObjectState } from '@causeway/control/record/object-record';
import type { Generation } from '@causeway/control/record/table-record';
import type { Log } from '@causeway/runtime/log';
import { isConnectionError, messageOf } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import { identityColumn } from './create-tables.ts';

export async function buildObjects(pool: pg.Pool, g: Generation, contracts: readonly TableContract[], log: Log): Promise<void> {
  for (const contract of contracts) await setSequence(pool, g, contract);
  // A key that had to wait for the change stream comes before what rests on it.
  const planned = (await readPlannedObjects(pool, g)).toSorted((a, b) => Number(b.kind === 'primary_key') - Number(a.kind === 'primary_key'));
  for (const object of planned) {
    const made = await makeObject(pool, object.targetSql);
    await setObjectState(pool, g, object.number, made.state, made.fidelity, made.note);
    if (made.state === 'failed') log.warn({ kind: object.kind }, 'an object of the schema could not be made; see the report');
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

async function makeObject(pool: pg.Pool, sql: string): Promise<Made> {
  try {
    await pool.query(sql);
    return { state: 'made', fidelity: null, note: '' };
  } catch (error) {
    if (isConnectionError(error)) throw error;
    const code = (error as { code?: string }).code ?? '';
    if (ALREADY.has(code)) return { state: 'made', fidelity: null, note: '' };
    if (!VIOLATED.has(code)) return { state: 'failed', fidelity: 'needs_decision', note: messageOf(error) };
    await pool.query(`${sql} NOT VALID`);
    return { state: 'made', fidelity: 'approximated', note: 'rows that are already there violate it: it is NOT VALID, and holds for new rows' };
  }
}

/**
 * The next id is above every id that was ever given: sqlite_sequence, not max(id), knows of deleted ones. Only
 * forwards; an id below 1 (negative keys) leaves the sequence at its start.
 */
async function setSequence(pool: pg.Pool, g: Generation, contract: TableContract): Promise<void> {
  const source = contract.keyless ? null : identityColumn(contract);
  const target = contract.keyless ? ROWID_COLUMN : contract.columns.find((c) => c.source === source)?.target;
  if (target === undefined) return;
  const name = qualifiedName(contract.targetSchema, contract.target);
  await pool.query(
    `SELECT setval(pg_get_serial_sequence($1, $2)::regclass, greatest(s.highest, 1), s.highest >= 1)
       FROM (SELECT greatest(coalesce(max(${quoteIdentifier(target)}), 0), coalesce($3::bigint, 0)) AS highest FROM ${name}) s`,
    [name, target, await highestGiven(pool, g, contract)],
  );
}

async function highestGiven(pool: pg.Pool, g: Generation, contract: TableContract): Promise<string | null> {
  const result = await pool.query("SELECT source->'sequences'->>$2 AS seq FROM causeway.migration WHERE id = $1", [g.migration, contract.source]);
  return (result.rows[0]?.seq as string | undefined) ?? null;
}
