/** Metrics of the validator. Tables are labels: there are few of them; no values of rows are. */
import type { MetricSet } from '@causeway/runtime/observe/metric-set';
import type { TableVerification } from './table-verification.ts';

const POLICIES = ['null', 'replace'] as const;

export interface ValidatorMetrics {
  /** Rows of the source that were read. */
  rows(count: number): void;
  mismatches(count: number): void;
  verified(table: TableVerification): void;
}

export function validatorMetrics(metrics: MetricSet): ValidatorMetrics {
  const rows = metrics.counter('validator_rows_verified_total');
  const tables = metrics.counter('validator_tables_verified_total');
  const mismatches = metrics.counter('validator_mismatches_total');
  const source = metrics.gauge('validator_source_rows');
  const target = metrics.gauge('validator_target_rows');
  const quarantined = metrics.gauge('validator_quarantined_rows');
  const explained = metrics.gauge('validator_explained_differences');
  const equal = metrics.gauge('validator_equal');
  return {
    rows: (count) => rows.inc(count),
    mismatches: (count) => mismatches.inc(count),
    verified: (result) => {
      const label = { table: result.target };
      tables.inc();
      mismatches.inc(result.differenceCount);
      source.set(label, result.sourceRows);
      target.set(label, result.targetRows);
      quarantined.set(label, result.quarantinedRows);
      for (const policy of POLICIES) explained.set({ ...label, policy }, result.explained.filter((e) => e.policy === policy).reduce((sum, e) => sum + e.values, 0));
      equal.set(label, result.equal ? 1 : 0);
    },
  };
}
