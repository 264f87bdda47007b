/** Parses a block message up to its rows; the rows themselves stay bytes until they are transcoded. */
import { AvroReader, type BlockHeader, readBlockHeader } from '@causeway/contracts/block-header';
import { Failure } from '@causeway/contracts/failures';
import { type ExactCell, STORAGE_CLASSES } from '@causeway/contracts/source-value';
import { readSchemaId, WIRE_PREFIX_BYTES } from '@causeway/contracts/wire';

export interface RejectedRow {
  readonly key: readonly ExactCell[];
  readonly column: string;
  readonly code: string;
  readonly reason: string;
  readonly values: readonly ExactCell[];
}

export interface Fragment {
  readonly reject: boolean;
  readonly offset: number;
  readonly total: number;
  readonly bytes: Buffer;
}

export interface Block {
  readonly header: BlockHeader;
  readonly schemaId: number;
  readonly fragment: Fragment | null;
  readonly rejects: readonly RejectedRow[];
  /** Rows in Avro, `rowCount` of them from `rowsAt` in `message`. */
  readonly message: Buffer;
  readonly rowsAt: number;
  readonly rowCount: number;
}

/** Throws MESSAGE_INVALID for anything that is not a whole block. */
export function parseBlock(message: Buffer): Block {
  const schemaId = readSchemaId(message);
  const reader = new AvroReader(message, WIRE_PREFIX_BYTES);
  const header = readBlockHeader(reader);
  const fragment = readFragment(reader);
  const rejects: RejectedRow[] = [];
  eachItem(reader, () => rejects.push(readReject(reader)));
  const rowCount = reader.int();
  if (rowCount < 0) throw new Failure('MESSAGE_INVALID', 'the rows of a block are not in the form that causeway writes');
  return { header, schemaId, fragment, rejects, message, rowsAt: reader.pos, rowCount };
}

export function readFragment(reader: AvroReader): Fragment | null {
  if (reader.int() === 0) return null;
  return { reject: reader.boolean(), offset: reader.int(), total: reader.int(), bytes: reader.slice() };
}

export function readReject(reader: AvroReader): RejectedRow {
  const key = readCells(reader);
  return { key, column: reader.string(), code: reader.string(), reason: reader.string(), values: readCells(reader) };
}

export function readCells(reader: AvroReader): ExactCell[] {
  const cells: ExactCell[] = [];
  eachItem(reader, () => {
    const name = reader.string();
    const storage = STORAGE_CLASSES[reader.int()];
    if (storage === undefined) throw new Failure('MESSAGE_INVALID', 'a cell of a block has an unknown storage class');
    cells.push({ name, class: storage, bytes: reader.slice() });
  });
  return cells;
}

/** Avro arrays: blocks of a count and that many items, ended by a count of zero. */
export function eachItem(reader: AvroReader, read: () => void): void {
  for (let count = reader.int(); count !== 0; count = reader.int()) {
    if (count < 0) {
      count = -count;
      reader.long();
    }
    for (let i = 0; i < count; i++) read();
  }
}
