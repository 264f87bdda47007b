/** Slices of a table that reading threads take one after the other: the faster thread takes more of them. */
import type { KeyBounds } from './buckets.ts';
import type { Slice } from './slice.ts';
import { WHOLE_TABLE } from './slice.ts';

const MOST_SLICES = 64n;
/**
 * Below this a slice costs more in statements than it spreads. A table of few rows is thus read by one thread, always
 * the first: rows of fifty megabytes are then in memory one at a time.
 */
const LEAST_SPAN = 4_096n;

export function cutSlices(order: (KeyBounds & { readonly column: string }) | null): Slice[] {
  if (order === null) return [WHOLE_TABLE];
  const span = order.high - order.low + 1n;
  const wanted = span / LEAST_SPAN + 1n;
  const count = wanted > MOST_SLICES ? MOST_SLICES : wanted;
  return Array.from({ length: Number(count) }, (_, i) => ({
    column: order.column,
    low: order.low + (span * BigInt(i)) / count,
    high: order.low + (span * BigInt(i + 1)) / count - 1n,
  }));
}
