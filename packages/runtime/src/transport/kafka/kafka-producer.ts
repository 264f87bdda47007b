/** An idempotent producer: a retry inside this process neither duplicates nor reorders. */
import { Failure } from '@causeway/contracts/failures';
import type { Kafka, Message, Producer, RecordMetadata } from 'kafkajs';
import type { OutgoingMessage, TransportProducer } from '../port.ts';
import type { BrokerDeadline } from './broker-deadline.ts';
import { type KafkaEvents, tellEvents } from './kafka-events.ts';
import { kafkaFailure } from './kafka-failure.ts';

export class KafkaProducer implements TransportProducer {
  private readonly producer: Producer;
  private readonly deadline: BrokerDeadline;
  private tail: Promise<void> = Promise.resolve();
  private failure: unknown;

  constructor(kafka: Kafka, deadline: BrokerDeadline, events?: KafkaEvents) {
    this.deadline = deadline;
    this.producer = kafka.producer({
      idempotent: true,
      // Order inside a partition must survive a retry.
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // Every message names its partition; the choice is the sender's, as a range must stay together.
      createPartitioner: () => ({ message }) => message.partition as number,
    });
    tellEvents(this.producer, events);
  }

  connect(): Promise<void> {
    return this.producer.connect();
  }

  send(messages: readonly OutgoingMessage[]): Promise<void> {
    const sent = this.tail.then(() => this.sendNow(messages));
    this.tail = sent.catch(() => {});
    return sent;
  }

  async close(): Promise<void> {
    await this.tail;
    await this.producer.disconnect();
  }

  private async sendNow(messages: readonly OutgoingMessage[]): Promise<void> {
    // After a failure a later message must not become durable while an earlier one is not.
    if (this.failure !== undefined) throw this.failure;
    if (messages.length === 0) return;
    try {
      // Metadata answers are no life here: what counts is that a send succeeds.
      checkStored(messages, await this.deadline.race(this.producer.sendBatch({ acks: -1, topicMessages: byTopic(messages) })));
    } catch (error) {
      this.failure = kafkaFailure(error, `sending to ${[...new Set(messages.map((m) => m.topic))].join(', ')}`);
      throw this.failure;
    }
  }
}

/** One record batch a partition comes of this. */
function byTopic(messages: readonly OutgoingMessage[]): { topic: string; messages: Message[] }[] {
  const topics = Map.groupBy(messages, (message) => message.topic);
  return [...topics].map(([topic, list]) => ({ topic, messages: list.map(({ key, value, partition, headers }) => ({ key, value, partition, ...(headers === undefined ? {} : { headers: { ...headers } }) })) }));
}

/** kafkajs drops, without a word, what is for a partition that the topic does not have. */
function checkStored(messages: readonly OutgoingMessage[], stored: readonly RecordMetadata[]): void {
  const answered = new Set(stored.map(({ topicName, partition }) => `${topicName}/${partition}`));
  const lost = messages.find(({ topic, partition }) => !answered.has(`${topic}/${partition}`));
  if (lost !== undefined) throw new Failure('CONFIG_INVALID', `topic ${lost.topic} has no partition ${lost.partition}`);
}
