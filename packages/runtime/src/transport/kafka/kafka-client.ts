/** A kafkajs client from our configuration: its log goes into ours, its retries are bounded by our own deadlines. */
import kafkajs, { type Kafka, type LogEntry, type SASLOptions } from 'kafkajs';
import type { Log } from '../../log.ts';
import type { KafkaConfig } from '../transport-config.ts';
import type { KafkaEvents } from './kafka-events.ts';

export interface KafkaDeps {
  readonly log: Log;
  /** Absent where nobody measures. */
  readonly events?: KafkaEvents | undefined;
}

/** A broker on the same network answers in milliseconds; this is for a connection that leads nowhere. */
const CONNECTION_MS = 5_000;
/** Longer than any append that a loaded broker took in tests; the connection is given up, and the request sent again on another. */
const REQUEST_MS = 20_000;

export function kafkaClient(config: KafkaConfig, { log, events }: KafkaDeps, clientId: string): Kafka {
  return new kafkajs.Kafka({
    clientId,
    brokers: [...config.brokers],
    connectionTimeout: CONNECTION_MS,
    requestTimeout: config.requestMs ?? REQUEST_MS,
    // Quick at first, as a broker that restarts is back in seconds, and never slower than the eye.
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 12 },
    ...(config.ssl === undefined ? {} : { ssl: config.ssl }),
    ...(config.sasl === undefined ? {} : { sasl: config.sasl as SASLOptions }),
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => (entry) => {
      if (RETRIED.test(entry.log.message)) events?.retried();
      route(entry, log);
    },
  });
}

/**
 * What kafkajs reports of single answers and attempts: it retries them, or they reach us as an exception (a topic that
 * exists already, a coordinator that is still loading). The retry limit is ours to set, as there is a deadline behind it.
 */
const EXPECTED = /^(Response |Could not |Failed to send request|Limiting retries for the idempotent producer|The group is rebalancing)/;

/** An answer or an attempt that the client comes again for. */
const RETRIED = /^(Response |Failed to send request)/;

function route({ namespace, log: { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...rest } }: LogEntry, log: Log): void {
  log[EXPECTED.test(message) ? 'debug' : 'warn']({ ...rest, namespace }, `kafka client: ${message}`);
}
