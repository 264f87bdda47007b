/** The Avro schemas of a change stream: the header (see change-part), then a table's keys, rejects and rows. */
import { type AvroSchema, CELL, FRAGMENT, REJECT, rowSchema, WIRE_VERSION } from '../avro-schema.ts';
import { contractFingerprint, type TableContract } from '../table-contract.ts';

const HEADER = [
  { name: 'migration', type: 'string' },
  { name: 'generation', type: 'int' },
  { name: 'version', type: 'int' },
  { name: 'kind', type: 'int' },
  { name: 'table', type: 'int' },
  { name: 'attempt', type: 'string' },
  { name: 'batch', type: 'long' },
  { name: 'part', type: 'int' },
  { name: 'last', type: 'boolean' },
  { name: 'from', type: 'long' },
  { name: 'to', type: 'long' },
  { name: 'as_of', type: 'long' },
  { name: 'fence', type: 'long' },
  { name: 'epoch', type: 'long' },
  { name: 'seen_ms', type: 'long' },
];

/** The contract of a table's key alone: what names its rows in the target. Same wire rules as a whole row. */
export function keyContract(contract: TableContract): TableContract {
  return { ...contract, columns: contract.key.map((name) => contract.columns.find((c) => c.source === name)).filter((c) => c !== undefined) };
}

/**
 * One part of a batch, of one table.
 * - `cells`: every changed key as SQLite has it (quarantined rows are found by it)
 * - `keys`: every changed key that its logical types can hold; the loader removes these rows first
 * - `rejects`, `rows`: the changed rows that exist, as the block schema has them
 */
export function changeSchema(contract: TableContract): AvroSchema {
  return {
    type: 'record',
    name: 'Changes',
    namespace: `causeway.v${WIRE_VERSION}.t${contract.table}`,
    'causeway.table': contract.source,
    'causeway.fingerprint': contractFingerprint(contract),
    fields: [
      ...HEADER,
      { name: 'fragment', type: ['null', { ...FRAGMENT }] },
      { name: 'cells', type: { type: 'array', items: { type: 'array', items: CELL } } },
      { name: 'keys', type: { type: 'array', items: { ...(rowSchema(keyContract(contract)) as object), name: 'Key', namespace: `causeway.v${WIRE_VERSION}.t${contract.table}.key` } } },
      { name: 'rejects', type: { type: 'array', items: rejectAfterCell() } },
      { name: 'rows', type: { type: 'array', items: rowSchema(contract) } },
    ],
  };
}

/** Heartbeats and markers: the header alone. */
export function beatSchema(): AvroSchema {
  return { type: 'record', name: 'Beat', namespace: `causeway.v${WIRE_VERSION}`, fields: HEADER };
}

/** Avro defines a named type once; `cells` comes first here. */
function rejectAfterCell(): AvroSchema {
  return { ...REJECT, fields: REJECT.fields.map((field) => (field.name === 'key' ? { name: 'key', type: { type: 'array', items: 'Cell' } } : field)) };
}
