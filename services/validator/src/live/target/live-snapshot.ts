/**
 * One snapshot of the target: the position that it stands at and the rows are read from the same one, so that nothing
 * can be applied between them (rule 14).
 */
import type { ExactCell } from '@causeway/contracts/source-value';
import { exactCellJson } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import { findLive } from '@causeway/control/live/live-record';
import { readStreamPosition } from '@causeway/control/live/stream-position';
import { storedName } from '@causeway/control/record/quarantine-record';
import type { Generation } from '@causeway/control/record/table-record';
import type pg from 'pg';
import type { TargetRowState } from '../row-state.ts';
import { storedKeyNames } from '../live-contract.ts';
import { byKeyStatement, rangeListStatement, rangeSumStatement } from './live-statements.ts';

export const BEGIN = [
  'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  'SET LOCAL search_path TO pg_catalog',
  'SET LOCAL statement_timeout TO 0',
  "SET LOCAL TimeZone TO 'UTC'",
  "SET LOCAL DateStyle TO 'ISO, MDY'",
  'SET LOCAL extra_float_digits TO 1',
  'SET LOCAL jit TO off',
].join('; ');

/** The attempt during which SQLite is the primary; null while it is not, or nobody can say. */
export async function primaryAttempt(client: pg.Pool | pg.ClientBase, migration: string): Promise<bigint | null> {
  const live = await findLive(client, migration);
  return live !== null && (live.phase === 'following' || live.phase === 'switching') ? live.attempt : null;
}

export interface Snapshot {
  /** Newest log id that anything in this snapshot may be as new as. */
  readonly newest: bigint;
  readonly applied: bigint;
  /** As of this snapshot. */
  readonly attempt: bigint | null;
  readonly client: pg.ClientBase;
}

/** Runs `read` in a snapshot of its own. */
export async function inSnapshot<T>(pool: pg.Pool, g: Generation, read: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query(BEGIN);
    const { applied, asOf } = await readStreamPosition(client, g);
    return await read({ client, applied, attempt: await primaryAttempt(client, g.migration), newest: asOf > applied ? asOf : applied });
  } finally {
    await client.query('ROLLBACK').catch(() => {
      broken = true;
    });
    client.release(broken);
  }
}

export interface FoundRows {
  /** By the match of their key; several where the target holds a key more than once. */
  readonly rows: ReadonlyMap<bigint, readonly TargetRowState[]>;
  /** Index of each key that the quarantine names. */
  readonly quarantined: ReadonlySet<number>;
}

/** `matches`: null where the key has no canonical form, so that the target cannot hold it. */
export async function findRows(client: pg.ClientBase, g: Generation, contract: TableContract, keys: readonly (readonly ExactCell[])[], matches: readonly (bigint | null)[], elements: boolean): Promise<FoundRows> {
  const sure = keys.map((key, i) => ({ key, match: matches[i] ?? null })).filter((k): k is { key: readonly ExactCell[]; match: bigint } => k.match !== null);
  const rows = new Map<bigint, TargetRowState[]>();
  if (sure.length > 0) {
    const statement = byKeyStatement(contract, sure.map((k) => k.key), sure.map((k) => k.match), elements);
    for (const [match, digest, list] of (await client.query({ ...statement, rowMode: 'array' })).rows as [string, string, string | null][]) {
      const state = { digest: BigInt(digest), elements: list === null ? null : list.slice(1, -1).split(',').map(BigInt) };
      const known = rows.get(BigInt(match));
      if (known === undefined) rows.set(BigInt(match), [state]);
      else known.push(state);
    }
  }
  return { rows, quarantined: await quarantinedAmong(client, g, contract, keys) };
}

/** Index of each key that the quarantine names. */
export async function quarantinedAmong(client: pg.ClientBase, g: Generation, contract: TableContract, keys: readonly (readonly ExactCell[])[]): Promise<ReadonlySet<number>> {
  const stored = keys.map((key) => JSON.stringify(storedKey(contract, key)));
  const found = await client.query({
    text: `SELECT DISTINCT k.n::int FROM unnest($4::jsonb[]) WITH ORDINALITY AS k(key, n)
             JOIN causeway.quarantine AS q ON q.key = k.key WHERE q.migration = $1 AND q.generation = $2 AND q.table_no = $3`,
    values: [g.migration, g.generation, contract.table, stored],
    rowMode: 'array',
  });
  return new Set((found.rows as [number][]).map(([n]) => n - 1));
}

/** A key as the quarantine and the record of divergences hold it. */
export function storedKey(contract: TableContract, key: readonly ExactCell[]): Record<string, unknown> {
  return Object.fromEntries(storedKeyNames(contract).map((name, i) => [storedName(name), exactCellJson(key[i] as ExactCell)]));
}

export async function rangeSum(client: pg.ClientBase, contract: TableContract, low: bigint, high: bigint): Promise<{ rows: number; sum: bigint }> {
  const result = await client.query({ ...rangeSumStatement(contract, low, high), rowMode: 'array' });
  const [rows, sum] = result.rows[0] as [string, string];
  return { rows: Number(rows), sum: BigInt.asUintN(64, BigInt(sum)) };
}

export async function rangeList(client: pg.ClientBase, contract: TableContract, low: bigint, high: bigint): Promise<Map<bigint, bigint>> {
  const result = await client.query({ ...rangeListStatement(contract, low, high), rowMode: 'array' });
  return new Map((result.rows as [string, string][]).map(([key, digest]) => [BigInt(key), BigInt(digest)]));
}
