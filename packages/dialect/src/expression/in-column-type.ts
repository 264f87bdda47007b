/** A value in the PostgreSQL type of the column that stores it, if nothing is lost on the way. */
import type { ScopeColumn } from '../column-scope.ts';
import { Untranslatable } from './untranslatable.ts';
import type { Value } from './value.ts';

export function inColumnType(v: Value, column: Pick<ScopeColumn, 'type'>): string {
  const { type } = column;
  if (v.kind === 'null') return 'NULL';
  if (type === 'boolean' && v.kind === 'bool') return v.sql;
  if ((type === 'int2' || type === 'int4' || type === 'int8') && (v.kind === 'int' || v.kind === 'bool')) {
    return v.kind === 'bool' ? `(${v.sql})::integer` : v.sql;
  }
  if (type === 'float8' && v.kind === 'real') return v.sql;
  if (type === 'numeric' && (v.kind === 'int' || v.kind === 'mixed')) return v.sql;
  if (type === 'numeric' && v.kind === 'real') return `${v.sql}::text::numeric`;
  if ((type === 'text' || type === 'varchar') && v.kind === 'text') return v.sql;
  if (type === 'bytea' && v.kind === 'blob') return v.sql;
  throw new Untranslatable(`a result of class ${v.kind} does not go into a column of type ${type} without loss`);
}
