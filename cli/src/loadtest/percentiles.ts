import type { LoadFigures } from './load-outcome.ts';

/** Calls of one kind: their times in milliseconds, and how many failed. */
export function loadFigures(times: readonly number[], errors: number): LoadFigures {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => (sorted.length === 0 ? 0 : (sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] as number));
  return { calls: times.length + errors, errors, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1) };
}
