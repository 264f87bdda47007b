/** Why a value cannot be held by its column: the code and the reason that the quarantine shows. Pure. */
import { jsonVerdict } from './conversion/json-text.ts';
import { postgresTypeName } from './logical-type.ts';
import type { StorageClass } from './source-value.ts';
import type { ColumnContract } from './table-contract.ts';

/** For a value that the column's type does not take. */
export function refusalReason(column: ColumnContract, value: bigint | number | string | Uint8Array | null, storage: StorageClass): [code: string, reason: string] {
  const type = postgresTypeName(column.type);
  if (value === null) return ['NULL_NOT_ALLOWED', 'the column is NOT NULL and the value is NULL'];
  if (typeof value === 'string' && ['text', 'jsonb', 'inet'].includes(column.type.kind)) {
    if (value.includes('\0')) return ['NUL_IN_TEXT', 'the text contains U+0000, which PostgreSQL cannot store'];
    if (column.type.kind === 'jsonb') return ['JSON_NOT_EXACT', `the text cannot become jsonb without loss: ${jsonVerdict(value)}`];
    if (column.type.kind === 'text') return ['TOO_LONG', `the text has more characters than ${type} holds`];
  }
  if (typeof value === 'string' && !['int2', 'int4', 'int8', 'float8', 'numeric', 'boolean', 'bytea'].includes(column.type.kind)) return ['INVALID_VALUE', `the text is not a ${type} in its strict form`];
  if (typeof value === 'string' || value instanceof Uint8Array) return ['TYPE_MISMATCH', `a value of class ${storage} in a column of ${type}`];
  const isNumber = ['int2', 'int4', 'int8', 'float8', 'numeric'].includes(column.type.kind);
  if (isNumber && !(storage === 'real' && column.type.kind.startsWith('int'))) return ['OUT_OF_RANGE', `the number cannot be held by ${type} exactly`];
  return ['TYPE_MISMATCH', `a value of class ${storage} in a column of ${type}`];
}
