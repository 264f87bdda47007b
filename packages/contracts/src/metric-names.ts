/** All metrics, with type, unit in the name, and help; dashboards, alerts and docs are checked against this list. */
import { BACKUP_METRICS } from './metrics/backup-metrics.ts';
import { COMMAND_METRICS } from './metrics/command-metrics.ts';
import { EXTRACTOR_METRICS } from './metrics/extractor-metrics.ts';
import { LOADER_METRICS } from './metrics/loader-metrics.ts';
import type { Metric } from './metrics/metric.ts';
import { RECORD_METRICS } from './metrics/record-metrics.ts';
import { RUNTIME_METRICS } from './metrics/runtime-metrics.ts';
import { VALIDATOR_METRICS } from './metrics/validator-metrics.ts';

export const METRICS = { ...RECORD_METRICS, ...EXTRACTOR_METRICS, ...LOADER_METRICS, ...VALIDATOR_METRICS, ...RUNTIME_METRICS, ...COMMAND_METRICS, ...BACKUP_METRICS } as const satisfies Readonly<Record<string, Metric>>;

/** Without the prefix. */
export type MetricKey = keyof typeof METRICS;
export type MetricName = `causeway_${MetricKey}`;
/** Keys of one type of metric. */
export type KeyOf<T extends Metric['type']> = { [K in MetricKey]: (typeof METRICS)[K]['type'] extends T ? K : never }[MetricKey];

export function metricName(name: MetricKey): MetricName {
  return `causeway_${name}`;
}
