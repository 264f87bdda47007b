/** A number of a JSON document as PostgreSQL's numeric prints it: exact, its scale kept, without exponent. */

/** What numeric holds: digits before the point and after it. */
const MAX_WHOLE = 131_072;
const MAX_SCALE = 16_383;

export interface NumberToken {
  /** Index behind the token. */
  readonly end: number;
  readonly text: string;
}

/** Null where no number by RFC 8259 stands at `from`, or one that numeric cannot hold. */
export function numberToken(s: string, from: number): NumberToken | null {
  let i = from;
  const negative = s.charCodeAt(i) === 45;
  if (negative) i++;
  const whole = i;
  i = digitsEnd(s, i);
  if (i === whole || (i > whole + 1 && s.charCodeAt(whole) === 48)) return null;
  const wholeEnd = i;
  let fractionEnd = i;
  if (s.charCodeAt(i) === 46) {
    fractionEnd = digitsEnd(s, i + 1);
    if (fractionEnd === i + 1) return null;
    i = fractionEnd;
  }
  const e = s.charCodeAt(i);
  const fraction = fractionEnd > wholeEnd ? s.slice(wholeEnd + 1, fractionEnd) : '';
  if (e !== 101 && e !== 69) return plainNumber(s.slice(whole, wholeEnd), fraction, negative, i);
  const signed = s.charCodeAt(i + 1) === 43 || s.charCodeAt(i + 1) === 45 ? i + 2 : i + 1;
  const end = digitsEnd(s, signed);
  if (end === signed) return null;
  const exponent = Number(s.slice(i + 1, end));
  if (Math.abs(exponent) > MAX_WHOLE) return null;
  return shifted(s.slice(whole, wholeEnd), fraction, exponent, negative, end);
}

function digitsEnd(s: string, from: number): number {
  let i = from;
  for (;;) {
    const c = s.charCodeAt(i);
    if (!(c >= 48 && c <= 57)) return i;
    i++;
  }
}

function plainNumber(whole: string, fraction: string, negative: boolean, end: number): NumberToken | null {
  if (whole.length > MAX_WHOLE || fraction.length > MAX_SCALE) return null;
  const unsigned = fraction === '' ? whole : `${whole}.${fraction}`;
  return { end, text: negative && /[1-9]/.test(unsigned) ? `-${unsigned}` : unsigned };
}

/** The exponent moves the point; a scale that it makes negative is zero. */
function shifted(whole: string, fraction: string, exponent: number, negative: boolean, end: number): NumberToken | null {
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const left = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0').replace(/^0+(?=\d)/, '');
  const right = point <= 0 ? '0'.repeat(-point) + digits : digits.slice(point);
  return plainNumber(left, right, negative, end);
}
