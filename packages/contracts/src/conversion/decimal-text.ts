/** Decimals as text: exact, without an exponent, as PostgreSQL's numeric reads them. */

/** The shortest decimal that reads back as the same double, without an exponent; null for ±Infinity and NaN. */
export function decimalOfReal(value: number): string | null {
  if (!Number.isFinite(value)) return null;
  const text = String(value);
  const at = text.indexOf('e');
  if (at < 0) return text === '-0' ? '0' : text;
  const negative = text.startsWith('-');
  const exponent = Number(text.slice(at + 1));
  const [whole = '', fraction = ''] = text.slice(negative ? 1 : 0, at).split('.');
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const unsigned = point <= 0 ? `0.${'0'.repeat(-point)}${digits}` : `${digits}${'0'.repeat(Math.max(0, point - digits.length))}`;
  return negative ? `-${unsigned}` : unsigned;
}

/** Digits before the point (without leading zeros) and after it (without trailing zeros) of a plain decimal. */
export function decimalSize(text: string): { whole: number; scale: number } {
  const unsigned = text.startsWith('-') ? text.slice(1) : text;
  const point = unsigned.indexOf('.');
  const whole = (point < 0 ? unsigned : unsigned.slice(0, point)).replace(/^0+/, '').length;
  const scale = point < 0 ? 0 : unsigned.slice(point + 1).replace(/0+$/, '').length;
  return { whole, scale };
}

/** Whether numeric(precision, scale) holds the decimal without rounding. */
export function fitsNumeric(text: string, precision: number | undefined, scale: number): boolean {
  if (precision === undefined) return true;
  const size = decimalSize(text);
  return size.scale <= scale && size.whole <= precision - scale;
}
