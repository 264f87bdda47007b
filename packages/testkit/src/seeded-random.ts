/** Pseudo-random choices that a printed seed repeats. */
export interface SeededRandom {
  /** 0 ≤ x < 1. */
  fraction(): number;
  /** An integer in [low, high]. */
  integer(low: number, high: number): number;
  oneIn(times: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** All 64 bits, signed. */
  int64(): bigint;
  bytes(length: number): Buffer;
}

/** mulberry32 behind a scrambled seed: neighbouring seeds must not give neighbouring databases. */
export function seededRandom(seed: number): SeededRandom {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  const fraction = (): number => word() / 4_294_967_296;
  return {
    fraction,
    integer: (low, high) => low + Math.floor(fraction() * (high - low + 1)),
    oneIn: (times) => word() % times === 0,
    pick: (items) => items[word() % items.length] as (typeof items)[number],
    int64: () => BigInt.asIntN(64, (BigInt(word()) << 32n) | BigInt(word())),
    bytes: (length) => Buffer.from(Array.from({ length }, () => word() & 0xff)),
  };
}
