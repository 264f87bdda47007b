/** Readers of date, time, timestamp, timestamptz and interval, from text and from counted epochs. */
import { DAYS_1970_TO_2000, SECONDS_1970_TO_2000 } from '@causeway/contracts/canonical-form';
import type { RowDigest } from '@causeway/contracts/row-digest';
import type { SourceForm } from '@causeway/contracts/table-contract';
import { CANONICAL, type CellReader, DOUBTFUL_NUMBER, NOT_CANONICAL, type ReadMode, type SourceCell } from './cell-reader.ts';
import { dateDays, readMoment, readTime } from './iso-moment.ts';
import { decimalText } from './number-cells.ts';

const TWO32 = 4_294_967_296;
const MICROS_TO_2000 = BigInt(SECONDS_1970_TO_2000) * 1_000_000n;
/** 0001-01-01 and the end of 9999-12-31, in microseconds since 1970. */
const FIRST = -62_135_596_800_000_000n;
const LAST = 253_402_300_799_999_999n;
const DAY = 86_400_000_000n;

function addMicros(row: RowDigest, micros: number): void {
  row.int64(Math.floor(micros / TWO32), micros | 0);
}

export const textDate: CellReader = (value, row) => {
  const days = typeof value === 'string' && value.length === 10 ? dateDays(value) : Number.NaN;
  if (Number.isNaN(days)) return NOT_CANONICAL;
  row.int32(days - DAYS_1970_TO_2000);
  return CANONICAL;
};

export const textTime: CellReader = (value, row) => {
  const micros = typeof value === 'string' ? readTime(value) : Number.NaN;
  if (Number.isNaN(micros)) return NOT_CANONICAL;
  addMicros(row, micros);
  return CANONICAL;
};

/** Within this many seconds of 2000 the microseconds are exact in a double (1715 to 2285). */
const NEAR_SECONDS = 9e9;

export const textMoment: CellReader = (value, row) => {
  const moment = typeof value === 'string' ? readMoment(value) : null;
  if (moment === null) return NOT_CANONICAL;
  const seconds = moment.seconds - SECONDS_1970_TO_2000;
  if (seconds < NEAR_SECONDS && seconds > -NEAR_SECONDS) addMicros(row, seconds * 1_000_000 + moment.micros);
  else row.bigint(BigInt(seconds) * 1_000_000n + BigInt(moment.micros));
  return CANONICAL;
};

/** Microseconds since 1970 of a counted moment; null where the value is none, or not exact. */
function counted(value: SourceCell, form: SourceForm): bigint | null {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))) {
    switch (form) {
      case 'epoch_s':
        return BigInt(value) * 1_000_000n;
      case 'epoch_ms':
        return BigInt(value) * 1_000n;
      case 'epoch_us':
        return BigInt(value);
      case 'julian':
        return (BigInt(value) * 2n - 4_881_175n) * (DAY / 2n);
      default:
        return null;
    }
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  if (form === 'epoch_s') return decimalMicros(decimalText(value));
  return form === 'julian' ? julianMicros(value) : null;
}

/** Seconds as a decimal with at most six digits after the point. */
function decimalMicros(text: string): bigint | null {
  const [whole = '', fraction = ''] = text.split('.');
  return fraction.length > 6 ? null : BigInt(whole + fraction.padEnd(6, '0'));
}

/** The microsecond nearest to a Julian day number: a double of today's days resolves 40 of them. */
function julianMicros(days: number): bigint | null {
  if (!(days > 0 && days < 6_000_000)) return null;
  const whole = Math.floor(days);
  const micros = BigInt(Math.round((days - whole) * Number(DAY)));
  return (BigInt(whole) * 2n - 4_881_175n) * (DAY / 2n) + micros;
}

/** An INTEGER beyond 2^53 that arrived as a double. */
function rounded(value: SourceCell, mode: ReadMode): boolean {
  return mode === 'plain' && typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
}

export function countedMoment(form: SourceForm, mode: ReadMode): CellReader {
  return (value, row) => {
    if (rounded(value, mode)) return DOUBTFUL_NUMBER;
    const micros = counted(value, form);
    if (micros === null || micros < FIRST || micros > LAST) return NOT_CANONICAL;
    row.bigint(micros - MICROS_TO_2000);
    return CANONICAL;
  };
}

/** A whole day, counted; with a time of day it is not a date. */
export function countedDate(form: SourceForm, mode: ReadMode): CellReader {
  return (value, row) => {
    if (rounded(value, mode)) return DOUBTFUL_NUMBER;
    const micros = counted(value, form);
    if (micros === null || micros < FIRST || micros > LAST || micros % DAY !== 0n) return NOT_CANONICAL;
    row.int32(Number(micros / DAY) - DAYS_1970_TO_2000);
    return CANONICAL;
  };
}

/** Microseconds; days and months are zero. */
export function intervalReader(mode: ReadMode): CellReader {
  return (value, row) => {
    if (rounded(value, mode)) return DOUBTFUL_NUMBER;
    if (typeof value !== 'bigint' && !(typeof value === 'number' && Number.isSafeInteger(value))) return NOT_CANONICAL;
    const micros = BigInt(value);
    row.int128(Number(BigInt.asIntN(32, micros >> 32n)), Number(BigInt.asIntN(32, micros)), 0, 0);
    return CANONICAL;
  };
}
