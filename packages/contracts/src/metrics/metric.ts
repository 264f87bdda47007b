/** How a metric is declared: its type, what it means, its labels (few, and never values of rows), its buckets. */
export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets: readonly number[];
}

export interface CounterMetric extends Metric {
  readonly type: 'counter';
}
export interface GaugeMetric extends Metric {
  readonly type: 'gauge';
}
export interface HistogramMetric extends Metric {
  readonly type: 'histogram';
}

export function counter(help: string, ...labels: readonly string[]): CounterMetric {
  return { type: 'counter', help, labels, buckets: [] };
}

export function gauge(help: string, ...labels: readonly string[]): GaugeMetric {
  return { type: 'gauge', help, labels, buckets: [] };
}

export function histogram(help: string, buckets: readonly number[], ...labels: readonly string[]): HistogramMetric {
  return { type: 'histogram', help, labels, buckets };
}
