/**
 * A transport whose messages carry the trace they belong to, in the W3C header `traceparent`: what the loader does with a batch is
 * the child of the extractor's send, and its log lines carry the same trace id.
 */
import { type Attributes, type Context, context, type Link, propagation, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import type { ConsumerHandlers, IncomingBatch, IncomingMessage, OutgoingMessage, Transport, TransportConsumer, TransportProducer } from '../transport/port.ts';
import { kindOfTopic } from './measured-transport.ts';

/** More than these add nothing to a trace. */
const LINKS = 32;

export function tracedTransport(transport: Transport, tracer: Tracer): Transport {
  const system = { 'messaging.system': transport.kind };
  return {
    kind: transport.kind,
    admin: () => transport.admin(),
    producer: async (options) => tracedProducer(await transport.producer(options), tracer, system),
    consumer: async (options) => tracedConsumer(await transport.consumer(options), tracer, { ...system, 'messaging.destination.name': options.topic }),
    close: () => transport.close(),
  };
}

function tracedProducer(producer: TransportProducer, tracer: Tracer, system: Attributes): TransportProducer {
  return {
    send: (messages) => {
      const topic = messages[0]?.topic;
      if (topic === undefined) return producer.send(messages);
      const attributes = { ...system, 'messaging.operation.type': 'send', 'messaging.destination.name': topic, 'messaging.batch.message_count': messages.length };
      return tracer.startActiveSpan(`send ${kindOfTopic(topic)}`, { kind: SpanKind.PRODUCER, attributes }, (span) => ended(span, producer.send(messages.map(withTrace))));
    },
    close: () => producer.close(),
  };
}

function withTrace(message: OutgoingMessage): OutgoingMessage {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return { ...message, headers: { ...message.headers, ...headers } };
}

function tracedConsumer(consumer: TransportConsumer, tracer: Tracer, about: Attributes): TransportConsumer {
  const name = `process ${kindOfTopic(String(about['messaging.destination.name']))}`;
  const onBatch = (batch: IncomingBatch, handlers: ConsumerHandlers): Promise<void> => {
    const [parent = ROOT_CONTEXT, ...others] = contextsOf(batch.messages);
    const attributes = { ...about, 'messaging.operation.type': 'process', 'messaging.batch.message_count': batch.messages.length, 'messaging.destination.partition.id': String(batch.partition) };
    return tracer.startActiveSpan(name, { kind: SpanKind.CONSUMER, attributes, links: others.flatMap(linkTo) }, parent, (span) => ended(span, handlers.onBatch(batch)));
  };
  return {
    run: (handlers) => consumer.run({ onAssigned: (p) => handlers.onAssigned(p), onRevoked: (p) => handlers.onRevoked(p), onBatch: (batch) => onBatch(batch, handlers) }),
    commit: (offsets) => consumer.commit(offsets),
    stop: () => consumer.stop(),
  };
}

/** One for each trace among the messages, the first message's first. */
function contextsOf(messages: readonly IncomingMessage[]): Context[] {
  const seen = new Map<string, Context>();
  for (const { headers } of messages) {
    const traceparent = headers['traceparent']?.toString('latin1');
    if (traceparent === undefined || seen.has(traceparent) || seen.size > LINKS) continue;
    seen.set(traceparent, propagation.extract(ROOT_CONTEXT, { traceparent, tracestate: headers['tracestate']?.toString('latin1') }));
  }
  return [...seen.values()];
}

function linkTo(other: Context): Link[] {
  const found = trace.getSpanContext(other);
  return found === undefined ? [] : [{ context: found }];
}

async function ended<T>(span: Span, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    // The code alone: a message may name what no trace should hold.
    span.setStatus({ code: SpanStatusCode.ERROR, message: String((error as { code?: string }).code ?? 'INTERNAL') });
    throw error;
  } finally {
    span.end();
  }
}
