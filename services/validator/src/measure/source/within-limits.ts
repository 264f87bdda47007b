/**
 * Limits of types: length, precision, range. Without a policy nothing beyond them can be in the target, and comparing
 * finds out; with one, the validator must know by itself that the value is another.
 */
import type { LogicalType } from '@causeway/contracts/logical-type';
import type { ColumnContract } from '@causeway/contracts/table-contract';
import { type CellReader, NOT_CANONICAL, type SourceCell } from './cell-reader.ts';
import { decimalText } from './number-cells.ts';

export function withinLimits(column: ColumnContract, read: CellReader): CellReader {
  const beyond = limitOf(column.type, column.form === 'decimal15');
  return beyond === null ? read : (value, row) => (beyond(value) ? NOT_CANONICAL : read(value, row));
}

type Beyond = (value: SourceCell) => boolean;

function limitOf(type: LogicalType, rounds: boolean): Beyond | null {
  switch (type.kind) {
    case 'int2':
      return outside(-32_768, 32_767);
    case 'int4':
      return outside(-2_147_483_648, 2_147_483_647);
    case 'text':
      return type.maxLength === undefined ? null : longerThan(type.maxLength);
    case 'numeric':
      return type.precision === undefined ? null : outsidePrecision(type.precision, type.scale ?? 0, rounds);
    default:
      return null;
  }
}

const outside =
  (least: number, most: number): Beyond =>
  (value) => (typeof value === 'number' || typeof value === 'bigint') && (value < least || value > most);

/** In characters as PostgreSQL counts them: a pair of surrogates is one. */
function longerThan(most: number): Beyond {
  return (value) => {
    const text = typeof value === 'object' ? '' : String(value);
    if (text.length <= most) return false;
    let pairs = 0;
    for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xd800) pairs++;
    return text.length - pairs > most;
  };
}

function outsidePrecision(precision: number, scale: number, rounds: boolean): Beyond {
  return (value) => {
    if (typeof value !== 'bigint' && !(typeof value === 'number' && Number.isFinite(value))) return false;
    const [whole = '', fraction = ''] = (typeof value === 'bigint' ? String(value) : decimalText(value)).replace('-', '').split('.');
    const digits = whole === '0' ? 0 : whole.length;
    return digits > precision - scale || (!rounds && fraction.replace(/0+$/, '').length > scale);
  };
}
