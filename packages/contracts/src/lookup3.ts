/**
 * Bob Jenkins' lookup3 with 64 bits of result, as PostgreSQL's hash_any_extended computes it with seed 0 on a
 * little-endian machine: the target can then digest a million rows near the data in about a second, and JavaScript
 * needs no arithmetic beyond 32 bits.
 * Source: https://burtleburtle.net/bob/c/lookup3.c, src/common/hashfn.c of PostgreSQL 15
 *
 * Results are left in `hashed` (high word, low word): one call a cell, so none of them may allocate.
 */

/** High and low 32 bits of the last hash. */
export const hashed = new Int32Array(2);

const START = (0x9e3779b9 + 3923095) | 0;
const SCRATCH_BYTES = 96 * 1024;
const scratch = Buffer.alloc(SCRATCH_BYTES + 12);
const words = new Int32Array(scratch.buffer, scratch.byteOffset, scratch.length >> 2);
/** The three words of the state between blocks. */
const state = new Int32Array(3);

function final(a0: number, b0: number, c0: number): void {
  let c = c0 ^ b0;
  c = (c - ((b0 << 14) | (b0 >>> 18))) | 0;
  let a = a0 ^ c;
  a = (a - ((c << 11) | (c >>> 21))) | 0;
  let b = b0 ^ a;
  b = (b - ((a << 25) | (a >>> 7))) | 0;
  c ^= b;
  c = (c - ((b << 16) | (b >>> 16))) | 0;
  a ^= c;
  a = (a - ((c << 4) | (c >>> 28))) | 0;
  b ^= a;
  b = (b - ((a << 14) | (a >>> 18))) | 0;
  c ^= b;
  c = (c - ((b << 24) | (b >>> 8))) | 0;
  hashed[0] = b;
  hashed[1] = c;
}

function mixState(): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  a = (a - c) ^ ((c << 4) | (c >>> 28));
  c = (c + b) | 0;
  b = (b - a) ^ ((a << 6) | (a >>> 26));
  a = (a + c) | 0;
  c = (c - b) ^ ((b << 8) | (b >>> 24));
  b = (b + a) | 0;
  a = (a - c) ^ ((c << 16) | (c >>> 16));
  c = (c + b) | 0;
  b = (b - a) ^ ((a << 19) | (a >>> 13));
  a = (a + c) | 0;
  c = (c - b) ^ ((b << 4) | (b >>> 28));
  b = (b + a) | 0;
  state[0] = a;
  state[1] = b;
  state[2] = c;
}

const swap = (w: number): number => ((w & 0xff) << 24) | ((w & 0xff00) << 8) | ((w >>> 8) & 0xff00) | (w >>> 24);

export function hashByte(byte: number): void {
  const s = (START + 1) | 0;
  final((s + byte) | 0, s, s);
}

/** Four bytes, given as the big-endian number that they are. */
export function hashInt32(value: number): void {
  const s = (START + 4) | 0;
  final((s + swap(value)) | 0, s, s);
}

/** Eight bytes, given as two big-endian words. */
export function hashInt64(high: number, low: number): void {
  const s = (START + 8) | 0;
  final((s + swap(high)) | 0, (s + swap(low)) | 0, s);
}

/** Sixteen bytes, given as four big-endian words. */
export function hashInt128(w0: number, w1: number, w2: number, w3: number): void {
  const s = (START + 16) | 0;
  state[0] = s + swap(w0);
  state[1] = s + swap(w1);
  state[2] = s + swap(w2);
  mixState();
  final(((state[0] as number) + swap(w3)) | 0, state[1] as number, state[2] as number);
}

/** Below this a loop over char codes beats a call into the runtime's UTF-8 writer, which costs 30 ns (Node 24). */
export const SHORT_TEXT = 20;

/** Negative as soon as a unit of the string being hashed is 0 or above 127. */
let strange = 0;

/** Up to four units of a string from `at` on, the first lowest; a straight line, because this runs for every cell. */
function unitsOf(s: string, at: number, count: number): number {
  if (count <= 0) return 0;
  const c0 = s.charCodeAt(at);
  if (count === 1) {
    strange |= (c0 - 1) | (127 - c0);
    return c0;
  }
  const c1 = s.charCodeAt(at + 1);
  if (count === 2) {
    strange |= (c0 - 1) | (c1 - 1) | (127 - (c0 | c1));
    return c0 | (c1 << 8);
  }
  const c2 = s.charCodeAt(at + 2);
  if (count === 3) {
    strange |= (c0 - 1) | (c1 - 1) | (c2 - 1) | (127 - (c0 | c1 | c2));
    return c0 | (c1 << 8) | (c2 << 16);
  }
  const c3 = s.charCodeAt(at + 3);
  strange |= (c0 - 1) | (c1 - 1) | (c2 - 1) | (c3 - 1) | (127 - (c0 | c1 | c2 | c3));
  return c0 | (c1 << 8) | (c2 << 16) | (c3 << 24);
}

