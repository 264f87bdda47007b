/**
 * The Avro schemas of the wire: one record per table with logical types, and a block record around an array of it.
 * Any Avro reader can decode a block; the names that Avro forbids are escaped injectively and kept in `causeway.name`.
 * Source: https://avro.apache.org/docs/1.12.0/specification/
 */
import type { LogicalType } from './logical-type.ts';
import { ROWID_COLUMN, type TableContract, contractFingerprint } from './table-contract.ts';

/** Changes when the meaning of any byte changes; golden bytes in the tests pin it. */
export const WIRE_VERSION = 1;

export type AvroSchema = string | { [key: string]: unknown } | AvroSchema[];

/** `[A-Za-z_][A-Za-z0-9_]*`, injective: every other code point becomes `_x<hex>_`, and so does `_x` itself. */
export function avroName(name: string): string {
  let out = '';
  for (const [i, ch] of [...name].entries()) {
    const escapes = ch === '_' && name[i + 1] === 'x';
    const plain = /[A-Za-z0-9_]/.test(ch) && !escapes && !(out === '' && /[0-9]/.test(ch));
    out += plain ? ch : `_x${(ch.codePointAt(0) as number).toString(16)}_`;
  }
  return out === '' ? '_x_' : out;
}

/** The Avro type of a logical type. An unconstrained numeric is text: Avro's decimal needs a fixed scale. */
export function avroType(type: LogicalType): AvroSchema {
  switch (type.kind) {
    case 'int2':
    case 'int4':
    case 'int8':
      return 'long';
    case 'float8':
      return 'double';
    case 'boolean':
      return 'boolean';
    case 'bytea':
      return 'bytes';
    case 'date':
      return { type: 'int', logicalType: 'date' };
    case 'time':
      return { type: 'long', logicalType: 'time-micros' };
    case 'timestamp':
      return { type: 'long', logicalType: 'local-timestamp-micros' };
    case 'timestamptz':
      return { type: 'long', logicalType: 'timestamp-micros' };
    case 'interval':
      return { type: 'long', logicalType: 'causeway-interval-micros' };
    case 'uuid':
      return { type: 'fixed', name: 'Uuid', size: 16, logicalType: 'uuid' };
    case 'numeric':
      return { type: 'string', logicalType: 'causeway-decimal', ...(type.precision === undefined ? {} : { precision: type.precision, scale: type.scale ?? 0 }) };
    case 'jsonb':
      return { type: 'string', logicalType: 'json' };
    case 'inet':
      return { type: 'string', logicalType: 'causeway-inet' };
    case 'text':
      return 'string';
  }
}

/** A cell of the quarantine: name, storage class (index into STORAGE_CLASSES), exact bytes. */
export const CELL = {
  type: 'record',
  name: 'Cell',
  fields: [
    { name: 'name', type: 'string' },
    { name: 'class', type: 'int' },
    { name: 'bytes', type: 'bytes' },
  ],
};

/** A row that its logical types cannot hold, as SQLite has it. */
export const REJECT = {
  type: 'record',
  name: 'Reject',
  fields: [
    { name: 'key', type: { type: 'array', items: CELL } },
    { name: 'column', type: 'string' },
    { name: 'code', type: 'string' },
    { name: 'reason', type: 'string' },
    { name: 'values', type: { type: 'array', items: 'Cell' } },
  ],
};

/** A piece of one row (or reject) that is larger than a message; joined in order, the bytes are that record's. */
export const FRAGMENT = {
  type: 'record',
  name: 'Fragment',
  fields: [
    { name: 'reject', type: 'boolean' },
    { name: 'offset', type: 'long' },
    { name: 'total', type: 'long' },
    { name: 'bytes', type: 'bytes' },
  ],
};

/** The record of one row: a table's columns in order, every one nullable; a keyless table's rowid first. */
export function rowSchema(contract: TableContract): AvroSchema {
  const uuidSeen = { done: false };
  const fields = contract.columns.map((column) => ({
    name: `c_${avroName(column.source)}`,
    'causeway.name': column.source,
    type: ['null', namedOnce(avroType(column.type), uuidSeen)],
  }));
  const identity = contract.keyless ? [{ name: `r_${ROWID_COLUMN}`, type: 'long' }] : [];
  return { type: 'record', name: 'Row', fields: [...identity, ...fields] };
}

/** Avro defines a named type once and refers to it by name afterwards. */
function namedOnce(schema: AvroSchema, seen: { done: boolean }): AvroSchema {
  if (typeof schema !== 'object' || Array.isArray(schema) || schema['type'] !== 'fixed') return schema;
  if (seen.done) return 'Uuid';
  seen.done = true;
  return schema;
}

/** The record of one message of the snapshot topic: a part of one key range of one table. */
// Invariant: I21
export function blockSchema(contract: TableContract): AvroSchema {
  return {
    type: 'record',
    name: 'Block',
    namespace: `causeway.v${WIRE_VERSION}.t${contract.table}`,
    'causeway.table': contract.source,
    'causeway.fingerprint': contractFingerprint(contract),
    fields: [
      { name: 'migration', type: 'string' },
      { name: 'generation', type: 'int' },
      { name: 'table', type: 'int' },
      { name: 'range', type: 'int' },
      { name: 'attempt', type: 'string' },
      { name: 'part', type: 'int' },
      { name: 'last', type: 'boolean' },
      { name: 'position', type: 'long' },
      { name: 'fragment', type: ['null', { ...FRAGMENT }] },
      { name: 'rejects', type: { type: 'array', items: REJECT } },
      { name: 'rows', type: { type: 'array', items: rowSchema(contract) } },
    ],
  };
}
