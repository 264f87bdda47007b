/**
 * Which key of the source a refused row has. The row is known by its tuple; its key tuple stands among the part's keys,
 * in the order of the part's cells, which have the source's own classes and bytes.
 */
import type { LogicalKind } from '@causeway/contracts/logical-type';
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { ChangePart } from './change-message.ts';
import type { StreamTable } from './stream-table.ts';

export function keyCellsOf(table: StreamTable, part: ChangePart, tuple: Buffer, cells: readonly (readonly ExactCell[])[]): readonly ExactCell[] {
  const keys = part.keys;
  // A key that its types cannot hold has cells and no key; only without such do the two lists stand side by side.
  if (keys !== null && keys.starts.length === cells.length) {
    const fields = fieldsOf(tuple);
    const wanted = tupleOf(table.keyPlaces.map((place) => fields[place] ?? null));
    const at = keys.starts.findIndex((start, i) => keys.tuples.subarray(start, keys.starts[i + 1] ?? keys.tuples.length).equals(wanted));
    const found = cells[at];
    if (found !== undefined) return found;
  }
  return plainKey(table.contract, tuple);
}

/** The key of a row's tuple in the source's plainest form: right wherever a column has but one form. */
export function plainKey(contract: TableContract, tuple: Buffer): readonly ExactCell[] {
  const fields = fieldsOf(tuple);
  if (contract.keyless) return [plainCell('rowid', 'int8', fields[0] ?? null)];
  return contract.key.map((name) => {
    const place = contract.columns.findIndex((column) => column.source === name);
    return plainCell(name, contract.columns[place]?.type.kind as LogicalKind, fields[place] ?? null);
  });
}

/** Fields of a COPY tuple; null is NULL. */
export function fieldsOf(tuple: Buffer): (Buffer | null)[] {
  const fields: (Buffer | null)[] = [];
  for (let at = 2; at < tuple.length; ) {
    const length = tuple.readInt32BE(at);
    fields.push(length < 0 ? null : tuple.subarray(at + 4, at + 4 + length));
    at += 4 + Math.max(length, 0);
  }
  return fields;
}

function tupleOf(fields: readonly (Buffer | null)[]): Buffer {
  const head = Buffer.alloc(2);
  head.writeInt16BE(fields.length);
  return Buffer.concat([
    head,
    ...fields.map((field) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(field?.length ?? -1);
      return Buffer.concat([length, field ?? Buffer.alloc(0)]);
    }),
  ]);
}

/** A key value in the source's plainest form. */
function plainCell(name: string, kind: LogicalKind, field: Buffer | null): ExactCell {
  if (field === null) return { name, class: 'null', bytes: Buffer.alloc(0) };
  switch (kind) {
    case 'int2':
      return { name, class: 'integer', bytes: Buffer.from(String(field.readInt16BE())) };
    case 'int4':
      return { name, class: 'integer', bytes: Buffer.from(String(field.readInt32BE())) };
    case 'int8':
      return { name, class: 'integer', bytes: Buffer.from(String(field.readBigInt64BE())) };
    case 'boolean':
      return { name, class: 'integer', bytes: Buffer.from(String(field[0])) };
    case 'float8':
      return { name, class: 'real', bytes: field };
    case 'bytea':
      return { name, class: 'blob', bytes: field };
    case 'uuid':
      return { name, class: 'text', bytes: Buffer.from(field.toString('hex')) };
    default:
      return { name, class: 'text', bytes: field };
  }
}
