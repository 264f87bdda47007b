/** The tailer's figures as metrics. */
import { metricName, METRICS } from '@causeway/contracts/metric-names';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { FollowState } from './run-follow.ts';

export function measuringFollow(registry: Registry): (state: FollowState) => void {
  const counter = (name: keyof typeof METRICS): Counter => new Counter({ name: metricName(name), help: METRICS[name], registers: [registry] });
  const gauge = (name: keyof typeof METRICS): Gauge => new Gauge({ name: metricName(name), help: METRICS[name], registers: [registry] });
  const keys = counter('extractor_changes_published_total');
  const batches = counter('extractor_change_batches_total');
  const bytes = counter('extractor_change_bytes_total');
  const published = gauge('extractor_published_position');
  const end = gauge('extractor_source_position');
  const entries = gauge('extractor_log_entries');
  const lag = gauge('extractor_change_lag_seconds');
  let last = { keys: 0, batches: 0, bytes: 0 };
  return (state) => {
    // A tailer that begins anew in this process counts from 0 again.
    if (state.keys < last.keys) last = { keys: 0, batches: 0, bytes: 0 };
    keys.inc(state.keys - last.keys);
    batches.inc(state.batches - last.batches);
    bytes.inc(state.bytes - last.bytes);
    last = { keys: state.keys, batches: state.batches, bytes: state.bytes };
    published.set(Number(state.published));
    end.set(Number(state.end));
    entries.set(state.logEntries);
    lag.set(state.lagMs / 1000);
  };
}
