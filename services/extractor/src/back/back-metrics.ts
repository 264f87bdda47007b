/** Metrics of the way back's reader. */
import type { MetricSet } from '@causeway/runtime/observe/metric-set';
import type { BackState } from './back-state.ts';

export function measuringBack(metrics: MetricSet): (state: BackState) => void {
  const entries = metrics.gauge('extractor_back_queue_entries');
  const lag = metrics.gauge('extractor_back_lag_seconds');
  const problems = metrics.gauge('extractor_back_problems');
  const published = metrics.counter('extractor_back_keys_published_total');
  let told = 0;
  let oldestMs: number | null = null;
  // At the scrape and not at the look: a reader that hangs must be seen to hang.
  metrics.onScrape(() => lag.set(oldestMs === null ? 0 : Math.max(0, (Date.now() - oldestMs) / 1000)));
  return (state) => {
    entries.set(state.queued);
    oldestMs = state.oldestMs;
    problems.set(state.problems);
    // A reader that begins anew in this process counts from 0 again.
    published.inc(state.published < told ? state.published : state.published - told);
    told = state.published;
  };
}
