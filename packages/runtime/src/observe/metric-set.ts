/** Makes metrics of a registry as the contracts declare them: name, help, labels and buckets come from there alone. */
import { type KeyOf, type MetricKey, METRICS, metricName } from '@causeway/contracts/metric-names';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export type { Gauge } from 'prom-client';

export class MetricSet {
  readonly registry: Registry;
  private readonly before: (() => void | Promise<void>)[] = [];

  constructor(registry: Registry = new Registry()) {
    this.registry = registry;
    const page = registry.metrics.bind(registry);
    // prom-client asks one metric after another; what many metrics come from is read once, before the first.
    registry.metrics = async () => {
      await inTime(Promise.all(this.before.map((look) => look())));
      return page();
    };
  }

  /** Called before each page is made; it must not throw. A page waits for half a second: what is known later stands on the next one. */
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

/** A slow server must not make the service look dead. */
const PAGE_MS = 500;

async function inTime(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PAGE_MS);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
