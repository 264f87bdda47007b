/**
 * Confluent wire format: magic 0x00, schema id as 4 bytes big-endian, then the Avro bytes.
 * Source: https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */
import { Failure } from './failures.ts';

export const WIRE_PREFIX_BYTES = 5;

export function writeWirePrefix(target: Buffer, offset: number, schemaId: number): void {
  target[offset] = 0;
  target.writeUInt32BE(schemaId, offset + 1);
}

/** The schema id of a message. Throws MESSAGE_INVALID for anything that does not begin as the wire format does. */
export function readSchemaId(message: Buffer): number {
  if (message.length < WIRE_PREFIX_BYTES || message[0] !== 0) {
    throw new Failure('MESSAGE_INVALID', `a message of ${message.length} bytes does not begin with the wire format's magic byte`);
  }
  return message.readUInt32BE(1);
}
