/**
 * Cuts what one snapshot has read into messages: parts of one table each, the last one marked. A row or reject that is
 * larger than a message goes in fragments, the last of which names its key.
 */
import { avroBytes, avroLong } from '@causeway/contracts/block-header';
import { type ChangeHeader, writeChangeHeader } from '@causeway/contracts/live/change-part';
import { beatSchemaIdOf, changeSchemaIdOf } from '@causeway/contracts/schema-id';
import { BLOCK_TARGET_BYTES, FRAGMENT_BYTES } from '@causeway/contracts/topics';
import { WIRE_PREFIX_BYTES, writeWirePrefix } from '@causeway/contracts/wire';

/** What every part of a batch has in common. */
export type BatchHeader = Omit<ChangeHeader, 'kind' | 'table' | 'part' | 'last'>;

/** A key that was written, as Avro records, and what stands under it. */
export interface ChangedRow {
  /** The key with its classes and bytes; null on the way back, where every key has a type. */
  readonly cells: Buffer | null;
  /** Null where the key's types cannot hold it. */
  readonly key: Buffer | null;
  readonly row: Buffer | null;
  /** Instead of the row: what PostgreSQL cannot hold. */
  readonly reject: Buffer | null;
}

type Send = (message: Buffer) => Promise<void>;
type Lists = { [K in keyof ChangedRow]: Buffer[] };

const NONE = avroLong(0n);
const empty = (): Lists => ({ cells: [], key: [], row: [], reject: [] });

export class PartWriter {
  private readonly header: BatchHeader;
  private readonly send: Send;
  private table = -1;
  private lists = empty();
  private bytes = 0;
  private part = 0;
  /** Held back until it is known whether another one follows. */
  private pending: { table: number; body: Buffer } | undefined;

  constructor(header: BatchHeader, send: Send) {
    this.header = header;
    this.send = send;
  }

  async add(table: number, changed: ChangedRow): Promise<void> {
    const size = (changed.cells?.length ?? 0) + (changed.key?.length ?? 0) + (changed.row?.length ?? 0) + (changed.reject?.length ?? 0);
    if (table !== this.table || this.bytes + size > BLOCK_TARGET_BYTES) await this.flush();
    this.table = table;
    const large = [changed.row, changed.reject].find((record) => record !== null && record.length > FRAGMENT_BYTES) ?? null;
    if (large !== null) {
      await this.flush();
      for (let at = 0; at < large.length; at += FRAGMENT_BYTES) await this.push(table, fragmentBody(large, at, changed));
      return;
    }
    for (const name of ['cells', 'key', 'row', 'reject'] as const) if (changed[name] !== null) this.lists[name].push(changed[name]);
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
    const { cells, key, row, reject } = this.lists;
    if (cells.length === 0 && key.length === 0) return;
    const body = Buffer.concat([NONE, ...avroArray(cells), ...avroArray(key), ...avroArray(reject), ...avroArray(row)]);
    this.lists = empty();
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

/** The key stands beside the last fragment: the loader joins the record there. */
function fragmentBody(record: Buffer, at: number, { cells, key, reject }: ChangedRow): Buffer {
  const bytes = record.subarray(at, at + FRAGMENT_BYTES);
  const last = at + bytes.length === record.length;
  const beside = (item: Buffer | null): Buffer[] => avroArray(last && item !== null ? [item] : []);
  return Buffer.concat([avroLong(1n), Buffer.from([reject === record ? 1 : 0]), avroLong(BigInt(at)), avroLong(BigInt(record.length)), avroBytes(bytes), ...beside(cells), ...beside(key), NONE, NONE]);
}

function avroArray(items: readonly Buffer[]): Buffer[] {
  return items.length === 0 ? [NONE] : [avroLong(BigInt(items.length)), ...items, NONE];
}
