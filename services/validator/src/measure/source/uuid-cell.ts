/** UUIDs as text: 32 hex digits of either case, plain or with the four dashes. */
import { CANONICAL, type CellReader, NOT_CANONICAL } from './cell-reader.ts';

/** Value of a hex digit by its char code; 16 marks everything else. */
const HEX = new Uint8Array(128).fill(16);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  HEX[text.charCodeAt(0)] = digit;
  HEX[text.toUpperCase().charCodeAt(0)] = digit;
}

/** Or of all digits read since it was cleared: above 15 where one of them was none. */
let seen = 0;

/** `count` digits as a number. */
function hex(s: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const c = s.charCodeAt(i);
    const digit = c < 128 ? (HEX[c] as number) : 16;
    seen |= digit;
    value = (value << 4) | (digit & 15);
  }
  return value;
}

export const uuidCell: CellReader = (value, row) => {
  if (typeof value !== 'string') return NOT_CANONICAL;
  seen = 0;
  if (value.length === 32) {
    const w0 = hex(value, 0, 8);
    const w1 = hex(value, 8, 8);
    const w2 = hex(value, 16, 8);
    const w3 = hex(value, 24, 8);
    if (seen > 15) return NOT_CANONICAL;
    row.int128(w0, w1, w2, w3);
    return CANONICAL;
  }
  if (value.length !== 36) return NOT_CANONICAL;
  for (const at of DASHES) if (value.charCodeAt(at) !== 45) return NOT_CANONICAL;
  const w0 = hex(value, 0, 8);
  const w1 = (hex(value, 9, 4) << 16) | hex(value, 14, 4);
  const w2 = (hex(value, 19, 4) << 16) | hex(value, 24, 4);
  const w3 = hex(value, 28, 8);
  if (seen > 15) return NOT_CANONICAL;
  row.int128(w0, w1, w2, w3);
  return CANONICAL;
};

const DASHES = [8, 13, 18, 23];
