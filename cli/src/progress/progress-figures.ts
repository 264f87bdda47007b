/** Rates and the time left, in the words both renderers share. */
import { formatByteRate, formatClock, formatRate } from '../report/format-amount.ts';
import type { ProgressState } from './progress-state.ts';
import { measured, perSecond, type RateMeter } from './rate-meter.ts';

/** Before this an ETA is a guess; it appears once there is something to stand on. */
const SURE_AFTER_MS = 1500;

export function rateNow(meter: RateMeter, at: number): number {
  return perSecond(measured(meter, at, 0));
}

/** Null while nothing moves or too little has been seen. */
export function secondsLeft(remaining: number, meter: RateMeter, at: number): number | null {
  const seen = measured(meter, at, 0);
  const rate = perSecond(seen);
  return seen.weight < SURE_AFTER_MS * 0.85 || rate < 0.001 ? null : remaining / rate;
}

/** "45,120 rows/s", "12.3 MB/s", "ETA 0:41": those that are known. */
export function overallFigures(state: ProgressState, remaining: number, at: number): string[] {
  const rows = rateNow(state.rows, at);
  const bytes = rateNow(state.bytes, at);
  const left = remaining > 0 ? secondsLeft(remaining, state.rows, at) : null;
  return [
    ...(rows >= 0.5 ? [formatRate(rows)] : []),
    ...(bytes >= 1 ? [formatByteRate(bytes)] : []),
    ...(left === null ? [] : [`ETA ${formatClock(left)}`]),
  ];
}

export function percent(done: number, total: number): string {
  if (total === 0) return '';
  // Not 100 % before the last row: rounding up would say that it is over.
  return `${done >= total ? 100 : Math.min(99, Math.floor((100 * done) / total))}%`;
}
