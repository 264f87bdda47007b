/** kafkajs's message as the port's. */
import type { KafkaMessage } from 'kafkajs';
import type { IncomingMessage } from '../port.ts';

const EMPTY = Buffer.alloc(0);
const NO_HEADERS: Readonly<Record<string, Buffer>> = Object.freeze({});

export function incomingMessage(partition: number, message: Pick<KafkaMessage, 'offset' | 'key' | 'value' | 'headers' | 'timestamp'>): IncomingMessage {
  return {
    partition,
    offset: BigInt(message.offset),
    key: message.key,
    value: message.value ?? EMPTY,
    headers: headersOf(message.headers),
    timestampMs: Number(message.timestamp),
  };
}

/** Kafka allows a name to repeat; causeway never writes that, so the last one counts. */
function headersOf(headers: KafkaMessage['headers']): Readonly<Record<string, Buffer>> {
  const names = headers === undefined ? [] : Object.keys(headers);
  if (headers === undefined || names.length === 0) return NO_HEADERS;
  const out: Record<string, Buffer> = {};
  for (const name of names) {
    const value = headers[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) out[name] = Buffer.from(last as Buffer);
  }
  return out;
}
