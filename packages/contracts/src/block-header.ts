/** The fields of a block before its rows, and where they stand: written by the extractor, read by the loader. */
import { Failure } from './failures.ts';

export interface BlockHeader {
  readonly migration: string;
  readonly generation: number;
  readonly table: number;
  readonly range: number;
  /** Identity of the publishing process: parts of one range are joined only within one attempt. */
  readonly attempt: string;
  readonly part: number;
  readonly last: boolean;
  /** Newest id of the source's change log in the block's read transaction; 0 where nothing is captured. */
  readonly position: bigint;
}

/** Reads Avro primitives from a buffer; every read is bounds-checked by a final `pos <= end` test of the caller. */
export class AvroReader {
  pos: number;
  readonly bytes: Buffer;

  constructor(bytes: Buffer, pos: number) {
    this.bytes = bytes;
    this.pos = pos;
  }

  /** zig-zag varint within ±2^53; beyond it throws, as no header field can be there. */
  int(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.pos++];
      if (byte === undefined) throw new Failure('MESSAGE_INVALID', 'a block ends inside a number');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
      if (scale > 2 ** 56) throw new Failure('MESSAGE_INVALID', 'a number of a block is longer than 64 bits');
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  long(): bigint {
    let value = 0n;
    let shift = 0n;
    for (;;) {
      const byte = this.bytes[this.pos++];
      if (byte === undefined || shift > 63n) throw new Failure('MESSAGE_INVALID', 'a block ends inside a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
      shift += 7n;
    }
    return (value >> 1n) ^ -(value & 1n);
  }

  slice(): Buffer {
    const length = this.int();
    if (length < 0 || this.pos + length > this.bytes.length) throw new Failure('MESSAGE_INVALID', 'a block ends inside a value');
    const out = this.bytes.subarray(this.pos, this.pos + length);
    this.pos += length;
    return out;
  }

  string(): string {
    return this.slice().toString('utf8');
  }

  /** What is neither 0 nor 1 is no boolean: behind the end of a message that was cut off, false would be made up. */
  boolean(): boolean {
    const byte = this.bytes[this.pos++];
    if (byte !== 0 && byte !== 1) throw new Failure('MESSAGE_INVALID', 'a block ends inside a yes or no');
    return byte === 1;
  }
}

export function readBlockHeader(reader: AvroReader): BlockHeader {
  return {
    migration: reader.string(),
    generation: reader.int(),
    table: reader.int(),
    range: reader.int(),
    attempt: reader.string(),
    part: reader.int(),
    last: reader.boolean(),
    position: reader.long(),
  };
}

/** Bytes of an Avro zig-zag varint. */
export function avroLong(value: bigint): Buffer {
  let z = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  const out: number[] = [];
  while (z >= 0x80n) {
    out.push(Number(z & 0x7fn) | 0x80);
    z >>= 7n;
  }
  out.push(Number(z));
  return Buffer.from(out);
}

export function avroString(value: string): Buffer {
  return avroBytes(Buffer.from(value, 'utf8'));
}

export function avroBytes(value: Uint8Array): Buffer {
  return Buffer.concat([avroLong(BigInt(value.length)), value]);
}

export function writeBlockHeader(header: BlockHeader): Buffer {
  return Buffer.concat([
    avroString(header.migration),
    avroLong(BigInt(header.generation)),
    avroLong(BigInt(header.table)),
    avroLong(BigInt(header.range)),
    avroString(header.attempt),
    avroLong(BigInt(header.part)),
    Buffer.from([header.last ? 1 : 0]),
    avroLong(header.position),
  ]);
}
