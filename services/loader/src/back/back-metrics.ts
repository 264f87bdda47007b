/** Metrics of the way back's sink. */
import type { MetricSet } from '@causeway/runtime/observe/metric-set';
import type { BackStep } from './run-back-sink.ts';

export function countingBack(metrics: MetricSet): (step: BackStep) => void {
  const rows = metrics.counter('loader_back_rows_total');
  const cells = metrics.counter('loader_back_cells_total');
  const skipped = metrics.counter('loader_back_batches_skipped_total');
  const lag = metrics.gauge('loader_back_lag_seconds');
  return (step) => {
    rows.inc(step.rows + step.deleted);
    cells.inc(step.cells);
    if (step.skipped) skipped.inc();
    lag.set(Math.max(0, (Date.now() - step.seenMs) / 1000));
  };
}
