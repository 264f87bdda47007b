/** Reads one key range in one short read transaction and builds its messages. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { KeyRange } from '@causeway/control/record/table-record';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { logEnd } from '@causeway/control/capture/source-facts';
import { BlockBuilder, type BlockIdentity, type BuiltPart } from './block-builder.ts';
import type { ExactRow } from '@causeway/control/source/read-exact';
import type { TextDecoding } from '@causeway/control/source/text-decoding';
import { writeExact } from './exact-row.ts';
import { prepared, readExact, selectFast, whereRange } from './range-statements.ts';
import type { RowEncoder } from './row-codec.ts';
import type { Cell } from './row-writer.ts';

export interface TableReading {
  readonly contract: TableContract;
  readonly encode: RowEncoder;
  readonly decode: TextDecoding;
  readonly schemaId: number;
  /** Integers and integral reals must be told apart in this table, so integers are read as bigint. */
  readonly exactClasses: boolean;
  readonly select: string;
  /** The source is captured: every block says how new it is. */
  readonly live: boolean;
}

export type RangeIdentity = Omit<BlockIdentity, 'position'>;

export interface RangeResult {
  readonly rows: number;
  readonly rejects: number;
  /** A reject in a table that was decided on a sample: its plan must be made again from all rows. */
  readonly surprise: { readonly column: string; readonly reason: string } | null;
}

export function tableReading(db: SourceDatabase, contract: TableContract, encode: RowEncoder, decode: TextDecoding, schemaId: number, live = false): TableReading {
  return { live, contract, encode, decode, schemaId, exactClasses: needsExactClasses(db, contract), select: selectFast(contract) };
}

/**
 * Without safeIntegers an INTEGER 1 and a REAL 1.0 are the same number. Columns with INTEGER, NUMERIC or REAL affinity
 * never hold both; typeless ones do, and printing needs to know.
 */
function needsExactClasses(db: SourceDatabase, contract: TableContract): boolean {
  if (contract.columns.some((c) => c.form === 'any' && c.type.kind === 'text')) return true;
  const columns = db.pragma(`main.table_xinfo(${quoteIdentifier(contract.source)})`) as { type: string; hidden: number }[];
  return columns.some(({ type, hidden }) => hidden !== 1 && (type === '' || /BLOB|^ANY$/i.test(type)));
}

/** `emit` is called for each part in order; it may block. */
export function readRange(db: SourceDatabase, reading: TableReading, range: KeyRange, identity: RangeIdentity, emit: (part: BuiltPart) => void, memory?: () => Buffer): RangeResult {
  const where = whereRange(reading.contract, range);
  const statement = prepared(db, reading.select + where.sql).safeIntegers(reading.exactClasses);
  let exact: ExactRow[] | undefined;
  let rejects = 0;
  let rows = 0;
  let builder: BlockBuilder;
  db.exec('BEGIN');
  try {
    // In the transaction that the rows are read in: from here on the change stream has what they lack.
    // Invariant: I84
    builder = new BlockBuilder({ ...identity, position: reading.live ? logEnd(db) : 0n }, reading.schemaId, emit, memory);
    // The key range was cut to about one message, so all() holds little; one row alone may still be large.
    const page = statement.all(...where.values) as (Cell | null)[][];
    for (let i = 0; i < page.length; i++) {
      const start = builder.writer.pos;
      const failed = reading.encode(builder.writer, page[i] as (Cell | null)[]);
      if (failed >= 0) {
        builder.writer.pos = start;
        exact ??= readExact(db, reading.contract, range);
        const reject = writeExact(builder.writer, reading.encode, reading.contract, exact[i] as ExactRow, reading.decode);
        if (reject !== null) {
          if (reading.contract.speculative) return { rows, rejects: 1, surprise: { column: reject.column, reason: reject.reason } };
          rejects++;
          builder.reject(reject);
          continue;
        }
      }
      rows++;
      builder.rowWritten(start);
    }
  } finally {
    db.exec('COMMIT');
  }
  builder.close();
  return { rows, rejects, surprise: null };
}
