/** Metrics of the way back's sink. */
import { METRICS, metricName } from '@causeway/contracts/metric-names';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { BackStep } from './run-back-sink.ts';

export function countingBack(registry: Registry): (step: BackStep) => void {
  const counter = (name: keyof typeof METRICS): Counter => new Counter({ name: metricName(name), help: METRICS[name], registers: [registry] });
  const rows = counter('loader_back_rows_total');
  const cells = counter('loader_back_cells_total');
  const skipped = counter('loader_back_batches_skipped_total');
  const lag = new Gauge({ name: metricName('loader_back_lag_seconds'), help: METRICS.loader_back_lag_seconds, registers: [registry] });
  return (step) => {
    rows.inc(step.rows + step.deleted);
    cells.inc(step.cells);
    if (step.skipped) skipped.inc();
    lag.set(Math.max(0, (Date.now() - step.seenMs) / 1000));
  };
}
