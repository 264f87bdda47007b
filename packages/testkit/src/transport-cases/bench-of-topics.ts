/** A transport with topics of its own for one test, and everything closed behind it. */
import { afterEach, beforeEach } from '@jest/globals';
import { createLog } from '@causeway/runtime/log';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';
import type { OutgoingMessage, Transport, TransportAdmin, TransportProducer } from '@causeway/runtime/transport/port';
import type { TransportFixture } from '../transport-suite.ts';

let count = 0;

export class TopicBench {
  transport!: Transport;
  admin!: TransportAdmin;
  producer!: TransportProducer;
  private readonly topics: string[] = [];

  static of(fixture: TransportFixture): TopicBench {
    const bench = new TopicBench();
    beforeEach(async () => {
      bench.transport = await connectTransport(fixture.config(), { log: createLog('suite', 'silent') });
      bench.admin = await bench.transport.admin();
      bench.producer = await bench.transport.producer();
    });
    afterEach(async () => {
      for (const topic of bench.topics.splice(0)) await bench.admin.deleteTopic(topic);
      await bench.transport.close();
    });
    return bench;
  }

  newName(): string {
    const name = `suite.${process.pid}.${Date.now()}.${count++}`;
    this.topics.push(name);
    return name;
  }

  async newTopic(partitions: number): Promise<string> {
    const name = this.newName();
    await this.admin.createTopic({ name, partitions, replication: -1, config: { 'max.message.bytes': String(8 * 1024 * 1024) } });
    return name;
  }

  /** Values are the texts `p:n`, n counting from `from`. */
  async fill(topic: string, partitions: number, messages: number, from = 0): Promise<void> {
    const list: OutgoingMessage[] = [];
    for (let n = from; n < from + messages; n++) {
      for (let partition = 0; partition < partitions; partition++) list.push({ topic, partition, key: null, value: Buffer.from(`${partition}:${n}`) });
    }
    await this.producer.send(list);
  }
}
