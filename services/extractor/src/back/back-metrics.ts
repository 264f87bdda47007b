/** Metrics of the way back's reader. */
import { METRICS, metricName } from '@causeway/contracts/metric-names';
import { Gauge, type Registry } from 'prom-client';
import type { BackState } from './back-state.ts';

export function measuringBack(registry: Registry): (state: BackState) => void {
  const gauge = (name: keyof typeof METRICS): Gauge => new Gauge({ name: metricName(name), help: METRICS[name], registers: [registry] });
  const entries = gauge('extractor_back_queue_entries');
  const lag = gauge('extractor_back_lag_seconds');
  const problems = gauge('extractor_back_problems');
  const published = gauge('extractor_back_keys_published');
  return (state) => {
    entries.set(state.queued);
    lag.set(state.oldestMs === null ? 0 : Math.max(0, (Date.now() - state.oldestMs) / 1000));
    problems.set(state.problems);
    published.set(state.published);
  };
}
