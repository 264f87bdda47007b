/**
 * Cuts what one snapshot has read into messages: parts of one table each, the last one marked. A row that is larger than
 * a message goes in fragments, the last of which names its key.
 */
import { avroBytes, avroLong } from '@causeway/contracts/block-header';
import { type ChangeHeader, writeChangeHeader } from '@causeway/contracts/live/change-part';
import { beatSchemaIdOf, changeSchemaIdOf } from '@causeway/contracts/schema-id';
import { BLOCK_TARGET_BYTES, FRAGMENT_BYTES } from '@causeway/contracts/topics';
import { WIRE_PREFIX_BYTES, writeWirePrefix } from '@causeway/contracts/wire';

/** What every part of a batch has in common. */
export type BatchHeader = Omit<ChangeHeader, 'kind' | 'table' | 'part' | 'last'>;

type Send = (message: Buffer) => Promise<void>;

const NONE = avroLong(0n);

export class PartWriter {
  private readonly header: BatchHeader;
  private readonly send: Send;
  private table = -1;
  private keys: Buffer[] = [];
  private rows: Buffer[] = [];
  private bytes = 0;
  private part = 0;
  /** Held back until it is known whether another one follows. */
  private pending: { table: number; body: Buffer } | undefined;

  constructor(header: BatchHeader, send: Send) {
    this.header = header;
    this.send = send;
  }

  /** A key that was written, and its row where it exists. */
  async add(table: number, key: Buffer, row: Buffer | null): Promise<void> {
    const size = key.length + (row?.length ?? 0);
    if (table !== this.table || this.bytes + size > BLOCK_TARGET_BYTES) await this.flush();
    this.table = table;
    if (row !== null && row.length > FRAGMENT_BYTES) {
      await this.flush();
      for (let at = 0; at < row.length; at += FRAGMENT_BYTES) await this.push(table, fragmentBody(row, at, key));
      return;
    }
    this.keys.push(key);
    if (row !== null) this.rows.push(row);
    this.bytes += size;
  }

  /** Sends what is left; false where there was nothing at all. */
  async end(): Promise<boolean> {
    await this.flush();
    if (this.pending === undefined) return false;
    await this.release(true);
    return true;
  }

  private async flush(): Promise<void> {
    if (this.keys.length === 0) return;
    const body = Buffer.concat([NONE, NONE, avroArray(this.keys), NONE, avroArray(this.rows)]);
    this.keys = [];
    this.rows = [];
    this.bytes = 0;
    await this.push(this.table, body);
  }

  private async push(table: number, body: Buffer): Promise<void> {
    if (this.pending !== undefined) await this.release(false);
    this.pending = { table, body };
  }

  private async release(last: boolean): Promise<void> {
    const { table, body } = this.pending as { table: number; body: Buffer };
    const { header, part } = this;
    this.pending = undefined;
    this.part++;
    await this.send(message(changeSchemaIdOf(header.generation, table), { ...header, kind: 'changes', table, part, last }, body));
  }
}

/** A heartbeat or a marker. */
export function beatMessage(header: BatchHeader, kind: 'heartbeat' | 'marker'): Buffer {
  return message(beatSchemaIdOf(header.generation), { ...header, kind, table: -1, part: 0, last: true }, Buffer.alloc(0));
}

function message(schemaId: number, header: ChangeHeader, body: Buffer): Buffer {
  const prefix = Buffer.alloc(WIRE_PREFIX_BYTES);
  writeWirePrefix(prefix, 0, schemaId);
  return Buffer.concat([prefix, writeChangeHeader(header), body]);
}

function fragmentBody(row: Buffer, at: number, key: Buffer): Buffer {
  const bytes = row.subarray(at, at + FRAGMENT_BYTES);
  const keys = at + bytes.length === row.length ? avroArray([key]) : NONE;
  return Buffer.concat([avroLong(1n), Buffer.from([0]), avroLong(BigInt(at)), avroLong(BigInt(row.length)), avroBytes(bytes), NONE, keys, NONE, NONE]);
}

function avroArray(items: readonly Buffer[]): Buffer {
  return items.length === 0 ? NONE : Buffer.concat([avroLong(BigInt(items.length)), ...items, NONE]);
}
