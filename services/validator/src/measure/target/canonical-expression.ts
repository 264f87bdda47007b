/** The canonical bytes of a target column as an expression of PostgreSQL; hash_record_extended digests a row of them. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { LogicalKind } from '@causeway/contracts/logical-type';
import type { ColumnContract } from '@causeway/contracts/table-contract';

/** text hashes by its collation, which may take different strings for equal: "C" is its bytes. */
const asText = (sql: string): string => `${sql} COLLATE "C"`;

const EXPRESSION: Record<LogicalKind, (column: string) => string> = {
  // hashint8 folds 64 bits to 32, and hash_numeric leaves the sign out: only the bytes tell all values apart.
  int2: (c) => `int8send(${c}::int8)`,
  int4: (c) => `int8send(${c}::int8)`,
  int8: (c) => `int8send(${c})`,
  float8: (c) => `float8send(${c})`,
  numeric: (c) => asText(`trim_scale(${c})::text`),
  boolean: (c) => `boolsend(${c})`,
  text: (c) => asText(`${c}::text`),
  bytea: (c) => c,
  date: (c) => `date_send(${c})`,
  time: (c) => `time_send(${c})`,
  timestamp: (c) => `timestamp_send(${c})`,
  timestamptz: (c) => `timestamptz_send(${c})`,
  interval: (c) => `interval_send(${c})`,
  uuid: (c) => `uuid_send(${c})`,
  jsonb: (c) => asText(`${c}::text`),
  inet: (c) => `inet_send(${c})`,
};

export function canonicalExpression(column: Pick<ColumnContract, 'target' | 'type'>): string {
  return EXPRESSION[column.type.kind](`t.${quoteIdentifier(column.target)}`);
}

/** The element digest over the given columns, as for a row that has no others. */
export function elementsExpression(columns: readonly Pick<ColumnContract, 'target' | 'type'>[]): string {
  return `hash_record_extended(ROW(${columns.map(canonicalExpression).join(', ')}), 0)`;
}

/** The finished digest of the row. */
export function digestExpression(columns: readonly Pick<ColumnContract, 'target' | 'type'>[]): string {
  return `hash_record_extended(ROW(int8send(${elementsExpression(columns)})), 0)`;
}
