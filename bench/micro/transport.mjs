// CPU and wall time of the transport alone: 500 messages of 350 KB (175 MB) through four partitions, sent 4 MB at a time.
// node bench/micro/transport.mjs kafka host:port   |   node bench/micro/transport.mjs embedded file
import { createLog } from '@causeway/runtime/log';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';

const [kind, address] = process.argv.slice(2);
const config = kind === 'kafka' ? { kind, brokers: address.split(','), clientId: 'causeway-bench' } : { kind, file: address };
const MESSAGES = 500;
const BYTES = 350_000;
const PER_SEND = 12;
const PARTITIONS = 4;
const ROUNDS = 5;

const source = Buffer.alloc(BYTES + MESSAGES);
for (let i = 0; i < source.length; i++) source[i] = Math.imul(i, 2654435761) >>> 13;

/** CPU is this process's alone: the broker's is not in it. */
async function measured(what, work) {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const ms = (microseconds) => Math.round(microseconds / 1000);
  console.log(JSON.stringify({ kind, what, wallMs: Math.round(performance.now() - started), userMs: ms(user), systemMs: ms(system), rssMb: Math.round(process.memoryUsage().rss / 1e6) }));
}

async function produce(producer, topic) {
  for (let from = 0; from < MESSAGES; from += PER_SEND) {
    const count = Math.min(PER_SEND, MESSAGES - from);
    await producer.send(Array.from({ length: count }, (_, n) => ({ topic, partition: (from + n) % PARTITIONS, key: null, value: source.subarray(from + n, from + n + BYTES) })));
  }
}

async function consume(consumer) {
  let seen = 0;
  const control = Promise.withResolvers();
  const run = consumer.run({
    onAssigned: async () => new Map(),
    onRevoked: async () => {},
    onBatch: async ({ messages }) => {
      seen += messages.length;
      if (seen === MESSAGES) control.resolve();
    },
  });
  await Promise.race([control.promise, run]);
}

const transport = await connectTransport(config, { log: createLog('bench', 'silent') });
const admin = await transport.admin();
for (let round = 0; round < ROUNDS; round++) {
  const topic = `causeway.bench.${process.pid}.${round}`;
  await admin.createTopic({ name: topic, partitions: PARTITIONS, replication: -1, config: { 'max.message.bytes': String(8 * 1024 * 1024) } });
  const producer = await transport.producer();
  await measured('produce', () => produce(producer, topic));
  const consumer = await transport.consumer({ groupId: `${topic}.group`, topic });
  await measured('consume', () => consume(consumer));
  await consumer.stop();
  await producer.close();
  await admin.deleteTopic(topic);
}
await transport.close();
