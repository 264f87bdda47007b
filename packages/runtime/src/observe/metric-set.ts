/** Makes metrics of a registry as the contracts declare them: name, help, labels and buckets come from there alone. */
import { type KeyOf, type MetricKey, METRICS, metricName } from '@causeway/contracts/metric-names';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type { Gauge } from 'prom-client';

export class MetricSet {
  readonly registry: Registry;
  private readonly before: (() => void | Promise<void>)[] = [];

  constructor(registry: Registry) {
    this.registry = registry;
    const page = registry.metrics.bind(registry);
    // prom-client asks one metric after another; what many metrics come from is read once, before the first.
    registry.metrics = async () => {
      await Promise.all(this.before.map((look) => look()));
      return page();
    };
  }

  /** Called before each page is made; it must not throw and must not take long. */
  onScrape(look: () => void | Promise<void>): void {
    this.before.push(look);
  }

  counter(name: KeyOf<'counter'>): Counter {
    return new Counter(this.options(name));
  }

  gauge(name: KeyOf<'gauge'>): Gauge {
    return new Gauge(this.options(name));
  }

  histogram(name: KeyOf<'histogram'>): Histogram {
    return new Histogram({ ...this.options(name), buckets: [...METRICS[name].buckets] });
  }

  private options(name: MetricKey): { name: string; help: string; labelNames: string[]; registers: Registry[] } {
    const { help, labels } = METRICS[name];
    return { name: metricName(name), help, labelNames: [...labels], registers: [this.registry] };
  }
}
