/** The live validator's state as metrics. What is not known is NaN, never 0. */
import { METRICS, metricName } from '@causeway/contracts/metric-names';
import { Gauge, type Registry } from 'prom-client';
import type { ValidatorMetrics } from '../report/validator-metrics.ts';
import type { LiveState } from './live-state.ts';

export function liveMetrics(registry: Registry, counters: Pick<ValidatorMetrics, 'rows' | 'mismatches'>): (state: LiveState) => void {
  const gauge = (name: keyof typeof METRICS): Gauge => new Gauge({ name: metricName(name), help: METRICS[name], registers: [registry] });
  const oldest = gauge('validator_oldest_unverified_seconds');
  const unverified = gauge('validator_unverified_changes');
  const verified = gauge('validator_verified_position');
  const source = gauge('validator_source_position');
  const target = gauge('validator_target_position');
  const lag = gauge('validator_lag_changes');
  const seconds = gauge('validator_pass_seconds');
  const age = gauge('validator_pass_age_seconds');
  const passes = gauge('validator_passes');
  const open = gauge('validator_open_divergences');
  let told = { rows: 0, mismatches: 0 };
  return (state) => {
    counters.rows(state.rowsVerified - told.rows);
    counters.mismatches(state.foundDivergences - told.mismatches);
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
  };
}
