/** One table on the way forward: reads its changed keys with the rows that stand under them now, and encodes both. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { keyContract } from '@causeway/contracts/live/change-schema';
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { ChangedRow } from '../publish/part-writer.ts';
import { exactRowCells } from '@causeway/control/source/exact-cells';
import { type ExactCellRead, type ExactRow, readExactWhere } from '@causeway/control/source/read-exact';
import type { TextDecoding } from '@causeway/control/source/text-decoding';
import { writeExact } from '../read/exact-row.ts';
import { encodeCells, encodeReject } from '../read/reject-record.ts';
import { generateEncoder } from '../read/row-codec.ts';
import { type Cell, RowWriter } from '../read/row-writer.ts';
import { CHANGED } from './changed-keys.ts';

/** Rows behind a page are read in one go; large rows make the next page smaller. */
const FIRST_PAGE = 32;
const LARGEST_PAGE = 1_024;
const PAGE_BYTES = 512 * 1024;

export class FollowTable {
  readonly contract: TableContract;
  private readonly db: SourceDatabase;
  private readonly decode: TextDecoding;
  private readonly keyContract: TableContract;
  private readonly keyNames: readonly string[];
  private readonly encodeRow;
  private readonly encodeKey;
  private readonly select: string;
  private readonly writer = new RowWriter(Buffer.alloc(64 * 1024));
  private page = FIRST_PAGE;

  constructor(db: SourceDatabase, contract: TableContract, decode: TextDecoding) {
    this.db = db;
    this.contract = contract;
    this.decode = decode;
    this.keyContract = keyContract(contract);
    this.keyNames = contract.keyless ? ['rowid'] : contract.key;
    this.encodeRow = generateEncoder(contract);
    this.encodeKey = generateEncoder(this.keyContract);
    this.select = selectChanged(contract);
  }

  /** Every key with the numbers `first` to `last`, in order. The caller holds the read transaction. */
  *read(first: number, last: number): Generator<ChangedRow> {
    const statement = this.db.prepare(this.select).raw().safeIntegers();
    for (let at = first; at <= last; ) {
      const to = Math.min(last, at + this.page - 1);
      let bytes = 0;
      for (const line of statement.all(at, to) as (Cell | null)[][]) {
        const changed = this.changed(line);
        bytes += changed.row?.length ?? changed.reject?.length ?? 0;
        yield changed;
      }
      at = to + 1;
      this.page = bytes > PAGE_BYTES ? Math.max(1, this.page >> 2) : Math.min(LARGEST_PAGE, this.page * 2);
    }
  }

  private changed(line: readonly (Cell | null)[]): ChangedRow {
    const n = line[0] as bigint;
    const width = this.keyNames.length;
    const values = line.slice(1, 1 + width);
    // U+FFFD may stand for bytes that are no UTF-8: then only the bytes tell which key it is.
    const stored = values.some((value) => typeof value === 'string' && value.includes('\uFFFD')) ? this.storedKey(n) : null;
    const cells = encodeCells(stored === null ? values.map((value, i) => exactCell(this.keyNames[i] as string, value)) : exactRowCells(this.keyContract, stored, this.decode).key);
    const key = this.key(n, values, stored);
    const present = line[1 + width] === 1n;
    return { cells, key, ...(present ? this.row(n, line.slice(2 + width)) : { row: null, reject: null }) };
  }

  /** Null where the key's types cannot hold it: then no row of the target has it. */
  private key(n: bigint, values: (Cell | null)[], stored: ExactRow | null): Buffer | null {
    const { writer } = this;
    writer.pos = 0;
    if (stored === null && this.encodeKey(writer, values) < 0) return this.written();
    writer.pos = 0;
    return writeExact(writer, this.encodeKey, this.keyContract, stored ?? this.storedKey(n), this.decode) === null ? this.written() : null;
  }

  private row(n: bigint, values: (Cell | null)[]): Pick<ChangedRow, 'row' | 'reject'> {
    const { writer, contract } = this;
    writer.pos = 0;
    if (this.encodeRow(writer, values) < 0) return { row: this.written(), reject: null };
    writer.pos = 0;
    // The number stands in the text: the driver counts a parameter by its place, and a key is compared three times.
    const [exact] = readExactWhere(this.db, contract, { sql: ` WHERE ${match(contract, (i) => `(SELECT k${i} FROM ${CHANGED} WHERE n = ${n})`, '')}`, values: [] });
    const reject = writeExact(writer, this.encodeRow, contract, exact as ExactRow, this.decode);
    return reject === null ? { row: this.written(), reject: null } : { row: null, reject: encodeReject(reject) };
  }

  /** The key with its classes and stored bytes, once more from the list. */
  private storedKey(n: bigint): ExactRow {
    const list = this.keyNames.map((_, i) => `typeof(k${i}), CASE typeof(k${i}) WHEN 'text' THEN CAST(k${i} AS BLOB) ELSE k${i} END`);
    const read = this.db.prepare(`SELECT ${list.join(', ')} FROM ${CHANGED} WHERE n = ?`).raw().safeIntegers().get(n) as (Cell | null)[];
    const cells = this.keyNames.map((_, i): ExactCellRead => ({ class: read[2 * i] as ExactCellRead['class'], value: read[2 * i + 1] as Cell | null }));
    return { identity: null, cells };
  }

  private written(): Buffer {
    return Buffer.from(this.writer.buf.subarray(0, this.writer.pos));
  }
}

/** Number, key as the log has it, whether the row stands, and its cells; in the order of the numbers. */
function selectChanged(contract: TableContract): string {
  const table = `${quoteIdentifier(contract.source)}.`;
  const width = contract.keyless ? 1 : contract.key.length;
  const present = contract.order.kind === 'rowid' && contract.order.alias !== null ? contract.order.alias : (contract.key[0] as string);
  const list = [
    'c.n',
    ...Array.from({ length: width }, (_, i) => `c.k${i}`),
    `${table}${quoteIdentifier(present)} IS NOT NULL`,
    ...(contract.keyless ? [`${table}${quoteIdentifier(present)}`] : []),
    ...contract.columns.map((column) => `${table}${quoteIdentifier(column.source)}`),
  ];
  return `SELECT ${list.join(', ')} FROM ${CHANGED} AS c LEFT JOIN ${quoteIdentifier(contract.source)} ON ${match(contract, (i) => `c.k${i}`, table)} WHERE c.n BETWEEN ? AND ? ORDER BY c.n`;
}

/** By class and bytes, whatever the column's collation calls equal; the first comparison of each column finds it in the index. */
function match(contract: TableContract, key: (i: number) => string, table: string): string {
  if (contract.keyless) return `${table}${quoteIdentifier((contract.order as { alias: string }).alias)} = ${key(0)}`;
  return contract.key
    .map((name, i) => {
      const column = `${table}${quoteIdentifier(name)}`;
      return `${column} IS ${key(i)} AND ${column} COLLATE BINARY IS ${key(i)} AND typeof(${column}) = typeof(${key(i)})`;
    })
    .join(' AND ');
}

function exactCell(name: string, value: Cell | null): ExactCell {
  if (value === null) return { name, class: 'null', bytes: new Uint8Array(0) };
  if (typeof value === 'bigint') return { name, class: 'integer', bytes: Buffer.from(String(value)) };
  if (typeof value === 'string') return { name, class: 'text', bytes: Buffer.from(value, 'utf8') };
  if (typeof value !== 'number') return { name, class: 'blob', bytes: value };
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return { name, class: 'real', bytes };
}
