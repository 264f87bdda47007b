/** Parses a message of the way back, and joins the parts of a batch as they arrive (rule 5 of the protocol). */
import { AvroReader } from '@causeway/contracts/block-header';
import { Failure } from '@causeway/contracts/failures';
import { type ChangeHeader, readChangeHeader } from '@causeway/contracts/live/change-part';
import { beatSchemaIdOf, changeSchemaIdOf } from '@causeway/contracts/schema-id';
import type { TableContract } from '@causeway/contracts/table-contract';
import { readSchemaId, WIRE_PREFIX_BYTES } from '@causeway/contracts/wire';
import type { Generation } from '@causeway/control/record/table-record';
import { ContractsMoved } from '../evolve/contracts-moved.ts';
import { eachItem, readCells, readFragment, readReject } from '../consume/block.ts';
import { type Held, readHeld } from './held-value.ts';

/** A row as it travels: the identity of a keyless table, and its cells in the order of the contract. */
export interface TravelledRow {
  readonly identity: bigint | null;
  readonly cells: readonly Held[];
}

/** A part up to its keys; values are made when it is applied. */
export interface BackPart {
  readonly header: ChangeHeader;
  readonly message: Buffer;
  readonly at: number;
  /** The large row that the part completes, where its own rows stand. */
  readonly whole: Buffer | null;
}

export interface BackBatch {
  readonly header: ChangeHeader;
  readonly parts: readonly BackPart[];
}

/** Throws ContractsMoved for rows of later contracts than these, and MESSAGE_INVALID for what is not of this migration and generation: skipping it could lose rows. */
export function parseBackHeader(message: Buffer, g: Generation, tables: ReadonlyMap<number, TableContract>, version = 0): { header: ChangeHeader; at: number } {
  const schemaId = readSchemaId(message);
  const reader = new AvroReader(message, WIRE_PREFIX_BYTES);
  const header = readChangeHeader(reader);
  if (header.migration === g.migration && header.generation === g.generation && header.version > version) throw new ContractsMoved();
  const known = header.kind !== 'changes' || tables.has(header.table);
  const expected = header.kind === 'changes' ? changeSchemaIdOf(g.generation, header.table) : beatSchemaIdOf(g.generation);
  if (!known || header.migration !== g.migration || header.generation !== g.generation || schemaId !== expected) {
    throw new Failure('MESSAGE_INVALID', `a change of migration ${header.migration}, generation ${header.generation}, table ${header.table}, schema ${schemaId} on the way back`);
  }
  return { header, at: reader.pos };
}

interface OpenBatch {
  readonly attempt: string;
  readonly batch: bigint;
  readonly firstOffset: bigint;
  readonly parts: BackPart[];
  nextPart: number;
  pieces: Buffer[];
}

export class BackAssembly {
  private open: OpenBatch | null = null;

  /** Takes the next part of rows; returns the batch that it completes. */
  add(header: ChangeHeader, message: Buffer, at: number, offset: bigint): BackBatch | null {
    if (header.part === 0) this.open = { attempt: header.attempt, batch: header.batch, firstOffset: offset, parts: [], nextPart: 0, pieces: [] };
    const { open } = this;
    if (open === null || open.attempt !== header.attempt || open.batch !== header.batch || open.nextPart !== header.part) return null;
    open.nextPart++;
    this.take(open, header, message, at);
    if (!header.last) return null;
    this.open = null;
    return { header, parts: open.parts };
  }

  private take(open: OpenBatch, header: ChangeHeader, message: Buffer, at: number): void {
    const reader = new AvroReader(message, at);
    const fragment = readFragment(reader);
    // The message is a window into the transport's buffer, which may be used again.
    if (fragment === null) {
      open.parts.push({ header, message: Buffer.from(message), at: reader.pos, whole: null });
      return;
    }
    if (fragment.offset === 0) open.pieces = [];
    if (fragment.offset !== open.pieces.reduce((sum, piece) => sum + piece.length, 0)) throw new Failure('MESSAGE_INVALID', 'the fragments of a large row do not fit together');
    open.pieces.push(Buffer.from(fragment.bytes));
    if (fragment.offset + fragment.bytes.length < fragment.total) return;
    open.parts.push({ header, message: Buffer.from(message.subarray(reader.pos)), at: 0, whole: Buffer.concat(open.pieces) });
    open.pieces = [];
  }

  /** The offset from which a restart must read: never behind the first part of an incomplete batch. */
  resumeFrom(after: bigint): bigint {
    return this.open?.firstOffset ?? after;
  }
}

/** Keys of a part, and its rows. */
export function readBackPart(part: BackPart, contract: TableContract, keyTypes: readonly TableContract['columns'][number]['type'][]): { keys: TravelledRow[]; rows: TravelledRow[] } {
  const reader = new AvroReader(part.message, part.at);
  eachItem(reader, () => readCells(reader));
  const keys: TravelledRow[] = [];
  eachItem(reader, () => keys.push(contract.keyless ? { identity: reader.long(), cells: [] } : { identity: null, cells: keyTypes.map((type) => readHeld(reader, type)) }));
  eachItem(reader, () => readReject(reader));
  const rows: TravelledRow[] = [];
  const row = (from: AvroReader): TravelledRow => ({ identity: contract.keyless ? from.long() : null, cells: contract.columns.map((c) => readHeld(from, c.type)) });
  if (part.whole !== null) rows.push(row(new AvroReader(part.whole, 0)));
  else eachItem(reader, () => rows.push(row(reader)));
  if (reader.pos > part.message.length) throw new Failure('MESSAGE_INVALID', 'a change ends inside a row');
  return { keys, rows };
}
