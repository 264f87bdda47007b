/** Readers of int2 to int8, float8, numeric and boolean. */
import { realText } from '@causeway/contracts/real-text';
import { CANONICAL, type CellReader, DOUBTFUL_NUMBER, NOT_CANONICAL, type ReadMode } from './cell-reader.ts';

const TWO53 = 9_007_199_254_740_992;

/** In plain mode a whole number beyond 2^53 may be an INTEGER that was rounded. */
function mayBeRounded(value: number, mode: ReadMode): boolean {
  return mode === 'plain' && Number.isInteger(value) && (value >= TWO53 || value <= -TWO53);
}

export function integerReader(mode: ReadMode): CellReader {
  return (value, row) => {
    if (typeof value === 'number') {
      if (Number.isSafeInteger(value)) {
        row.integer(value);
        return CANONICAL;
      }
      return mayBeRounded(value, mode) ? DOUBTFUL_NUMBER : NOT_CANONICAL;
    }
    if (typeof value !== 'bigint') return NOT_CANONICAL;
    row.bigint(value);
    return CANONICAL;
  };
}

export function float8Reader(mode: ReadMode): CellReader {
  return (value, row) => {
    if (typeof value === 'number') {
      if (mayBeRounded(value, mode)) return DOUBTFUL_NUMBER;
      row.float8(value);
      return CANONICAL;
    }
    if (typeof value !== 'bigint') return NOT_CANONICAL;
    const n = Number(value);
    if (BigInt(n) !== value) return NOT_CANONICAL;
    row.float8(n);
    return CANONICAL;
  };
}

export function numericReader(mode: ReadMode): CellReader {
  return (value, row) => {
    if (typeof value === 'bigint') {
      row.text(String(value));
      return CANONICAL;
    }
    if (typeof value !== 'number' || !Number.isFinite(value)) return NOT_CANONICAL;
    if (mayBeRounded(value, mode)) return DOUBTFUL_NUMBER;
    row.text(decimalText(value));
    return CANONICAL;
  };
}

/** The shortest decimal that reads back as the same double, written out; zero has no sign. */
export function decimalText(value: number): string {
  // Most decimals are money: with this few digits the quotient below is the shortest decimal of the double, and
  // printing an integer costs a fraction of finding the shortest digits of a double.
  const cents = Math.round(value * 100);
  if (cents / 100 === value && cents < 1e13 && cents > -1e13) return centsText(cents);
  const text = String(value);
  return text.includes('e') ? withoutExponent(text) : text;
}

function centsText(cents: number): string {
  const size = Math.abs(cents);
  const whole = Math.floor(size / 100);
  const rest = size - whole * 100;
  const sign = cents < 0 ? '-' : '';
  if (rest === 0) return `${sign}${whole}`;
  if (rest % 10 === 0) return `${sign}${whole}.${rest / 10}`;
  return rest < 10 ? `${sign}${whole}.0${rest}` : `${sign}${whole}.${rest}`;
}

function withoutExponent(text: string): string {
  const [mantissa = '', power = '0'] = text.split('e');
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.slice(sign.length).split('.');
  const point = whole.length + Number(power);
  const digits = whole + fraction;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, '0');
}

export const booleanReader: CellReader = (value, row) => {
  if (value === 1 || value === 1n) row.boolean(true);
  else if (value === 0 || value === 0n) row.boolean(false);
  else return NOT_CANONICAL;
  return CANONICAL;
};

/** An INTEGER in a text column of form `any`: its digits; a REAL: its spelling. Plain mode cannot tell them apart. */
export function numberAsText(mode: ReadMode): CellReader {
  return (value, row) => {
    if (typeof value !== 'bigint' && typeof value !== 'number') return NOT_CANONICAL;
    if (mode === 'plain') return DOUBTFUL_NUMBER;
    row.text(typeof value === 'bigint' ? String(value) : realText(value));
    return CANONICAL;
  };
}
