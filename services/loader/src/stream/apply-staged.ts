/** Applies a staged batch in one transaction, set by set: memory stays flat however many rows it has. */
import { LIVE_RANGE } from '@causeway/control/record/quarantine-record';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { failPoint } from '@causeway/runtime/fail-point';
import { isDataError } from '../apply/data-error.ts';
import { reasonWithoutValue } from '../apply/find-refused.ts';
import { type AppliedBatches, inStreamTransaction } from './apply-batches.ts';
import { demoteForeignKeys } from './demote-foreign-keys.ts';
import { proofSql } from './foreign-keys.ts';
import { CELLS, PLACE, REJECTS, type StagedParts, stagedKeys, stagedRows } from './staged-parts.ts';
import { type Advance, checkGuard } from './stream-guard.ts';
import { removeSql, type StreamSession } from './stream-session.ts';
import type { StreamTable } from './stream-table.ts';

/** Names of the key's columns as the proof and the removal call them. */
export function stagedKeysRelation(table: StreamTable): string {
  return `(SELECT ${table.key.map((column, i) => `${quoteIdentifier(column.target)} AS k${i}`).join(', ')} FROM ${stagedKeys(table)}) k`;
}

export async function applyStaged(session: StreamSession, staged: StagedParts, to: Advance): Promise<AppliedBatches> {
  for (const table of staged.tables) await session.client.query(`ANALYZE ${stagedKeys(table)}; ANALYZE ${stagedRows(table)}`);
  return inStreamTransaction(session, to, async (begin) => {
    if (begin.length > 0) checkGuard(session, (await session.pipeline.run(begin))[2]);
    // Sets, not single keys: the planner may choose, other than for the small batches of this session.
    await session.client.query('SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on; SET LOCAL enable_seqscan = on');
    for (const table of staged.tables) await session.client.query(removeSql(table, stagedKeysRelation(table), session.foreignKeys));
    failPoint('loader.mid_copy');
    const settled = await settleQuarantine(session, staged);
    let rows = 0;
    let refused = 0;
    for (const table of staged.tables) {
      const inserted = await insertStaged(session, table);
      rows += inserted.rows;
      refused += inserted.refused;
    }
    await demoteForeignKeys(session, await prove(session, staged));
    for (const [table, change] of settled) session.countQuarantined(table, change);
    return { rows, quarantined: staged.rejects + refused };
  });
}

export async function settleQuarantine(session: StreamSession, staged: StagedParts): Promise<Map<number, number>> {
  const { client, g } = session;
  const changes = new Map<number, number>();
  const count = (rows: readonly { table_no: number }[], by: number): void => {
    for (const { table_no } of rows) changes.set(table_no, (changes.get(table_no) ?? 0) + by);
  };
  const removed = await client.query(`DELETE FROM causeway.quarantine q USING ${CELLS} c WHERE q.migration = $1 AND q.generation = $2 AND q.table_no = c.table_no AND q.key = c.key RETURNING q.table_no`, [g.migration, g.generation]);
  count(removed.rows, -1);
  if (staged.rejects === 0) return changes;
  const added = await client.query(
    `INSERT INTO causeway.quarantine (migration, generation, table_no, range_no, key, column_name, code, reason, cells)
     SELECT $1, $2, table_no, ${LIVE_RANGE}, entry->'key', entry->>'column', entry->>'code', entry->>'reason', nullif(entry->'cells', 'null') FROM ${REJECTS} RETURNING table_no`,
    [g.migration, g.generation],
  );
  count(added.rows, 1);
  return changes;
}

/** Inserts the staged rows that `where` names. */
export function insertStaged(session: StreamSession, table: StreamTable, where = ''): Promise<Halved> {
  const list = table.columnList();
  return byHalves(session, table, `INSERT INTO ${table.name} (${list}) OVERRIDING SYSTEM VALUE SELECT ${list} FROM ${stagedRows(table)} r WHERE r.${quoteIdentifier(PLACE)} BETWEEN $1 AND $2 ${where}`);
}

export interface Halved {
  readonly rows: number;
  readonly refused: number;
}

/** Runs a statement on all staged rows at once; by halves where PostgreSQL refuses one, which goes to the quarantine. */
export async function byHalves(session: StreamSession, table: StreamTable, text: string, onRefused?: (place: bigint) => Promise<void>): Promise<Halved> {
  const { client } = session;
  const bounds = await client.query(`SELECT min(${quoteIdentifier(PLACE)}) AS low, max(${quoteIdentifier(PLACE)}) AS high FROM ${stagedRows(table)}`);
  const { low, high } = bounds.rows[0] as { low: bigint | null; high: bigint | null };
  const counted = { rows: 0, refused: 0 };
  const pending: [bigint, bigint][] = low === null || high === null ? [] : [[low, high]];
  while (pending.length > 0) {
    const [from, to] = pending.pop() as [bigint, bigint];
    await client.query('SAVEPOINT row_search');
    try {
      counted.rows += (await client.query(text, [from, to])).rowCount ?? 0;
      await client.query('RELEASE SAVEPOINT row_search');
    } catch (error) {
      if (!isDataError(error)) throw error;
      await client.query('ROLLBACK TO SAVEPOINT row_search');
      if (from < to) {
        const middle = (from + to) / 2n;
        pending.push([middle + 1n, to], [from, middle]);
        continue;
      }
      counted.refused++;
      await quarantineStaged(session, table, from, error as { code: string; message: string });
      await onRefused?.(from);
    }
  }
  return counted;
}

/** The key in the source's plainest form; the extractor completes the cells. */
async function quarantineStaged(session: StreamSession, table: StreamTable, place: bigint, error: { code: string; message: string }): Promise<void> {
  const names = table.contract.keyless ? ['rowid'] : table.contract.key;
  const cell = (column: string, kind: string): string => {
    const value = `r.${quoteIdentifier(column)}`;
    const [storage, bytes] =
      kind === 'bytea' ? ['blob', value] : kind === 'float8' ? ['real', `float8send(${value})`] : kind === 'boolean' ? ['integer', `convert_to(${value}::int::text, 'UTF8')`] : kind === 'uuid' ? ['text', `convert_to(replace(${value}::text, '-', ''), 'UTF8')`] : [kind.startsWith('int') && kind !== 'interval' ? 'integer' : 'text', `convert_to(${value}::text, 'UTF8')`];
    return `jsonb_build_object('class', '${storage}', 'base64', translate(encode(${bytes}, 'base64'), E'\\n', ''))`;
  };
  const key = table.key.map((column, i) => `$${i + 6}::text, ${cell(column.target, column.kind)}`).join(', ');
  await session.client.query(
    `INSERT INTO causeway.quarantine (migration, generation, table_no, range_no, key, column_name, code, reason, cells)
     SELECT $1, $2, $3, ${LIVE_RANGE}, jsonb_build_object(${key}), '', $4, $5, NULL FROM ${stagedRows(table)} r WHERE r.${quoteIdentifier(PLACE)} = ${place}`,
    [session.g.migration, session.g.generation, table.contract.table, `SQLSTATE_${error.code}`, reasonWithoutValue(error.message), ...names],
  );
  session.countQuarantined(table.contract.table, 1);
}

async function prove(session: StreamSession, staged: StagedParts): Promise<Set<string>> {
  const violated = new Set<string>();
  if (!session.replica) return violated;
  for (const table of staged.tables) {
    const text = proofSql(table, stagedKeysRelation(table), session.foreignKeys);
    if (text === null) continue;
    for (const row of (await session.client.query({ text, rowMode: 'array' })).rows) violated.add(row[0] as string);
  }
  return violated;
}
