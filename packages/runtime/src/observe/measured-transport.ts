/** A transport that counts and times what passes it, by kind of topic (snapshot, changes, back, schemas). */
import type { Counter, Gauge, Histogram } from 'prom-client';
import type { ConsumerHandlers, IncomingBatch, OutgoingMessage, Transport, TransportConsumer, TransportProducer } from '../transport/port.ts';
import type { MetricSet } from './metric-set.ts';

interface Meters {
  readonly send: Histogram;
  readonly sentMessages: Counter;
  readonly sentBytes: Counter;
  readonly failures: Counter;
  readonly delivery: Histogram;
  readonly batch: Histogram;
  readonly receivedMessages: Counter;
  readonly receivedBytes: Counter;
  readonly lag: Gauge;
}

/** The last part of a topic's name; ids of migrations are no label. */
export const kindOfTopic = (topic: string): string => topic.split('.').at(-1) ?? topic;

export function measuredTransport(transport: Transport, metrics: MetricSet): Transport {
  const meters: Meters = {
    send: metrics.histogram('transport_send_seconds'),
    sentMessages: metrics.counter('transport_sent_messages_total'),
    sentBytes: metrics.counter('transport_sent_bytes_total'),
    failures: metrics.counter('transport_send_failures_total'),
    delivery: metrics.histogram('transport_delivery_seconds'),
    batch: metrics.histogram('transport_batch_seconds'),
    receivedMessages: metrics.counter('transport_received_messages_total'),
    receivedBytes: metrics.counter('transport_received_bytes_total'),
    lag: metrics.gauge('transport_consumer_lag_messages'),
  };
  return {
    kind: transport.kind,
    admin: () => transport.admin(),
    producer: async (options) => measuredProducer(await transport.producer(options), meters),
    consumer: async (options) => measuredConsumer(await transport.consumer(options), { topic: kindOfTopic(options.topic) }, meters),
    close: () => transport.close(),
  };
}

function measuredProducer(producer: TransportProducer, meters: Meters): TransportProducer {
  return {
    send: async (messages) => {
      const first = messages[0];
      if (first === undefined) return producer.send(messages);
      const label = { topic: kindOfTopic(first.topic) };
      const end = meters.send.startTimer(label);
      try {
        await producer.send(messages);
      } catch (error) {
        meters.failures.inc(label);
        throw error;
      }
      end();
      meters.sentMessages.inc(label, messages.length);
      meters.sentBytes.inc(label, bytesOf(messages));
    },
    close: () => producer.close(),
  };
}

function measuredConsumer(consumer: TransportConsumer, label: { topic: string }, meters: Meters): TransportConsumer {
  const onBatch = async (batch: IncomingBatch, handlers: ConsumerHandlers): Promise<void> => {
    const last = batch.messages.at(-1) as IncomingBatch['messages'][number];
    // The oldest one of a hand-over has waited longest.
    meters.delivery.observe(label, Math.max(0, Date.now() - (batch.messages[0]?.timestampMs ?? 0)) / 1000);
    meters.receivedMessages.inc(label, batch.messages.length);
    meters.receivedBytes.inc(label, bytesOf(batch.messages));
    meters.lag.set(label, Math.max(0, Number(batch.highWatermark - last.offset - 1n)));
    const end = meters.batch.startTimer(label);
    await handlers.onBatch(batch);
    end();
  };
  return {
    run: (handlers) => consumer.run({ onAssigned: (p) => handlers.onAssigned(p), onRevoked: (p) => handlers.onRevoked(p), onBatch: (batch) => onBatch(batch, handlers) }),
    commit: (offsets) => consumer.commit(offsets),
    stop: () => consumer.stop(),
  };
}

function bytesOf(messages: readonly Pick<OutgoingMessage, 'value'>[]): number {
  let bytes = 0;
  for (const message of messages) bytes += message.value.length;
  return bytes;
}
