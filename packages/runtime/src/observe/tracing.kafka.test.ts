/** Traces over a real broker and a real OTLP endpoint: what consumes is the child of what sent. Off, nothing of it is there. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { testBrokers } from '@causeway/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLog } from '../log.ts';
import { connectTransport } from '../transport/connect-transport.ts';
import type { IncomingMessage, Transport } from '../transport/port.ts';
import { startTracing, tracingWanted } from './tracing.ts';

interface ToldSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

const told: { service: string; spans: ToldSpan[] }[] = [];
let collector: Server;
const topic = `causeway.${randomUUID()}.g1.changes`;
let transport: Transport;

beforeAll(async () => {
  collector = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(pieces).toString()) as { resourceSpans: { resource: { attributes: { key: string; value: { stringValue: string } }[] }; scopeSpans: { spans: ToldSpan[] }[] }[] };
      for (const { resource, scopeSpans } of body.resourceSpans) told.push({ service: resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '', spans: scopeSpans.flatMap(({ spans }) => spans) });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((ready) => collector.listen(0, '127.0.0.1', ready));
  transport = await connectTransport({ kind: 'kafka', brokers: testBrokers().split(','), clientId: 'tracing' }, { log: createLog('test', 'silent') });
  const admin = await transport.admin();
  await admin.createTopic({ name: topic, partitions: 1, replication: -1, config: {} });
  await admin.close();
});
afterAll(async () => {
  await transport.close();
  await new Promise((done) => collector.close(done));
});

async function received(through: Transport, count: number, from = 0n): Promise<{ messages: IncomingMessage[]; contexts: string[] }> {
  const consumer = await through.consumer({ groupId: randomUUID(), topic });
  const messages: IncomingMessage[] = [];
  const contexts: string[] = [];
  await new Promise<void>((done, failed) => {
    consumer
      .run({
        onAssigned: async () => new Map([[0, from]]),
        onRevoked: async () => {},
        onBatch: async (batch) => {
          messages.push(...batch.messages);
          contexts.push(tracing.context?.()['trace_id'] ?? '');
          if (messages.length >= count) done();
        },
      })
      .catch(failed);
  });
  await consumer.stop();
  return { messages, contexts };
}

let tracing: Awaited<ReturnType<typeof startTracing>>;
const message = (text: string) => ({ topic, partition: 0, key: null, value: Buffer.from(text), headers: { own: 'kept' } });

test('off by default: no header, no context, the transport itself', async () => {
  tracing = await startTracing('extractor', 'm', {});
  expect(tracing.transport(transport)).toBe(transport);
  expect(tracing.context).toBeUndefined();
  const producer = await transport.producer();
  await producer.send([message('plain')]);
  await producer.close();
  expect((await received(transport, 1)).messages[0]?.headers).toEqual({ own: Buffer.from('kept') });
  for (const environment of [{ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x' }, { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x' }, { OTEL_TRACES_EXPORTER: 'console' }]) expect(tracingWanted(environment)).toBe(false);
});

test('on: one trace from the send through the header to the work of the consumer and its log lines, told to the collector', async () => {
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  // The exporter reads its own variables.
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint;
  tracing = await startTracing('extractor', 'm', process.env);
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const traced = tracing.transport(transport);
  const producer = await traced.producer();
  await producer.send([message('one'), message('two')]);
  await producer.close();
  const { messages, contexts } = await received(traced, 2, 1n);
  const [, traceId, spanId] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(messages[0]?.headers['traceparent']?.toString() ?? '') ?? [];
  expect(messages[0]?.headers['own']?.toString()).toBe('kept');
  expect(contexts).toContain(traceId);
  // A header that is not ours to believe must not end the consumer.
  const plain = await transport.producer();
  await plain.send([{ ...message('bad'), headers: { traceparent: 'nonsense' } }]);
  await plain.close();
  await received(traced, 1, 3n);
  await tracing.close();
  const spans = told.flatMap((group) => group.spans);
  expect(told.every(({ service }) => service === 'causeway-extractor')).toBe(true);
  expect(spans.find((span) => span.name === 'send changes')).toMatchObject({ traceId, spanId });
  expect(spans.find((span) => span.name === 'process changes')).toMatchObject({ traceId, parentSpanId: spanId });
});
