/** Pseudo-random numbers that are the same on every machine for the same seed: the demo must be repeatable. */
export interface SeededRandom {
  /** 0 ≤ x < 1, 32 bits of it. */
  fraction(): number;
  /** An integer in [low, high]. */
  integer(low: number, high: number): number;
  /** True once in `times`. */
  oneIn(times: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Lower-case hex digits. */
  hex(digits: number): string;
  bytes(length: number): Buffer;
}

/** mulberry32: 32 bits of state are plenty for sample data, and it needs no 64-bit arithmetic. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  const fraction = (): number => word() / 4_294_967_296;
  const integer = (low: number, high: number): number => low + Math.floor(fraction() * (high - low + 1));
  return {
    fraction,
    integer,
    oneIn: (times) => word() % times === 0,
    pick: (items) => items[word() % items.length] as (typeof items)[number],
    hex: (digits) => {
      let out = '';
      while (out.length < digits) out += word().toString(16).padStart(8, '0');
      return out.slice(0, digits);
    },
    bytes: (length) => {
      const out = Buffer.allocUnsafe(Math.ceil(length / 4) * 4);
      for (let at = 0; at < length; at += 4) out.writeUInt32LE(word(), at);
      return out.subarray(0, length);
    },
  };
}
