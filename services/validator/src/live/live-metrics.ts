/** The live validator's state as metrics. What is not known is NaN, never 0. */
import type { MetricSet } from '@causeway/runtime/observe/metric-set';
import type { ValidatorMetrics } from '../report/validator-metrics.ts';
import type { LiveState } from './live-state.ts';

export function liveMetrics(metrics: MetricSet, counters: Pick<ValidatorMetrics, 'rows' | 'mismatches'>): (state: LiveState) => void {
  const oldest = metrics.gauge('validator_oldest_unverified_seconds');
  const unverified = metrics.gauge('validator_unverified_changes');
  const verified = metrics.gauge('validator_verified_position');
  const source = metrics.gauge('validator_source_position');
  const target = metrics.gauge('validator_target_position');
  const lag = metrics.gauge('validator_lag_changes');
  const seconds = metrics.gauge('validator_pass_seconds');
  const age = metrics.gauge('validator_pass_age_seconds');
  const passes = metrics.gauge('validator_passes');
  const open = metrics.gauge('validator_open_divergences');
  const lost = metrics.gauge('validator_capture_lost');
  const touched = metrics.gauge('validator_source_touched');
  let told = { rows: 0, mismatches: 0 };
  return (state) => {
    // Checks that begin anew in this process, by other contracts, count from 0 again.
    counters.rows(grown(told.rows, state.rowsVerified));
    counters.mismatches(grown(told.mismatches, state.foundDivergences));
    told = { rows: state.rowsVerified, mismatches: state.foundDivergences };
    oldest.set(state.oldestUnverifiedMs === null ? Number.NaN : state.oldestUnverifiedMs / 1000);
    unverified.set(state.unverified);
    verified.set(Number(state.verifiedTo));
    source.set(Number(state.sourceEnd));
    target.set(Number(state.applied));
    lag.set(state.lagChanges);
    seconds.set(state.lastPassSeconds ?? Number.NaN);
    age.set(state.passAgeMs === null ? Number.NaN : state.passAgeMs / 1000);
    passes.set(state.passes);
    open.set(state.openDivergences);
    lost.set(state.captureLost === null ? 0 : 1);
    touched.set(state.sourceTouched === null ? 0 : 1);
  };
}

const grown = (before: number, now: number): number => (now < before ? now : now - before);
