/**
 * Plain avsc as the referee of the wire: longs as bigint, nothing of our own codecs. Slow on purpose; used by tests and
 * by anyone who wants to look into a topic.
 */
import avro from 'avsc';
import { WIRE_PREFIX_BYTES } from './wire.ts';

const longAsBigint = avro.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const out = Buffer.alloc(8);
    out.writeBigInt64LE(value);
    return out;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
});

/** A reader of block messages written under this schema. */
export function avscReader(schema: unknown): (message: Buffer) => Record<string, unknown> {
  // A hook and not a registry entry: avsc makes a long of its own for `{type: long, logicalType: …}`.
  const typeHook = (given: unknown): avro.Type | undefined => (given === 'long' || (given as { type?: unknown } | null)?.type === 'long' ? longAsBigint : undefined);
  const type = avro.Type.forSchema(schema as avro.Schema, { typeHook: typeHook as never });
  return (message) => type.fromBuffer(message.subarray(WIRE_PREFIX_BYTES)) as Record<string, unknown>;
}
