/**
 * Applies complete key ranges in one transaction: the offset of the partition under this loader's epoch, the ledger
 * entries, the rows and the quarantine commit together or not at all. A range that is already in the ledger is skipped.
 */
import { Failure } from '@causeway/contracts/failures';
import type { Generation } from '@causeway/control/record/table-record';
import { PASS_SETTING } from '@causeway/control/target/target-fence';
import { failPoint } from '@causeway/runtime/fail-point';
import { releasing } from '@causeway/runtime/collect-memory';
import { retryingConflicts } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import type { PartitionClaim } from '../consume/partition-claim.ts';
import type { CompleteRange } from '../consume/assemble-ranges.ts';
import { copyBinary } from './copy-binary.ts';
import { isDataError } from './data-error.ts';
import { findRefused } from './find-refused.ts';
import { quarantineByKey, quarantineByPlace, quarantineRows } from './quarantine-rows.ts';
import type { TableLoader } from './table-loader.ts';

export interface ApplyContext {
  readonly pool: pg.Pool;
  readonly g: Generation;
  readonly tables: ReadonlyMap<number, TableLoader>;
  /** The source is written meanwhile: a place among its rows names none of them. */
  readonly live?: boolean;
}

export interface Applied {
  readonly rows: number;
  readonly rejected: number;
  readonly skipped: number;
  /** Of the COPYs and of what is quarantined with them. */
  readonly copySeconds: number;
  /** Rows and bytes by table, for progress. */
  readonly byTable: ReadonlyMap<number, { rows: number; bytes: number }>;
}

export async function applyRanges(context: ApplyContext, claim: PartitionClaim, ranges: readonly CompleteRange[], nextOffset: bigint): Promise<Applied> {
  try {
    return await retryingConflicts(() => applyTogether(context, claim, ranges, nextOffset, false));
  } catch (error) {
    if (!isDataError(error)) throw error;
    // One row spoils the whole COPY: again, range by range, with a search for that row.
    return await retryingConflicts(() => applyTogether(context, claim, ranges, nextOffset, true));
  }
}

