/** The Kafka implementation of the transport port, on kafkajs. The only folder that knows kafkajs. */
import { Failure } from '@causeway/contracts/failures';
import kafkajs from 'kafkajs';
import type { Log } from '../../log.ts';
import type { Transport, TransportAdmin, TransportProducer } from '../port.ts';
import type { TransportConfig } from '../transport-config.ts';
import { kafkaAdmin } from './kafka-admin.ts';
import { KafkaConsumer } from './kafka-consumer.ts';

/** kafkajs retries for ever with no broker (tulios/kafkajs#1721), so connecting has a deadline of its own. */
const CONNECT_DEADLINE_MS = 15_000;

export async function connectKafka(config: Extract<TransportConfig, { kind: 'kafka' }>, log: Log): Promise<Transport> {
  const kafka = new kafkajs.Kafka({
    clientId: config.clientId,
    brokers: [...config.brokers],
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 12 },
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => (entry) => log.debug({ kafka: entry.log, namespace: entry.namespace }, 'kafka client'),
  });
  const where = config.brokers.join(', ');
  return {
    kind: 'kafka',
    admin: (): Promise<TransportAdmin> => kafkaAdmin(kafka, (work) => withDeadline(work, where)),
    producer: async (): Promise<TransportProducer> => {
      const producer = kafka.producer({
        idempotent: true,
        // Order inside a partition must survive a retry.
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner: () => ({ message }) => message.partition as number,
      });
      await withDeadline(producer.connect(), where);
      return {
        send: async (messages) => {
          const byTopic = Map.groupBy(messages, (m) => m.topic);
          await producer.sendBatch({
            acks: -1,
            topicMessages: [...byTopic].map(([topic, list]) => ({ topic, messages: list.map((m) => ({ key: m.key, value: m.value, partition: m.partition })) })),
          });
        },
        close: () => producer.disconnect(),
      };
    },
    consumer: async (options) => {
      const consumer = new KafkaConsumer(kafka, options);
      await withDeadline(consumer.connect(), where);
      return consumer;
    },
    close: async () => {},
  };
}

async function withDeadline<T>(work: Promise<T>, where: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Failure('BROKER_UNREACHABLE', `no answer from ${where} within ${CONNECT_DEADLINE_MS / 1000} s`)), CONNECT_DEADLINE_MS);
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, deadline]);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('BROKER_UNREACHABLE', `${where}: ${(cause as Error).message}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
