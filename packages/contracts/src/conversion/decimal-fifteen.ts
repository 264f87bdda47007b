/**
 * Form `decimal15`: a REAL or INTEGER as a decimal of at most 15 significant digits, the most that SQLite promises to keep,
 * then rounded to the scale of its type; half to even, both times. Django and other ORMs read decimals from SQLite so.
 */
import { decimalOfReal, decimalSize } from './decimal-text.ts';

const DIGITS = 15;
/** Enough to tell a half from its neighbours: no double has so many zeros between two of its digits. */
const EXACT_DIGITS = 41;

/** Null for ±Infinity and NaN. `scale` undefined: as many digits after the point as there are. */
export function decimalFifteen(value: number | bigint, scale: number | undefined): string | null {
  const plain = typeof value === 'bigint' ? value.toString() : decimalOfReal(value);
  if (plain === null || isShort(plain, scale)) return plain;
  const kept = typeof value === 'bigint' ? ofInteger(value) : ofReal(value);
  const excess = scale === undefined ? 0 : -scale - kept.exponent;
  const digits = excess > 0 ? halfEven(kept.digits, excess) : kept.digits;
  return printed(value < 0, digits, excess > 0 ? -(scale as number) : kept.exponent);
}

/** A decimal of up to 15 digits comes back unchanged from the double nearest to it. */
function isShort(text: string, scale: number | undefined): boolean {
  if (text.length > DIGITS) return false;
  return decimalSize(text).scale <= (scale ?? DIGITS);
}

interface Scientific {
  readonly digits: bigint;
  readonly exponent: number;
}

function ofReal(value: number): Scientific {
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential(EXACT_DIGITS - 1).split('e');
  return { digits: halfEven(BigInt(mantissa.replace('.', '')), EXACT_DIGITS - DIGITS), exponent: Number(exponent) - DIGITS + 1 };
}

function ofInteger(value: bigint): Scientific {
  const size = value < 0n ? -value : value;
  const excess = Math.max(0, size.toString().length - DIGITS);
  return { digits: halfEven(size, excess), exponent: excess };
}

/** Without its last `places` digits. */
function halfEven(digits: bigint, places: number): bigint {
  const unit = 10n ** BigInt(places);
  const whole = digits / unit;
  const rest = (digits % unit) * 2n;
  return rest > unit || (rest === unit && whole % 2n === 1n) ? whole + 1n : whole;
}

function printed(negative: boolean, digits: bigint, exponent: number): string {
  const sign = negative && digits !== 0n ? '-' : '';
  if (exponent >= 0) return `${sign}${digits * 10n ** BigInt(exponent)}`;
  const text = digits.toString().padStart(1 - exponent, '0');
  return `${sign}${text.slice(0, exponent)}.${text.slice(exponent)}`;
}
