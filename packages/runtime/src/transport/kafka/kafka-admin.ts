/** Topics: made explicitly, checked when they are there already. */
import { Failure } from '@causeway/contracts/failures';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import type { PartitionEnds, TopicSpec, TransportAdmin } from '../port.ts';

export async function kafkaAdmin(kafka: Kafka, deadline: <T>(work: Promise<T>) => Promise<T>): Promise<TransportAdmin> {
  const admin = kafka.admin();
  await deadline(admin.connect());
  return {
    createTopic: (spec) => createTopic(admin, spec),
    deleteTopic: async (name) => {
      try {
        await admin.deleteTopics({ topics: [name] });
      } catch (error) {
        if (!isUnknownTopic(error)) throw error;
      }
    },
    endOffsets: async (topic): Promise<readonly PartitionEnds[]> =>
      (await admin.fetchTopicOffsets(topic)).map((o) => ({ partition: o.partition, low: BigInt(o.low), high: BigInt(o.high) })).sort((a, b) => a.partition - b.partition),
    close: () => admin.disconnect(),
  };
}

async function createTopic(admin: Admin, spec: TopicSpec): Promise<'created' | 'exists'> {
  const configEntries = Object.entries(spec.config).map(([name, value]) => ({ name, value }));
  try {
    const created = await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic: spec.name, numPartitions: spec.partitions, replicationFactor: spec.replication, configEntries }],
    });
    if (created) return 'created';
  } catch (error) {
    if (!/already exists/i.test(`${(error as Error).message} ${JSON.stringify((error as { errors?: unknown }).errors ?? '')}`)) throw error;
  }
  const metadata = await admin.fetchTopicMetadata({ topics: [spec.name] });
  const partitions = metadata.topics[0]?.partitions.length ?? 0;
  if (partitions !== spec.partitions) {
    throw new Failure('MESSAGE_INVALID', `topic ${spec.name} has ${partitions} partitions, not ${spec.partitions}: it was not made by this migration`);
  }
  return 'exists';
}

function isUnknownTopic(error: unknown): boolean {
  const text = `${(error as Error).message} ${(error as { type?: string }).type ?? ''}`;
  return error instanceof kafkajs.KafkaJSProtocolError ? error.type === 'UNKNOWN_TOPIC_OR_PARTITION' : /does not host this topic|UNKNOWN_TOPIC/.test(text);
}
