/**
 * Cuts a table into key ranges of about one message each, by walking its keys in order. The bytes of a range are
 * known from `octet_length`, which reads no overflow page. Ranges are stored before anything of them is published, so
 * that a range that is read again after a crash has the same bounds; a slice of them at a time, so that reading begins
 * while the rest of a large table is not yet cut.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import type { KeyBound, KeyRange } from '@causeway/control/record/table-record';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { bindBound, orderColumns, prepared } from './range-statements.ts';

const RANGE_ROWS = 4_000;
const FIRST_ROWS = 256;
const RANGE_BYTES = 384 * 1024;
/** A range over this is cut again; below it the next one is only made smaller. */
const RANGE_BYTES_MAX = 2 * RANGE_BYTES;

type Bound = readonly KeyBound[] | null;
interface Step {
  readonly rows: number;
  readonly bytes: number;
  readonly last: Bound;
}

/** Where a slice begins: behind the ranges before it. */
export interface SliceStart {
  readonly range: number;
  readonly lo: Bound;
  /** Rows of the first step; what fitted before fits again. */
  readonly rows: number;
}

export const FIRST_SLICE: SliceStart = { range: 0, lo: null, rows: FIRST_ROWS };

export interface RangeSlice {
  readonly ranges: readonly KeyRange[];
  /** Where the next slice begins; null: the table's last range is among these. */
  readonly next: SliceStart | null;
}

/** At most `count` ranges from a start on. Together the slices tile the key space from −∞ to +∞. */
export function planRanges(db: SourceDatabase, contract: TableContract, start: SliceStart, count: number): RangeSlice {
  const names = orderColumns(contract);
  if (names.length === 0) return { ranges: [{ range: 0, lo: null, hi: null }], next: null };
  const walk = keyWalk(db, contract, names);
  const ranges: KeyRange[] = [];
  let { lo, rows: want } = start;
  while (ranges.length < count) {
    const step = walk(lo, want);
    if (step.bytes > RANGE_BYTES_MAX && step.rows > 1) {
      want = Math.max(1, Math.floor((step.rows * RANGE_BYTES) / step.bytes));
      continue;
    }
    const end = step.rows < want;
    ranges.push({ range: start.range + ranges.length, lo, hi: end ? null : step.last });
    if (end) return { ranges, next: null };
    lo = step.last;
    want = Math.max(1, Math.min(RANGE_ROWS, Math.floor((step.rows * RANGE_BYTES) / Math.max(1, step.bytes))));
  }
  return { ranges, next: { range: start.range + ranges.length, lo, rows: want } };
}

/** One step: how many rows and bytes stand in the next `want` keys after `lo`, and the last of those keys. */
function keyWalk(db: SourceDatabase, contract: TableContract, names: readonly string[]): (lo: Bound, want: number) => Step {
  const columns = names.map(quoteIdentifier);
  const { constant, bulky } = sizes(contract.columns);
  const bytes = [String(constant), ...bulky.map((name) => `coalesce(octet_length(${quoteIdentifier(name)}), 0)`)].join(' + ');
  const table = quoteIdentifier(contract.source);
  const left = columns.length === 1 ? columns[0] : `(${columns.join(', ')})`;
  const order = columns.join(', ');
  // One integer key: its largest is the last, found in the same walk.
  const single = contract.order.kind === 'rowid';
  return (lo, want) => {
    const right = lo?.map((bound) => (bound.class === 'text' ? 'CAST(? AS TEXT)' : '?'));
    const where = right === undefined ? '' : ` WHERE ${left} > ${right.length === 1 ? right[0] : `(${right.join(', ')})`}`;
    const values = lo?.map(bindBound) ?? [];
    const sums = prepared(db, `SELECT count(*), coalesce(sum(b), 0), max(k) FROM (SELECT ${bytes} AS b, ${single ? columns[0] : 'NULL'} AS k FROM ${table}${where} ORDER BY ${order} LIMIT ?)`)
      .safeIntegers()
      .get(...values, want) as [bigint, bigint, bigint | null];
    const rows = Number(sums[0]);
    if (rows < want) return { rows, bytes: Number(sums[1]), last: null };
    const last = single
      ? [keyBound('integer', sums[2] as bigint)]
      : lastKey(db, `SELECT ${columns.map(exactKey).join(', ')} FROM ${table}${where} ORDER BY ${order} LIMIT 1 OFFSET ?`, [...values, want - 1]);
    return { rows, bytes: Number(sums[1]), last };
  };
}

/** Texts of at most this many characters are not measured: half of it is what they are taken for. */
const SHORT_TEXT = 255;
const CELL_BYTES = 10;

function sizes(columns: readonly ColumnContract[]): { constant: number; bulky: string[] } {
  const bulky: string[] = [];
  let constant = 0;
  for (const { type, source } of columns) {
    if (type.kind === 'text' && type.maxLength !== undefined && type.maxLength <= SHORT_TEXT) constant += Math.ceil(type.maxLength / 2);
    else if (type.kind === 'text' || type.kind === 'bytea' || type.kind === 'jsonb') bulky.push(source);
    else constant += CELL_BYTES;
  }
  return { constant, bulky };
}

const exactKey = (name: string): string => `typeof(${name}), CASE typeof(${name}) WHEN 'text' THEN CAST(${name} AS BLOB) ELSE ${name} END`;

function lastKey(db: SourceDatabase, sql: string, values: (bigint | number | Buffer)[]): Bound {
  const row = db.prepare(sql).raw().safeIntegers().get(...values) as (string | bigint | number | Buffer)[];
  const bounds: KeyBound[] = [];
  for (let i = 0; i < row.length; i += 2) bounds.push(keyBound(row[i] as KeyBound['class'], row[i + 1] as bigint | number | Buffer));
  return bounds;
}

function keyBound(storage: KeyBound['class'], value: bigint | number | Buffer): KeyBound {
  if (storage === 'integer') return { class: storage, value: String(value) };
  if (storage === 'real') {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value as number);
    return { class: storage, value: bytes.toString('hex') };
  }
  return { class: storage, value: (value as Buffer).toString('base64') };
}
