/** Decimals: SQLite keeps them as doubles, so more than 15 digits are no longer what was written. */
import { decimalOfReal } from '@causeway/contracts/conversion/decimal-text';
import type { ReadValue } from '../../plan/value-fit.ts';
import type { ColumnFacts } from './column-facts.ts';

/** Every decimal of up to 15 digits survives a double. */
const SAFE_DIGITS = 15;

export function noteDecimal(value: number, fits: boolean, row: readonly ReadValue[], facts: ColumnFacts): void {
  // Money, quickly: a whole number of hundredths of at most 15 digits.
  const hundredths = Math.round(value * 100);
  if (fits && hundredths / 100 === value && hundredths < 1e15 && hundredths > -1e15) return;
  const text = decimalOfReal(value);
  if (text === null) return;
  const digits = text.replace(/^-?0*\.?0*|\./g, '').length;
  if (digits > SAFE_DIGITS) facts.note('decimal-rounded', row);
  else if (!fits) facts.note('decimal-scale', row);
}
