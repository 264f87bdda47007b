/**
 * Reader of form `decimal15` (contracts/conversion/decimal-fifteen has the rule), by exact arithmetic on the double's own
 * fraction: nothing of the loading path's way through printed digits is in it.
 */
import { CANONICAL, type CellReader, DOUBTFUL_NUMBER, NOT_CANONICAL, type ReadMode } from './cell-reader.ts';

const TWO53 = 9_007_199_254_740_992;
const MOST = 10n ** 15n;

/** A quotient, both sides positive. */
interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

export function fifteenReader(mode: ReadMode, scale: number | undefined): CellReader {
  return (value, row) => {
    if (typeof value === 'bigint') {
      row.text(fifteenText(value < 0n, { over: value < 0n ? -value : value, under: 1n }, scale));
      return CANONICAL;
    }
    if (typeof value !== 'number' || !Number.isFinite(value)) return NOT_CANONICAL;
    if (mode === 'plain' && Number.isInteger(value) && (value >= TWO53 || value <= -TWO53)) return DOUBTFUL_NUMBER;
    row.text(fifteenText(value < 0, fractionOf(Math.abs(value)), scale));
    return CANONICAL;
  };
}

/** A double times two is exact until it is whole. */
function fractionOf(value: number): Fraction {
  let under = 1n;
  let whole = value;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    under *= 2n;
  }
  return { over: BigInt(whole), under };
}

/** The canonical text: no sign of zero, no zeros at the end. */
function fifteenText(negative: boolean, value: Fraction, scale: number | undefined): string {
  if (value.over === 0n) return '0';
  let places = placesFor(value);
  let digits = nearest(value, places);
  if (scale !== undefined && places > scale) {
    digits = nearest({ over: digits, under: 10n ** BigInt(places) }, scale);
    places = scale;
  }
  while (places > 0 && digits % 10n === 0n) {
    digits /= 10n;
    places--;
  }
  if (digits === 0n) return '0';
  const sign = negative ? '-' : '';
  if (places <= 0) return `${sign}${digits * 10n ** BigInt(-places)}`;
  const text = digits.toString().padStart(places + 1, '0');
  return `${sign}${text.slice(0, -places)}.${text.slice(-places)}`;
}

/** Digits after the point that leave 15 in all; negative where even the whole part has more. */
function placesFor(value: Fraction): number {
  let places = 15 - (value.over.toString().length - value.under.toString().length);
  while (nearest(value, places) >= MOST) places--;
  while (nearest(value, places + 1) < MOST) places++;
  return places;
}

/** value × 10^places as a whole number, half to even. */
function nearest({ over, under }: Fraction, places: number): bigint {
  const n = places > 0 ? over * 10n ** BigInt(places) : over;
  const d = places < 0 ? under * 10n ** BigInt(-places) : under;
  const floor = n / d;
  const twice = (n - floor * d) * 2n;
  return twice > d || (twice === d && (floor & 1n) === 1n) ? floor + 1n : floor;
}
