/**
 * Builds the messages of one key range. Rows are written straight into the message's buffer behind room for the
 * header, which is known only when the part is full; a row larger than a message leaves in fragments.
 */
import { avroBytes, avroLong, type BlockHeader, writeBlockHeader } from '@causeway/contracts/block-header';
import { BLOCK_TARGET_BYTES, FRAGMENT_BYTES } from '@causeway/contracts/topics';
import { WIRE_PREFIX_BYTES, writeWirePrefix } from '@causeway/contracts/wire';
import { releasing } from '@causeway/runtime/collect-memory';
import type { Reject } from './exact-row.ts';
import { encodeReject } from './reject-record.ts';
import { RowWriter } from './row-writer.ts';

/** Header fields of an ordinary block; a block with rejects may need more and is then copied once. */
const HEADER_ROOM = 256;
/** Rows up to this beyond the target still go into the same buffer. */
const SLACK = 64 * 1024;

/** Bytes of an ordinary message's buffer. */
export const BLOCK_BUFFER_BYTES = BLOCK_TARGET_BYTES + SLACK;

export interface BuiltPart {
  readonly bytes: Uint8Array;
  readonly part: number;
  readonly last: boolean;
  readonly rows: number;
  readonly rejects: number;
}

export type BlockIdentity = Omit<BlockHeader, 'part' | 'last'>;

export class BlockBuilder {
  writer: RowWriter;
  private readonly identity: BlockIdentity;
  private readonly schemaId: number;
  private readonly emit: (part: BuiltPart) => void;
  private readonly memory: () => Buffer;
  private part = 0;
  private rows = 0;
  private rejects: Buffer[] = [];
  private rejectBytes = 0;

  /** `memory` lends a buffer for each message; what was emitted may still stand in the one before. */
  constructor(identity: BlockIdentity, schemaId: number, emit: (part: BuiltPart) => void, memory = (): Buffer => Buffer.allocUnsafeSlow(BLOCK_BUFFER_BYTES)) {
    this.memory = memory;
    this.writer = new RowWriter(memory());
    this.identity = identity;
    this.schemaId = schemaId;
    this.emit = emit;
    this.writer.pos = HEADER_ROOM;
  }

  /** Call after a row was written from `start`; sends what is full. */
  rowWritten(start: number): void {
    const end = this.writer.pos;
    if (end - start > FRAGMENT_BYTES) {
      const alone = this.rows === 0;
      // What is sent goes over with all of its buffer; a row that stands in it alone stays where it is.
      const row = alone ? this.writer.buf.subarray(start, end) : Buffer.from(this.writer.buf.subarray(start, end));
      this.writer.pos = start;
      if (!alone || this.rejects.length > 0) this.flush(false);
      this.fragments(row, false);
      return;
    }
    this.rows++;
    if (end - HEADER_ROOM + this.rejectBytes >= BLOCK_TARGET_BYTES) this.flush(false);
  }

  reject(reject: Reject): void {
    const bytes = encodeReject(reject);
    if (bytes.length > FRAGMENT_BYTES) {
      this.flush(false);
      this.fragments(bytes, true);
      return;
    }
    this.rejects.push(bytes);
    this.rejectBytes += bytes.length;
    if (this.rejectBytes >= BLOCK_TARGET_BYTES) this.flush(false);
  }

  /** Sends the last part of the range, even if it is empty: it is what closes the range. */
  close(): void {
    this.flush(true);
  }

  private flush(last: boolean): void {
    if (!last && this.rows === 0 && this.rejects.length === 0) return;
    this.send(last, Buffer.from([0]), this.rejects, this.rows);
    this.writer = last ? this.writer : new RowWriter(this.memory());
    this.writer.pos = HEADER_ROOM;
    this.rows = 0;
    this.rejects = [];
    this.rejectBytes = 0;
  }

  private fragments(record: Buffer, reject: boolean): void {
    for (let offset = 0; offset < record.length; offset += FRAGMENT_BYTES) {
      const piece = record.subarray(offset, offset + FRAGMENT_BYTES);
      const fragment = Buffer.concat([Buffer.from([2, reject ? 1 : 0]), avroLong(BigInt(offset)), avroLong(BigInt(record.length)), avroBytes(piece)]);
      const complete = offset + piece.length === record.length;
      this.send(false, fragment, [], 0, { rows: complete && !reject ? 1 : 0, rejects: complete && reject ? 1 : 0 });
      releasing(fragment.length);
    }
    releasing(2 * record.length);
  }

  private send(last: boolean, fragment: Buffer, rejects: readonly Buffer[], rows: number, counted = { rows, rejects: rejects.length }): void {
    const header = Buffer.concat([
      Buffer.alloc(WIRE_PREFIX_BYTES),
      writeBlockHeader({ ...this.identity, part: this.part, last }),
      fragment,
      ...(rejects.length === 0 ? [] : [avroLong(BigInt(rejects.length)), ...rejects]),
      avroLong(0n),
      ...(rows === 0 ? [] : [avroLong(BigInt(rows))]),
    ]);
    writeWirePrefix(header, 0, this.schemaId);
    const bytes = rows === 0 ? Buffer.concat([header, Buffer.from([0])]) : this.withRows(header);
    this.emit({ bytes, part: this.part, last, rows: counted.rows, rejects: counted.rejects });
    this.part++;
  }

  private withRows(header: Buffer): Buffer {
    const { writer } = this;
    writer.reserve(1);
    writer.buf[writer.pos++] = 0;
    if (header.length <= HEADER_ROOM) {
      const start = HEADER_ROOM - header.length;
      header.copy(writer.buf, start);
      return writer.buf.subarray(start, writer.pos);
    }
    return Buffer.concat([header, writer.buf.subarray(HEADER_ROOM, writer.pos)]);
  }
}
