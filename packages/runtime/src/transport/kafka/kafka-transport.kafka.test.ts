import { FaultProxy } from '@causeway/testkit/fault-proxy';
import { transportSuite } from '@causeway/testkit/transport-suite';
import { describe, expect, test } from '@jest/globals';
import { createLog } from '../../log.ts';
import { connectTransport } from '../connect-transport.ts';

const brokers = (): string[] => (process.env.CAUSEWAY_TEST_BROKERS ?? '').split(',');

transportSuite({
  name: 'kafka',
  // The shortest session that a broker grants unless told otherwise.
  config: () => ({ kind: 'kafka', brokers: brokers(), clientId: 'causeway-suite', sessionMs: 6_000 }),
  takeoverMs: 6_000,
});

describe('brokers', () => {
  test('none that answers is told within the deadline, by its address', async () => {
    const transport = await connectTransport({ kind: 'kafka', brokers: ['127.0.0.1:1'], clientId: 'nobody', connectDeadlineMs: 2_000 }, { log: createLog('suite', 'silent') });
    const started = performance.now();
    const refused = { code: 'BROKER_UNREACHABLE', message: expect.stringContaining('127.0.0.1:1') };
    await expect(transport.producer()).rejects.toMatchObject(refused);
    await expect(transport.admin()).rejects.toMatchObject(refused);
    await expect(transport.consumer({ groupId: 'g', topic: 't' })).rejects.toMatchObject(refused);
    expect(performance.now() - started).toBeLessThan(12_000);
    await transport.close();
  });

  test('a connection that is forgotten on its way is given up when a request stays without an answer', async () => {
    const [host = '', port = ''] = (brokers()[0] as string).split(':');
    const proxy = await FaultProxy.start({ host, port: Number(port), kafka: true });
    // Its deadline is longer than the test: what it would end is the whole stream.
    const transport = await connectTransport({ kind: 'kafka', brokers: [`127.0.0.1:${proxy.port}`], clientId: 'forgotten', requestMs: 1_000 }, { log: createLog('suite', 'silent') });
    const direct = await connectTransport({ kind: 'kafka', brokers: brokers(), clientId: 'direct' }, { log: createLog('suite', 'silent') });
    const [admin, producer] = [await direct.admin(), await transport.producer()];
    const topic = `forgotten.${process.pid}`;
    try {
      await admin.createTopic({ name: topic, partitions: 1, replication: -1, config: {} });
      const send = (key: string): Promise<void> => producer.send([{ topic, partition: 0, key: Buffer.from(key), value: Buffer.from(key) }]);
      await send('1');
      expect(proxy.forgetConnections(60_000)).toBeGreaterThan(0);
      await send('2');
      await send('3');
      expect(await admin.endOffsets(topic)).toMatchObject([{ high: 3n }]);
    } finally {
      await admin.deleteTopic(topic);
      await Promise.all([transport.close(), direct.close()]);
      await proxy.close();
    }
  }, 60_000);
});
