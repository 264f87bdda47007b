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
});
