/** Lines of the log, by level, as a metric: a service that warns over and over is seen without reading it. */
import type { MetricSet } from './metric-set.ts';

export function countLines(lines: Readonly<Record<string, number>>, metrics: MetricSet): void {
  const counter = metrics.counter('service_log_lines_total');
  const told: Record<string, number> = {};
  // Known from the start, so that a first error is a step and not a new series.
  for (const level of ['warn', 'error']) counter.inc({ level }, 0);
  metrics.onScrape(() => {
    for (const [level, count] of Object.entries(lines)) {
      counter.inc({ level }, count - (told[level] ?? 0));
      told[level] = count;
    }
  });
}