/** A string of U+0001 to U+007F and fewer than 24 units, without a copy; false (and no hash) where it is another. */
export function hashShortAscii(s: string): boolean {
  const n = s.length;
  if (n >= 24) return false;
  strange = 0;
  begin(n);
  let rest = n;
  if (n >= 12) {
    state[0] = (state[0] as number) + unitsOf(s, 0, 4);
    state[1] = (state[1] as number) + unitsOf(s, 4, 4);
    state[2] = (state[2] as number) + unitsOf(s, 8, 4);
    mixState();
    rest -= 12;
  }
  const at = n - rest;
  const w0 = unitsOf(s, at, rest);
  const w1 = unitsOf(s, at + 4, rest - 4);
  const w2 = unitsOf(s, at + 8, rest - 8);
  if (strange < 0) return false;
  // The lowest byte of c is reserved for the length.
  final(((state[0] as number) + w0) | 0, ((state[1] as number) + w1) | 0, ((state[2] as number) + (w2 << 8)) | 0);
  return true;
}

function begin(length: number): void {
  const s = (START + length) | 0;
  state[0] = s;
  state[1] = s;
  state[2] = s;
}

/** Takes `blocks` blocks of twelve bytes from the front of `from`. */
function absorbBlocks(from: Int32Array, blocks: number): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  const end = blocks * 3;
  for (let i = 0; i < end; i += 3) {
    a = (a + (from[i] as number)) | 0;
    b = (b + (from[i + 1] as number)) | 0;
    c = (c + (from[i + 2] as number)) | 0;
    a = (a - c) ^ ((c << 4) | (c >>> 28));
    c = (c + b) | 0;
    b = (b - a) ^ ((a << 6) | (a >>> 26));
    a = (a + c) | 0;
    c = (c - b) ^ ((b << 8) | (b >>> 24));
    b = (b + a) | 0;
    a = (a - c) ^ ((c << 16) | (c >>> 16));
    c = (c + b) | 0;
    b = (b - a) ^ ((a << 19) | (a >>> 13));
    a = (a + c) | 0;
    c = (c - b) ^ ((b << 4) | (b >>> 28));
    b = (b + a) | 0;
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
}

/** Takes all whole blocks of the first `count` scratch bytes and moves what is left to the front; returns its size. */
function absorb(count: number): number {
  const blocks = Math.floor(count / 12);
  absorbBlocks(words, blocks);
  const left = count - blocks * 12;
  if (blocks > 0) for (let i = 0; i < left; i++) scratch[i] = scratch[blocks * 12 + i] as number;
  return left;
}

function end(left: number): void {
  for (let i = left; i < 12; i++) scratch[i] = 0;
  final(
    ((state[0] as number) + (words[0] as number)) | 0,
    ((state[1] as number) + (words[1] as number)) | 0,
    ((state[2] as number) + ((words[2] as number) << 8)) | 0,
  );
}

/** The first `length` bytes of memory that is also seen as words: no copy. */
export function hashAligned(bytes: Uint8Array, asWords: Int32Array, length: number): void {
  begin(length);
  const blocks = Math.floor(length / 12);
  absorbBlocks(asWords, blocks);
  const left = length - blocks * 12;
  for (let i = 0; i < left; i++) scratch[i] = bytes[blocks * 12 + i] as number;
  end(left);
}

/** Any bytes, in constant memory. */
export function hashBytes(bytes: Uint8Array): void {
  const { length } = bytes;
  begin(length);
  let left = 0;
  for (let at = 0; at < length; ) {
    const take = Math.min(SCRATCH_BYTES - left, length - at);
    scratch.set(bytes.subarray(at, at + take), left);
    left = absorb(left + take);
    at += take;
  }
  end(left);
}

/** A UTF-16 unit takes three bytes at most. */
const PIECE = Math.floor((SCRATCH_BYTES - 12) / 3);

/** The UTF-8 bytes of a well-formed string, in constant memory; returns their number. */
export function hashUtf8(s: string): number {
  if (s.length <= PIECE) {
    const length = scratch.write(s, 0, 'utf8');
    begin(length);
    end(absorb(length));
    return length;
  }
  const length = Buffer.byteLength(s);
  begin(length);
  let left = 0;
  for (let at = 0; at < s.length; ) {
    let to = Math.min(at + PIECE, s.length);
    const last = s.charCodeAt(to - 1);
    // Both halves of a pair belong into one piece.
    if (to < s.length && last >= 0xd800 && last <= 0xdbff) to--;
    left = absorb(left + scratch.write(s.slice(at, to), left, 'utf8'));
    at = to;
  }
  end(left);
  return length;
}
