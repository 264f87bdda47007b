/** Metrics of the validator. Tables are labels: there are few of them; no values of rows are. */
import { METRICS, metricName } from '@causeway/contracts/metric-names';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { TableVerification } from './table-verification.ts';

export interface ValidatorMetrics {
  /** Rows of the source that were read. */
  rows(count: number): void;
  mismatches(count: number): void;
  verified(table: TableVerification): void;
}

export function validatorMetrics(registry: Registry): ValidatorMetrics {
  const counter = (name: keyof typeof METRICS): Counter => new Counter({ name: metricName(name), help: METRICS[name], registers: [registry] });
  const gauge = (name: keyof typeof METRICS): Gauge => new Gauge({ name: metricName(name), help: METRICS[name], registers: [registry], labelNames: ['table'] });
  const rows = counter('validator_rows_verified_total');
  const tables = counter('validator_tables_verified_total');
  const mismatches = counter('validator_mismatches_total');
  const source = gauge('validator_source_rows');
  const target = gauge('validator_target_rows');
  const quarantined = gauge('validator_quarantined_rows');
  const equal = gauge('validator_equal');
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
      equal.set(label, result.equal ? 1 : 0);
    },
  };
}
