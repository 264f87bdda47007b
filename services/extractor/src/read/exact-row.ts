/**
 * The exact path: a row read with its storage classes and stored bytes is either written after all, or becomes a
 * reject with the reason. Decides for every value that the fast path did not take.
 */
import { jsonVerdict } from '@causeway/contracts/conversion/json-text';
import { postgresTypeName } from '@causeway/contracts/logical-type';
import type { ExactCell } from '@causeway/contracts/source-value';
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import type { RowEncoder } from './row-codec.ts';
import type { ExactCellRead } from './range-statements.ts';
import type { Cell, RowWriter } from './row-writer.ts';

export interface Reject {
  readonly key: readonly ExactCell[];
  readonly column: string;
  readonly code: string;
  readonly reason: string;
  readonly values: readonly ExactCell[];
}

export interface ExactRow {
  readonly identity: bigint | null;
  readonly cells: readonly ExactCellRead[];
}

/** Decodes stored text: null where the bytes are not well-formed. */
export interface TextDecoding {
  (bytes: Uint8Array): string | null;
  readonly storesUtf8: boolean;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function textDecoding(encoding: string): TextDecoding {
  const storesUtf8 = encoding === 'UTF-8';
  return Object.assign(storesUtf8 ? fromUtf8 : fromUtf16(encoding === 'UTF-16be'), { storesUtf8 });
}

function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

const fromUtf16 =
  (big: boolean) =>
  (bytes: Uint8Array): string | null => {
    const copy = Buffer.from(bytes);
    if (copy.length % 2 === 1) return null;
    const text = (big ? copy.swap16() : copy).toString('utf16le');
    return text.isWellFormed() ? text : null;
  };

/** Writes the row through the same encoder, or says why it cannot be. */
export function writeExact(writer: RowWriter, encode: RowEncoder, contract: TableContract, row: ExactRow, decode: TextDecoding): Reject | null {
  const values: (Cell | null)[] = contract.keyless ? [row.identity] : [];
  for (const [i, cell] of row.cells.entries()) {
    if (cell.class !== 'text') {
      values.push(cell.value);
      continue;
    }
    const column = contract.columns[i] as ColumnContract;
    const bytes = cell.value as Uint8Array;
    const text = decode(bytes);
    if (column.type.kind === 'bytea' && column.form === 'any' && (text !== null || decode.storesUtf8)) {
      // A UTF-16 source's text goes in as UTF-8, like everywhere else; bytes that are no UTF-8 go in as they are.
      values.push(text === null ? bytes : Buffer.from(text, 'utf8'));
      continue;
    }
    if (text === null) return rejectOf(contract, row, i, 'INVALID_UTF8', 'the text is not valid UTF-8', decode);
    values.push(text);
  }
  const start = writer.pos;
  writer.exact = true;
  const failed = encode(writer, values);
  writer.exact = false;
  if (failed < 0) return null;
  writer.pos = start;
  const [code, reason] = whyNot(contract.columns[failed] as ColumnContract, values[failed + (contract.keyless ? 1 : 0)] as Cell | null, (row.cells[failed] as ExactCellRead).class);
  return rejectOf(contract, row, failed, code, reason, decode);
}

function whyNot(column: ColumnContract, value: Cell | null, storage: string): [code: string, reason: string] {
  const type = postgresTypeName(column.type);
  if (value === null) return ['NULL_NOT_ALLOWED', 'the column is NOT NULL and the value is NULL'];
  if (typeof value === 'string' && ['text', 'jsonb', 'inet'].includes(column.type.kind)) {
    if (value.includes('\0')) return ['NUL_IN_TEXT', 'the text contains U+0000, which PostgreSQL cannot store'];
    if (column.type.kind === 'jsonb') return ['JSON_NOT_EXACT', `the text cannot become jsonb without loss: ${jsonVerdict(value)}`];
    if (column.type.kind === 'text') return ['TOO_LONG', `the text has more characters than ${type} holds`];
  }
  if (typeof value === 'string' && !['int2', 'int4', 'int8', 'float8', 'numeric', 'boolean', 'bytea'].includes(column.type.kind)) return ['INVALID_VALUE', `the text is not a ${type} in its strict form`];
  if (typeof value === 'string' || value instanceof Uint8Array) return ['TYPE_MISMATCH', `a value of class ${storage} in a column of ${type}`];
  const isNumber = ['int2', 'int4', 'int8', 'float8', 'numeric'].includes(column.type.kind);
  if (isNumber && !(storage === 'real' && column.type.kind.startsWith('int'))) return ['OUT_OF_RANGE', `the number cannot be held by ${type} exactly`];
  return ['TYPE_MISMATCH', `a value of class ${storage} in a column of ${type}`];
}

function rejectOf(contract: TableContract, row: ExactRow, column: number, code: string, reason: string, decode: TextDecoding): Reject {
  return { ...exactRowCells(contract, row, decode), column: (contract.columns[column] as ColumnContract).source, code, reason };
}

/** Key and values of a row with their original classes and bytes. */
export function exactRowCells(contract: TableContract, row: ExactRow, decode: TextDecoding): Pick<Reject, 'key' | 'values'> {
  const values = contract.columns.map((c, i) => exactCell(c.source, row.cells[i] as ExactCellRead, decode));
  const key = contract.keyless
    ? [{ name: 'rowid', class: 'integer' as const, bytes: Buffer.from(String(row.identity)) }]
    : contract.key.map((name) => values[contract.columns.findIndex((c) => c.source === name)] as ExactCell);
  return { key, values };
}

function exactCell(name: string, cell: ExactCellRead, decode: TextDecoding): ExactCell {
  return { name, class: cell.class, bytes: exactBytes(cell, decode) };
}

function exactBytes(cell: ExactCellRead, decode: TextDecoding): Uint8Array {
  switch (cell.class) {
    case 'null':
      return new Uint8Array(0);
    case 'integer':
      return Buffer.from(String(cell.value));
    case 'real': {
      const out = Buffer.alloc(8);
      out.writeDoubleBE(cell.value as number);
      return out;
    }
    case 'text': {
      // A UTF-16 source's text is told in UTF-8, as its readers see it; what is malformed keeps its stored bytes.
      const stored = cell.value as Uint8Array;
      const text = decode(stored);
      return text === null ? stored : Buffer.from(text, 'utf8');
    }
    case 'blob':
      return cell.value as Uint8Array;
  }
}