async function applyTogether(context: ApplyContext, claim: PartitionClaim, ranges: readonly CompleteRange[], nextOffset: bigint, searching: boolean): Promise<Applied> {
  const client = await context.pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    // Invariant: I2
    const fresh = await enterLedger(client, context.g, claim, ranges, nextOffset);
    // Taken out as it is used: a restarted extractor may have put the same range into one batch twice.
    const mine = ranges.filter((range) => fresh.delete(`${range.table}/${range.range}`));
    failPoint('loader.mid_copy');
    const started = performance.now();
    const rejected = searching ? await copySearching(client, context, mine) : await copyByTable(client, context, mine);
    const copySeconds = (performance.now() - started) / 1000;
    failPoint('loader.before_commit');
    await client.query('COMMIT');
    failPoint('loader.after_commit');
    return summary(ranges.length, mine, rejected, copySeconds);
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * One statement, three proofs (and of a live migration the pass through its own fence): the partition is still this loader's, the generation is still being loaded, and each
 * range is new. Returns the ranges that are.
 */
async function enterLedger(client: pg.ClientBase, g: Generation, claim: PartitionClaim, ranges: readonly CompleteRange[], nextOffset: bigint): Promise<Set<string>> {
  const result = await client.query(
    `WITH fence AS (
       UPDATE causeway.consumed SET next_offset = $5 WHERE migration = $1 AND generation = $2 AND partition = $3 AND epoch = $4 AND next_offset <= $5 RETURNING 1
     ), phase AS (
       SELECT 1 FROM causeway.migration WHERE id = $1 AND generation = $2 AND phase = 'snapshotting' FOR SHARE
     ), entered AS (
       INSERT INTO causeway.block (migration, generation, table_no, range_no, rows, rejected, bytes, position)
       SELECT $1, $2, r.table_no, r.range_no, r.rows, r.rejected, r.bytes, r.position
         FROM unnest($6::int[], $7::int[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[]) AS r (table_no, range_no, rows, rejected, bytes, position)
        WHERE EXISTS (SELECT 1 FROM fence) AND EXISTS (SELECT 1 FROM phase)
       ON CONFLICT DO NOTHING RETURNING table_no, range_no
     )
     SELECT EXISTS (SELECT 1 FROM fence) AS mine, EXISTS (SELECT 1 FROM phase) AS loading,
            (SELECT coalesce(array_agg(table_no || '/' || range_no), '{}') FROM entered) AS fresh,
            (SELECT set_config('${PASS_SETTING}', token, true) FROM causeway.live WHERE migration = $1) AS pass`,
    [
      g.migration,
      g.generation,
      claim.partition,
      claim.epoch,
      nextOffset,
      ranges.map((r) => r.table),
      ranges.map((r) => r.range),
      ranges.map((r) => r.rows),
      ranges.map((r) => r.rejects.length),
      ranges.map((r) => r.bytes),
      ranges.map((r) => r.position),
    ],
  );
  const row = result.rows[0] as { mine: boolean; loading: boolean; fresh: string[] };
  // Invariant: I3
  if (!row.mine) throw new Failure('FENCED', `partition ${claim.partition} was taken over by another loader`);
  // Invariant: I4
  if (!row.loading) throw new Failure('FENCED', `generation ${g.generation} is no longer being loaded`);
  return new Set(row.fresh);
}

async function copyByTable(client: pg.ClientBase, context: ApplyContext, ranges: readonly CompleteRange[]): Promise<number> {
  const byTable = Map.groupBy(ranges, (range) => range.table);
  let rejected = 0;
  for (const [table, list] of byTable) {
    const loader = context.tables.get(table) as TableLoader;
    if (list.some((range) => range.rows > 0)) await copyBinary(client, loader.contract, tuplesOf(loader, list));
    for (const range of list) {
      rejected += range.rejects.length;
      await quarantineRows(client, context.g, table, range.range, range.rejects);
    }
  }
  return rejected;
}

/** Well above the high-water mark of Node's sockets (16 KiB; 64 KiB from Node 22 on). */
const SOCKET_HOLDS = 256 * 1024;

/** Two buffers take turns: while the socket drains one, the next run is transcoded into the other. */
function* tuplesOf(loader: TableLoader, ranges: readonly CompleteRange[]): Generator<Buffer> {
  const buffers: [Buffer, Buffer] = [loader.borrow(), loader.borrow()];
  let turn: 0 | 1 = 0;
  const room = (bytes: number): Buffer => {
    turn = turn === 0 ? 1 : 0;
    if (buffers[turn].length < bytes) {
      releasing(buffers[turn].length);
      buffers[turn] = Buffer.allocUnsafeSlow(bytes);
    }
    return buffers[turn];
  };
  for (const run of ranges.flatMap((range) => range.runs)) {
    const chunk = loader.tuples(run, room);
    // The stream reports a small chunk as sent while the socket still holds it; only one beyond the socket's own
    // high-water mark makes it wait for the drain. Small ones get memory of their own.
    yield chunk.length > SOCKET_HOLDS ? chunk : Buffer.from(chunk);
  }
  // Only after all were taken: an abandoned COPY may still hold them.
  loader.giveBack(buffers);
}

async function copySearching(client: pg.ClientBase, context: ApplyContext, ranges: readonly CompleteRange[]): Promise<number> {
  let rejected = 0;
  for (const range of ranges) {
    const loader = context.tables.get(range.table) as TableLoader;
    const tuples = range.runs.flatMap((run) => loader.tupleList(run));
    const refused = await findRefused(client, loader.contract, tuples);
    for (const row of refused) {
      if (context.live === true) await quarantineByKey(client, context.g, loader.contract, tuples[row.place] as Buffer, row);
      else await quarantineByPlace(client, context.g, range.table, range.range, row.place, row.code, row.reason);
    }
    await quarantineRows(client, context.g, range.table, range.range, range.rejects);
    rejected += refused.length + range.rejects.length;
    if (refused.length > 0) {
      await client.query('UPDATE causeway.block SET rows = rows - $5, rejected = rejected + $5 WHERE migration = $1 AND generation = $2 AND table_no = $3 AND range_no = $4', [
        context.g.migration,
        context.g.generation,
        range.table,
        range.range,
        refused.length,
      ]);
    }
  }
  return rejected;
}

function summary(all: number, mine: readonly CompleteRange[], rejected: number, copySeconds: number): Applied {
  const byTable = new Map<number, { rows: number; bytes: number }>();
  for (const range of mine) {
    const entry = byTable.get(range.table) ?? { rows: 0, bytes: 0 };
    entry.rows += range.rows + range.rejects.length;
    entry.bytes += range.bytes;
    byTable.set(range.table, entry);
  }
  const rows = [...byTable.values()].reduce((sum, entry) => sum + entry.rows, 0);
  return { rows: rows - rejected, rejected, skipped: all - mine.length, copySeconds, byTable };
}
