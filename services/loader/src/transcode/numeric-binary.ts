/**
 * Decimal text to numeric's binary form: base-10,000 digits with weight, sign and display scale.
 * Source: numeric_recv() of PostgreSQL 15.
 */
const NEGATIVE = 0x4000;

/** Reads `length` ASCII bytes at `from`, writes at `to`; returns the position after the last byte written. */
export function writeNumeric(src: Buffer, from: number, length: number, dst: Buffer, to: number): number {
  const end = from + length;
  let start = from;
  const negative = src[start] === 45;
  if (negative) start++;
  let point = end;
  for (let i = start; i < end; i++) {
    if (src[i] === 46) {
      point = i;
      break;
    }
  }
  while (start < point && src[start] === 48) start++;
  const scale = point === end ? 0 : end - point - 1;
  const whole = point - start;
  let groups = 0;
  let at = to + 8;
  // The first group holds the digits that are left over when the rest is cut in fours.
  let i = start;
  let left = whole % 4 === 0 ? 4 : whole % 4;
  let weight = Math.ceil(whole / 4) - 1;
  while (i < point) {
    let value = 0;
    for (let k = 0; k < left; k++) value = value * 10 + ((src[i++] as number) - 48);
    at = put(dst, at, value);
    groups++;
    left = 4;
  }
  i = point + 1;
  let leading = whole === 0;
  if (leading) weight = -1;
  while (i < end) {
    let value = 0;
    for (let k = 0; k < 4; k++) value = value * 10 + (i < end ? (src[i++] as number) - 48 : 0);
    if (leading && value === 0) {
      weight--;
      continue;
    }
    leading = false;
    at = put(dst, at, value);
    groups++;
  }
  while (groups > 0 && dst[at - 1] === 0 && dst[at - 2] === 0) {
    at -= 2;
    groups--;
  }
  if (groups === 0) weight = 0;
  put(dst, to, groups);
  put(dst, to + 2, weight & 0xffff);
  put(dst, to + 4, negative && groups > 0 ? NEGATIVE : 0);
  put(dst, to + 6, scale);
  return at;
}

function put(dst: Buffer, at: number, value: number): number {
  dst[at] = value >>> 8;
  dst[at + 1] = value;
  return at + 2;
}
