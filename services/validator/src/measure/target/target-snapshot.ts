/**
 * One snapshot of the target: everything that is read of a table while it is verified is read in one transaction, so
 * that a bucket which differed still differs when its rows are listed. Not for use by two callers at once.
 */
import type { BucketSum } from '../../align/bucket-sums.ts';
import type { Buckets } from '../../align/buckets.ts';
import type { DescribedRow } from '../described-row.ts';
import type { RowList } from '../source/list-task.ts';
import { Failure } from '@causeway/contracts/failures';
import { qualifiedName, quoteIdentifier } from '@causeway/contracts/identifier';
import type { ExactCell } from '@causeway/contracts/source-value';
import { ROWID_COLUMN, type TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';
import { describeStatement, listStatement, measureStatement, type Statement, type Within } from './target-statements.ts';

/** In force whatever the pool, the role or the database has set. Compiling costs more than these scans take. */
const BEGIN = [
  'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  'SET LOCAL search_path TO pg_catalog',
  'SET LOCAL statement_timeout TO 0',
  'SET LOCAL idle_in_transaction_session_timeout TO 0',
  "SET LOCAL TimeZone TO 'UTC'",
  "SET LOCAL DateStyle TO 'ISO, MDY'",
  'SET LOCAL extra_float_digits TO 1',
  'SET LOCAL jit TO off',
].join('; ');

export class TargetSnapshot {
  private readonly pool: pg.Pool;
  private readonly client: pg.PoolClient;
  private readonly contract: TableContract;

  private constructor(pool: pg.Pool, client: pg.PoolClient, contract: TableContract) {
    this.pool = pool;
    this.client = client;
    this.contract = contract;
  }

  static async open(pool: pg.Pool, contract: TableContract): Promise<TargetSnapshot> {
    const client = await pool.connect();
    try {
      await client.query(BEGIN);
      return new TargetSnapshot(pool, client, contract);
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** Also ends the snapshot of a broken connection. */
  async close(): Promise<void> {
    let broken = false;
    await this.client.query('ROLLBACK').catch(() => {
      broken = true;
    });
    this.client.release(broken);
  }

  async measure(buckets: Buckets, within: Within, signal: AbortSignal): Promise<Map<number, BucketSum>> {
    const rows = await this.rows(measureStatement(this.contract, buckets, within), signal);
    return new Map(rows.map(([bucket, count, sum]) => [Number(bucket), { rows: Number(count), sum: BigInt.asUintN(64, BigInt(sum as string)) }]));
  }

  async list(within: NonNullable<Within>, signal: AbortSignal): Promise<RowList> {
    return (await this.rows(listStatement(this.contract, within), signal)).flatMap((row) => row.map((n) => BigInt(n as string)));
  }

  async describe(within: NonNullable<Within>, matches: readonly bigint[], limit: number, signal: AbortSignal): Promise<DescribedRow[]> {
    const identity = this.contract.key.length === 0 ? await this.identity() : null;
    const rows = await this.rows(describeStatement(this.contract, within, identity, matches, limit), signal);
    return rows.map(([match, digest, elements, ...key]) => ({
      match: BigInt(match as string),
      digest: BigInt(digest as string),
      elements: (elements as string).slice(1, -1).split(',').map(BigInt),
      key: this.keyCells(key, identity !== null),
    }));
  }

  /** The identity column of a table without a key, as long as the migration keeps it. */
  private async identity(): Promise<string | null> {
    const table = qualifiedName(this.contract.targetSchema, this.contract.target);
    const found = await this.client.query('SELECT 1 FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2 AND NOT attisdropped', [table, ROWID_COLUMN]);
    return found.rows.length === 0 ? null : `t.${quoteIdentifier(ROWID_COLUMN)}::text`;
  }

  private keyCells(texts: readonly (string | null)[], hasIdentity: boolean): ExactCell[] {
    if (this.contract.key.length === 0) return [textCell(hasIdentity ? 'rowid' : 'ctid', hasIdentity ? 'integer' : 'text', texts[0] ?? null)];
    return this.contract.key.map((name, i) => {
      const kind = this.contract.columns.find((c) => c.source === name)?.type.kind ?? 'text';
      const text = texts[i] ?? null;
      if (kind === 'bytea') return textCell(name, 'blob', text, 'hex');
      if (kind === 'float8') return textCell(name, 'real', text, 'hex');
      return textCell(name, kind === 'int2' || kind === 'int4' || kind === 'int8' ? 'integer' : 'text', text);
    });
  }

  private async rows(statement: Statement, signal: AbortSignal): Promise<(string | null)[][]> {
    signal.throwIfAborted();
    const cancel = (): void => {
      // The backend would otherwise finish a scan that nobody waits for.
      const pid = (this.client as unknown as { processID?: number }).processID;
      if (pid !== undefined) this.pool.query('SELECT pg_cancel_backend($1)', [pid]).catch(() => {});
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const result = await this.client.query({ ...statement, rowMode: 'array' });
      return result.rows as (string | null)[][];
    } catch (cause) {
      signal.throwIfAborted();
      const { code = '', message } = cause as { code?: string; message: string };
      // A server's own SQLSTATE; connection errors are left to the caller.
      if (!/^(22|42|53|54)/.test(code)) throw cause;
      throw new Failure('TARGET_REFUSED', `reading ${qualifiedName(this.contract.targetSchema, this.contract.target)}: ${message}`, { cause });
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }
}

function textCell(name: string, storage: ExactCell['class'], text: string | null, encoding: BufferEncoding = 'utf8'): ExactCell {
  return text === null ? { name, class: 'null', bytes: new Uint8Array(0) } : { name, class: storage, bytes: Buffer.from(text, encoding) };
}
