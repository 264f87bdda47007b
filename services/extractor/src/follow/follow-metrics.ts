/** The tailer's figures as metrics. */
import type { MetricSet } from '@causeway/runtime/observe/metric-set';
import type { FollowLap, FollowState } from './run-follow.ts';
import { TargetLag } from './target-lag.ts';

export function measuringFollow(metrics: MetricSet): { state(state: FollowState): void; lap(lap: FollowLap): void } {
  const keys = metrics.counter('extractor_changes_published_total');
  const batches = metrics.counter('extractor_change_batches_total');
  const bytes = metrics.counter('extractor_change_bytes_total');
  const published = metrics.gauge('extractor_published_position');
  const end = metrics.gauge('extractor_source_position');
  const entries = metrics.gauge('extractor_log_entries');
  const lag = metrics.gauge('extractor_change_lag_seconds');
  const purged = metrics.gauge('extractor_purged_position');
  const behind = lagOfTarget(metrics);
  let last = { keys: 0, batches: 0, bytes: 0 };
  const tell = (state: FollowState): void => {
    keys.inc(grown(last.keys, state.keys));
    batches.inc(grown(last.batches, state.batches));
    bytes.inc(grown(last.bytes, state.bytes));
    last = { keys: state.keys, batches: state.batches, bytes: state.bytes };
    published.set(Number(state.published));
    end.set(Number(state.end));
    entries.set(state.logEntries);
    lag.set(state.lagMs / 1000);
    purged.set(Number(state.purgedTo));
  };
  return { state: tell, lap: behind };
}

/** Told at the scrape and not at the lap: a tailer or a target that hangs must be seen to hang. */
function lagOfTarget(metrics: MetricSet): (lap: FollowLap) => void {
  const age = metrics.gauge('extractor_tail_age_seconds');
  const changes = metrics.gauge('extractor_target_lag_changes');
  const seconds = metrics.gauge('extractor_target_lag_seconds');
  const lag = new TargetLag();
  let lappedAt: number | undefined;
  metrics.onScrape(() => {
    age.set(lappedAt === undefined ? Number.NaN : (performance.now() - lappedAt) / 1000);
    changes.set(lag.changes);
    seconds.set(lag.seconds(Date.now()));
  });
  return (lap) => {
    lappedAt = performance.now();
    lag.look(lap);
  };
}

/** A tailer that begins anew in this process counts from 0 again. */
const grown = (before: number, now: number): number => (now < before ? now : now - before);
