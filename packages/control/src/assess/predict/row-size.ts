/**
 * How large a row is on a page of PostgreSQL once everything that can be stored outside is. A row must fit one page.
 * Source: https://www.postgresql.org/docs/15/storage-toast.html and storage-page-layout.html
 */
import { decimalOfReal } from '@causeway/contracts/conversion/decimal-text';
import type { LogicalKind } from '@causeway/contracts/logical-type';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { ReadValue } from '../../plan/value-fit.ts';

/** MaxHeapTupleSize. */
export const MOST_ROW_BYTES = 8_160;
/** A pointer to a value outside; what is not larger than its aligned size stays inside. */
const POINTER_BYTES = 18;
const STAYS_INSIDE = 24;
const TUPLE_HEADER = 23;

const FIXED: Readonly<Partial<Record<LogicalKind, readonly [bytes: number, align: number]>>> = {
  int2: [2, 2],
  int4: [4, 4],
  int8: [8, 8],
  float8: [8, 8],
  boolean: [1, 1],
  date: [4, 4],
  time: [8, 8],
  timestamp: [8, 8],
  timestamptz: [8, 8],
  interval: [16, 8],
  uuid: [16, 1],
};

/** False where no row of the table can be too large, whatever its values. */
export function mayBeTooLarge(contract: TableContract): boolean {
  const bytes = contract.columns.reduce((sum, c) => sum + (FIXED[c.type.kind]?.[0] ?? STAYS_INSIDE) + 4, 0);
  return bytes + TUPLE_HEADER + contract.columns.length / 8 + 16 > MOST_ROW_BYTES;
}

export function rowBytes(contract: TableContract, values: readonly ReadValue[]): number {
  let at = 0;
  let nulls = false;
  const fixed = ([bytes, align]: readonly [number, number]): void => {
    at = Math.ceil(at / align) * align + bytes;
  };
  if (contract.keyless) fixed([8, 8]);
  contract.columns.forEach(({ type }, i) => {
    const value = values[i] ?? null;
    const place = FIXED[type.kind];
    if (value === null) nulls = true;
    else if (place !== undefined) fixed(place);
    else at += inlineBytes(type.kind, value);
  });
  const header = TUPLE_HEADER + (nulls ? Math.ceil((contract.columns.length + (contract.keyless ? 1 : 0)) / 8) : 0);
  return Math.ceil(header / 8) * 8 + at;
}

function inlineBytes(kind: LogicalKind, value: Exclude<ReadValue, null>): number {
  const bytes = kind === 'numeric' ? numericBytes(value) : 1 + (typeof value === 'object' ? value.length : Buffer.byteLength(String(value)));
  return bytes > STAYS_INSIDE ? POINTER_BYTES : bytes;
}

/** Groups of four digits, two bytes each, behind three bytes of headers. */
function numericBytes(value: Exclude<ReadValue, null>): number {
  const text = typeof value === 'number' ? (decimalOfReal(value) ?? '') : String(value);
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const groups = Math.ceil(whole.replace(/^0+/, '').length / 4) + Math.ceil(fraction.replace(/0+$/, '').length / 4);
  return 3 + 2 * groups;
}
