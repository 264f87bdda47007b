/**
 * Columns of COPY tuples as PostgreSQL arrays in binary form: an element of such an array has the very bytes of a field
 * of a tuple, so keys reach a prepared statement without becoming values.
 * Source: array_recv() of PostgreSQL 15
 */
import type { LogicalKind } from '@causeway/contracts/logical-type';

export interface ElementType {
  readonly sql: string;
  readonly oid: number;
}

export const ELEMENT_TYPES: Readonly<Record<LogicalKind, ElementType>> = {
  int2: { sql: 'smallint', oid: 21 },
  int4: { sql: 'integer', oid: 23 },
  int8: { sql: 'bigint', oid: 20 },
  float8: { sql: 'double precision', oid: 701 },
  numeric: { sql: 'numeric', oid: 1700 },
  boolean: { sql: 'boolean', oid: 16 },
  text: { sql: 'text', oid: 25 },
  bytea: { sql: 'bytea', oid: 17 },
  date: { sql: 'date', oid: 1082 },
  time: { sql: 'time', oid: 1083 },
  timestamp: { sql: 'timestamp', oid: 1114 },
  timestamptz: { sql: 'timestamptz', oid: 1184 },
  interval: { sql: 'interval', oid: 1186 },
  uuid: { sql: 'uuid', oid: 2950 },
  jsonb: { sql: 'jsonb', oid: 3802 },
  inet: { sql: 'inet', oid: 869 },
};

const HEADER_BYTES = 20;

/** One array a column. The tuples have exactly these columns and no NULL. */
export function columnArrays(tuples: Buffer, starts: readonly number[], oids: readonly number[]): Buffer[] {
  // An upper bound for each: together they are as long as the tuples.
  const arrays = oids.map(() => Buffer.allocUnsafe(HEADER_BYTES + tuples.length));
  const ends = oids.map(() => HEADER_BYTES);
  for (const start of starts) {
    let at = start + 2;
    for (let column = 0; column < oids.length; column++) {
      const next = at + 4 + tuples.readInt32BE(at);
      const array = arrays[column] as Buffer;
      const end = ends[column] as number;
      if (next - at < 32) for (let i = 0; i < next - at; i++) array[end + i] = tuples[at + i] as number;
      else tuples.copy(array, end, at, next);
      ends[column] = end + next - at;
      at = next;
    }
  }
  return arrays.map((array, column) => {
    writeHeader(array, oids[column] as number, starts.length);
    return array.subarray(0, ends[column]);
  });
}

/** One dimension, no NULLs, indexes from 1. */
function writeHeader(array: Buffer, oid: number, count: number): void {
  array.writeInt32BE(1, 0);
  array.writeInt32BE(0, 4);
  array.writeInt32BE(oid, 8);
  array.writeInt32BE(count, 12);
  array.writeInt32BE(1, 16);
}
