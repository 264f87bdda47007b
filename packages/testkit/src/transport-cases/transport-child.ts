/** The process that a transport test kills or suspends. It tells on stdout what it has done, a line each. */
import { createLog } from '@causeway/runtime/log';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';
import type { Transport } from '@causeway/runtime/transport/port';
import type { TransportConfig } from '@causeway/runtime/transport/transport-config';

export interface ChildTask {
  readonly config: TransportConfig;
  readonly topic: string;
  /** produce: sends `n` after `n` until it is killed. consume: consumes from offset 0 of every partition. */
  readonly role: 'produce' | 'consume';
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

async function produce(transport: Transport, topic: string): Promise<void> {
  const producer = await transport.producer();
  for (let n = 0; ; n++) {
    await producer.send([{ topic, partition: 0, key: null, value: Buffer.from(String(n)) }]);
    say(`durable ${n}`);
  }
}

async function consume(transport: Transport, topic: string): Promise<void> {
  const consumer = await transport.consumer({ groupId: `${topic}.group`, topic });
  await consumer.run({
    onAssigned: async (partitions) => {
      say(`assigned ${partitions.join(',')}`);
      return new Map();
    },
    onRevoked: async (partitions) => void say(`revoked ${partitions.join(',')}`),
    onBatch: async ({ partition, messages }) => void say(`batch ${partition} ${messages[0]?.offset} ${messages.at(-1)?.offset}`),
  });
}

const task = JSON.parse(process.argv[2] as string) as ChildTask;
const transport = await connectTransport(task.config, { log: createLog('suite', 'silent') });
await (task.role === 'produce' ? produce(transport, task.topic) : consume(transport, task.topic));
