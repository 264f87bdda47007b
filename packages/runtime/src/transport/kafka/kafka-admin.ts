/** Topics: made explicitly, checked when they are there already. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import type { Admin, Kafka } from 'kafkajs';
import type { PartitionEnds, TopicSpec, TransportAdmin } from '../port.ts';
import type { BrokerDeadline } from './broker-deadline.ts';
import { isUnknownTopic, kafkaFailure } from './kafka-failure.ts';
import { readAll } from './read-all.ts';
import { untilSettled } from './until-settled.ts';

/** Settings that are ours; a broker refuses names that it does not know. */
const OWN_SETTINGS = /^causeway\./;

const EXISTENCE_LOOKS = 4;
const EXISTENCE_PAUSE_MS = 250;

export class KafkaAdmin implements TransportAdmin {
  private readonly kafka: Kafka;
  private readonly admin: Admin;
  private readonly deadline: BrokerDeadline;

  constructor(kafka: Kafka, deadline: BrokerDeadline) {
    this.kafka = kafka;
    this.admin = kafka.admin();
    this.deadline = deadline;
    this.admin.on(this.admin.events.REQUEST, () => deadline.answered());
  }

  connect(): Promise<void> {
    return this.admin.connect();
  }

  async createTopic(spec: TopicSpec): Promise<'created' | 'exists'> {
    const configEntries = Object.entries(spec.config).filter(([name]) => !OWN_SETTINGS.test(name)).map(([name, value]) => ({ name, value }));
    const topics = [{ topic: spec.name, numPartitions: spec.partitions, replicationFactor: spec.replication, configEntries }];
    const created = await this.ask(`creating topic ${spec.name}`, async () => {
      // kafkajs's own waiting fails where a broker has not heard of the topic yet, and leaves it half made for the caller.
      const made = await this.admin.createTopics({ waitForLeaders: false, topics });
      if (made) await untilSettled(() => this.admin.fetchTopicMetadata({ topics: [spec.name] }));
      return made;
    });
    if (created) return 'created';
    const partitions = (await this.endOffsets(spec.name)).length;
    if (partitions !== spec.partitions) throw new Failure('CONFIG_INVALID', `topic ${spec.name} has ${partitions} partitions, not ${spec.partitions}`);
    return 'exists';
  }

  async deleteTopic(name: string): Promise<void> {
    await this.ask(`deleting topic ${name}`, async () => {
      // kafkajs retries a deletion of what is not there a dozen times.
      if (!(await this.admin.listTopics()).includes(name)) return;
      try {
        await this.admin.deleteTopics({ topics: [name] });
      } catch (error) {
        if (!isUnknownTopic(error)) throw error;
      }
    });
  }

  async endOffsets(topic: string): Promise<readonly PartitionEnds[]> {
    const ends = await this.ask(`reading the ends of topic ${topic}`, async () => {
      if (!(await this.exists(topic))) throw new Failure('TRANSPORT_GAP', `there is no topic ${topic}`);
      return untilSettled(() => this.admin.fetchTopicOffsets(topic));
    });
    return ends.map((o) => ({ partition: o.partition, low: BigInt(o.low), high: BigInt(o.high) })).sort((a, b) => a.partition - b.partition);
  }

  async *readAll(topic: string, partition: number): AsyncGenerator<Awaited<ReturnType<typeof readAll>>[number]> {
    const ends = (await this.endOffsets(topic))[partition];
    if (ends === undefined) throw new Failure('CONFIG_INVALID', `topic ${topic} has no partition ${partition}`);
    if (ends.low < ends.high) yield* await this.ask(`reading topic ${topic}`, () => readAll(this.kafka, topic, ends));
  }

  async trim(topic: string, partition: number, beforeOffset: bigint): Promise<void> {
    const ends = (await this.endOffsets(topic))[partition];
    if (ends === undefined || beforeOffset > ends.high) {
      throw new Failure('TRANSPORT_GAP', `partition ${partition} of ${topic} ends at ${ends?.high ?? '-'}, so it cannot be trimmed to ${beforeOffset}`);
    }
    if (beforeOffset <= ends.low) return;
    await this.ask(`trimming topic ${topic}`, () => this.admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: beforeOffset.toString() }] }));
  }

  close(): Promise<void> {
    return this.admin.disconnect();
  }

  /** Asked more than once, as a broker may not have heard yet of a topic that another one has made. */
  private async exists(topic: string): Promise<boolean> {
    for (let look = 0; look < EXISTENCE_LOOKS; look++) {
      if (look > 0) await sleep(EXISTENCE_PAUSE_MS);
      if ((await this.admin.listTopics()).includes(topic)) return true;
    }
    return false;
  }

  private async ask<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await this.deadline.race(work());
    } catch (error) {
      throw kafkaFailure(error, what);
    }
  }
}
