/**
 * Whether a source value can become a logical type without losing anything. The extractor's codecs accept exactly the
 * same values; a property test holds the two together.
 */
import { decimalFifteen } from '@causeway/contracts/conversion/decimal-fifteen';
import { decimalOfReal, fitsNumeric } from '@causeway/contracts/conversion/decimal-text';
import { inetFamily } from '@causeway/contracts/conversion/inet-text';
import { parseIsoDate, parseIsoTime, parseIsoTimestamp } from '@causeway/contracts/conversion/iso-date-time';
import { jsonVerdict } from '@causeway/contracts/conversion/json-text';
import { julianMicros } from '@causeway/contracts/conversion/julian-day';
import { isUuid } from '@causeway/contracts/conversion/uuid-text';
import type { LogicalType } from '@causeway/contracts/logical-type';
import { realText } from '@causeway/contracts/real-text';
import type { SourceForm } from '@causeway/contracts/table-contract';

/** A value as better-sqlite3 gives it with safeIntegers: the class is the JavaScript type. */
export type ReadValue = null | bigint | number | string | Uint8Array;

const INT_BOUNDS = { int2: 32_767n, int4: 2_147_483_647n, int8: 9_223_372_036_854_775_807n } as const;
const MAX_SAFE = 9_007_199_254_740_992n;

export function valueFits(value: Exclude<ReadValue, null>, type: LogicalType, form: SourceForm): boolean {
  switch (typeof value) {
    case 'bigint':
      return integerFits(value, type, form);
    case 'number':
      return realFits(value, type, form);
    case 'string':
      return textFits(value, type, form);
    default:
      return type.kind === 'bytea';
  }
}

function integerFits(value: bigint, type: LogicalType, form: SourceForm): boolean {
  switch (type.kind) {
    case 'int2':
    case 'int4':
    case 'int8': {
      const bound = INT_BOUNDS[type.kind];
      return value <= bound && value >= -bound - 1n;
    }
    case 'float8':
      return (value <= MAX_SAFE && value >= -MAX_SAFE) || BigInt(Number(value)) === value;
    case 'numeric':
      return fitsNumeric(form === 'decimal15' ? (decimalFifteen(value, type.scale) as string) : value.toString(), type.precision, type.scale ?? 0);
    case 'boolean':
      return value === 0n || value === 1n;
    case 'text':
      return form === 'any' && value.toString().length <= (type.maxLength ?? Infinity);
    case 'interval':
      return true;
    case 'date':
      return form === 'epoch_s' && value % 86_400n === 0n && epochFits(value * 1_000_000n);
    case 'timestamp':
    case 'timestamptz':
      return form === 'julian' ? julianFits(value) : form.startsWith('epoch_') && epochFits(value * EPOCH_MICROS[form as keyof typeof EPOCH_MICROS]);
    default:
      return false;
  }
}

export const EPOCH_MICROS = { epoch_s: 1_000_000n, epoch_ms: 1_000n, epoch_us: 1n } as const;

/** Years 1 to 9999, as for text: beyond it tools disagree about calendars. */
function epochFits(micros: bigint): boolean {
  return micros >= -62_135_596_800_000_000n && micros <= 253_402_300_799_999_999n;
}

function julianFits(value: number | bigint): boolean {
  const micros = julianMicros(value);
  return micros !== null && epochFits(micros);
}

/** A REAL that is a whole number counts as that number: a column without a type may hold 1.0 beside 1. */
function realFits(value: number, type: LogicalType, form: SourceForm): boolean {
  if (type.kind === 'float8') return true;
  if (type.kind === 'text') return form === 'any' && (type.maxLength === undefined || realText(value).length <= type.maxLength);
  if (form === 'julian') return julianFits(value);
  if (type.kind !== 'numeric') return Number.isSafeInteger(value) && integerFits(BigInt(value), type, form);
  const text = form === 'decimal15' ? decimalFifteen(value, type.scale) : decimalOfReal(value);
  return text !== null && fitsNumeric(text, type.precision, type.scale ?? 0);
}

function textFits(value: string, type: LogicalType, form: SourceForm): boolean {
  switch (type.kind) {
    case 'text':
      return !value.includes('\0') && (type.maxLength === undefined || value.length <= type.maxLength || [...value].length <= type.maxLength);
    case 'bytea':
      return form === 'any';
    case 'date':
      return !Number.isNaN(parseIsoDate(value));
    case 'time':
      return !Number.isNaN(parseIsoTime(value));
    case 'timestamp':
    case 'timestamptz':
      return form === 'plain' && !Number.isNaN(parseIsoTimestamp(value));
    case 'uuid':
      return isUuid(value);
    case 'jsonb':
      return jsonVerdict(value) === 'ok';
    case 'inet':
      return inetFamily(value) !== 0;
    default:
      return false;
  }
}
