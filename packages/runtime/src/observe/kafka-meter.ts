/** What the Kafka client does, as metrics. */
import type { KafkaEvents } from '../transport/kafka/kafka-events.ts';
import type { MetricSet } from './metric-set.ts';

/** The calls that data and membership travel by; a label for each of Kafka's eighty would be of no use. */
const APIS = new Set(['Produce', 'Fetch', 'Metadata', 'OffsetCommit', 'Heartbeat', 'JoinGroup', 'SyncGroup']);

/** While a service follows it asks the brokers every second at least. */
const SILENCE_MS = 15_000;

export interface KafkaMeter extends KafkaEvents {
  /** False: nobody has answered for too long. Only of a client that asks all the time. */
  answers(): boolean;
}

export function kafkaMeter(metrics: MetricSet): KafkaMeter {
  const seconds = metrics.histogram('kafka_request_seconds');
  const timeouts = metrics.counter('kafka_request_timeouts_total');
  const queued = metrics.gauge('kafka_queued_requests');
  const retries = metrics.counter('kafka_retries_total');
  let answeredAt = performance.now();
  return {
    answers: () => performance.now() - answeredAt < SILENCE_MS,
    answered: (api, ms) => {
      answeredAt = performance.now();
      seconds.observe({ api: APIS.has(api) ? api : 'other' }, ms / 1000);
    },
    timedOut: () => timeouts.inc(),
    queued: (requests) => queued.set(requests),
    retried: () => retries.inc(),
  };
}
