/**
 * Everything that a small partition holds. kafkajs reads only as a member of a group, so this one is made for the
 * purpose, never commits, and vanishes with its only member.
 */
import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import type { IncomingMessage, PartitionEnds } from '../port.ts';
import { incomingMessage } from './incoming-message.ts';

const MAX_WAIT_MS = 50;

export async function readAll(kafka: Kafka, topic: string, ends: PartitionEnds): Promise<IncomingMessage[]> {
  const consumer = kafka.consumer({ groupId: `${topic}.read.${randomUUID()}`, maxWaitTimeInMs: MAX_WAIT_MS, allowAutoTopicCreation: false });
  const messages: IncomingMessage[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      const collect = async ({ batch }: { batch: { partition: number; messages: Parameters<typeof incomingMessage>[1][]; lastOffset(): string } }): Promise<void> => {
        if (batch.partition !== ends.partition) return;
        for (const message of batch.messages) if (BigInt(message.offset) < ends.high) messages.push(incomingMessage(batch.partition, message));
        // The last offsets may have been compacted away, so the batch's end counts, not the last message's.
        if (BigInt(batch.lastOffset()) >= ends.high - 1n) resolve();
      };
      consumer.run({ autoCommit: false, eachBatch: collect }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return messages;
}
