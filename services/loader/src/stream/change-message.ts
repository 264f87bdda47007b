/** Parses a message of the change stream: keys become COPY tuples at once, rows stay bytes until they are transcoded. */
import { AvroReader } from '@causeway/contracts/block-header';
import { Failure } from '@causeway/contracts/failures';
import { type ChangeHeader, readChangeHeader } from '@causeway/contracts/live/change-part';
import { beatSchemaIdOf, changeSchemaIdOf } from '@causeway/contracts/schema-id';
import type { ExactCell } from '@causeway/contracts/source-value';
import { readSchemaId, WIRE_PREFIX_BYTES } from '@causeway/contracts/wire';
import type { Generation } from '@causeway/control/record/table-record';
import type { RowRun } from '../consume/assemble-ranges.ts';
import { eachItem, type Fragment, readCells, readFragment, readReject, type RejectedRow } from '../consume/block.ts';
import type { KeyTuples, StreamTable } from './stream-table.ts';

/** A message of contracts that the target does not have: of later ones it waits until the target has them, of earlier ones it is over. */
export interface OtherVersion {
  readonly header: ChangeHeader;
  readonly other: 'earlier' | 'later';
}

/** The contents of one part; a heartbeat or marker has none. */
export interface ChangePart {
  readonly header: ChangeHeader;
  readonly table: StreamTable | null;
  /** Every changed key as SQLite has it. */
  readonly cells: () => readonly (readonly ExactCell[])[];
  /** Every changed key that the key's types can hold. */
  readonly keys: KeyTuples | null;
  readonly rejects: readonly RejectedRow[];
  readonly rows: RowRun | null;
  readonly fragment: Fragment | null;
  readonly bytes: number;
}

const NO_CELLS = (): readonly (readonly ExactCell[])[] => [];

/** Throws MESSAGE_INVALID for what is not of this migration and generation: skipping it could lose rows. */
export function parseChange(message: Buffer, g: Generation, tables: ReadonlyMap<number, StreamTable>, version = 0): ChangePart | OtherVersion {
  const schemaId = readSchemaId(message);
  const reader = new AvroReader(message, WIRE_PREFIX_BYTES);
  const header = readChangeHeader(reader);
  const ours = header.migration === g.migration && header.generation === g.generation;
  if (ours && header.version !== version) return { header, other: header.version < version ? 'earlier' : 'later' };
  const table = tables.get(header.table) ?? null;
  const expected = header.kind === 'changes' ? (table === null ? -1 : changeSchemaIdOf(g.generation, header.table)) : beatSchemaIdOf(g.generation);
  if (!ours || schemaId !== expected) {
    // Invariant: I48
    throw new Failure('MESSAGE_INVALID', `a change of migration ${header.migration}, generation ${header.generation}, table ${header.table}, schema ${schemaId}`);
  }
  if (header.kind !== 'changes' || table === null) return { header, table: null, cells: NO_CELLS, keys: null, rejects: [], rows: null, fragment: null, bytes: message.length };
  const fragment = readFragment(reader);
  const cellsAt = reader.pos;
  skipCells(reader);
  const keyCount = itemCount(reader);
  const keys = keyCount === 0 ? null : table.readKeys(message, reader.pos, keyCount);
  if (keys !== null) {
    reader.pos = keys.end;
    endOfItems(reader);
  }
  const rejects: RejectedRow[] = [];
  eachItem(reader, () => rejects.push(readReject(reader)));
  const rowCount = itemCount(reader);
  const rows = rowCount === 0 ? null : { bytes: message, at: reader.pos, count: rowCount };
  return { header, table, cells: () => readKeyCells(message, cellsAt), keys, rejects, rows, fragment, bytes: message.length };
}

function readKeyCells(message: Buffer, at: number): ExactCell[][] {
  const reader = new AvroReader(message, at);
  const keys: ExactCell[][] = [];
  eachItem(reader, () => keys.push(readCells(reader)));
  return keys;
}

/** Past the cells without making them: they matter only where the table has rows in the quarantine. */
function skipCells(reader: AvroReader): void {
  eachItem(reader, () =>
    eachItem(reader, () => {
      reader.slice();
      reader.int();
      reader.slice();
    }),
  );
}

/** Of an array that stands in one Avro block, as causeway writes it. */
function itemCount(reader: AvroReader): number {
  const count = reader.int();
  if (count < 0) throw new Failure('MESSAGE_INVALID', 'a change is not in the form that causeway writes');
  return count;
}

function endOfItems(reader: AvroReader): void {
  if (reader.int() !== 0) throw new Failure('MESSAGE_INVALID', 'a change is not in the form that causeway writes');
}
