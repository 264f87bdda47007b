/** A column as an operand: which storage class its source values have, and in which PostgreSQL form. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { ScopeColumn, StorageClass, TargetType } from '../column-scope.ts';
import { INT64, type Interval, type Kind, type Value } from './value.ts';

const RANGES: Partial<Record<TargetType, Interval>> = {
  int2: { min: -32768n, max: 32767n },
  int4: { min: -2147483648n, max: 2147483647n },
  int8: INT64,
};

/** `qualifier` is PostgreSQL text with its dot, for views. */
export function columnValue(column: ScopeColumn, qualifier = ''): Value {
  const name = `${qualifier}${quoteIdentifier(column.target)}`;
  const { kind, sure } = kindOf(column);
  const range = RANGES[column.type];
  const double = kind !== 'mixed' ? {} : column.type === 'float8' ? { shortest: true, double: name } : { shortest: true };
  return {
    sql: columnSql(column, kind, name),
    raw: name,
    ...double,
    kind,
    affinity: column.affinity,
    collation: { name: column.collation, explicit: false },
    column,
    ...(range === undefined ? {} : { range }),
    ...(column.type === 'int8' ? { wide: true } : {}),
    ...(sure ? {} : { assumes: `holds where every value of ${quoteIdentifier(column.target)} is stored as ${NAMES[kind]} in the source` }),
  };
}

/** Shortest digits read back as the very double, and a double's text is its shortest digits. */
function columnSql(column: ScopeColumn, kind: Kind, name: string): string {
  if (kind === 'real' && column.type === 'numeric') return `${name}::double precision`;
  return kind === 'mixed' && column.type === 'float8' ? `${name}::text::numeric` : name;
}

const NAMES: Record<Kind, string> = { null: 'NULL', bool: 'the integers 0 and 1', int: 'an integer', real: 'a real', mixed: 'a number', text: 'text', blob: 'a blob', opaque: 'text' };

function kindOf(column: ScopeColumn): { kind: Kind; sure: boolean } {
  switch (column.type) {
    case 'int2':
    case 'int4':
    case 'int8':
      return only(column, 'int', ['integer'], ['integer', 'numeric']);
    case 'boolean':
      return column.classes?.includes('text') || (column.classes === undefined && column.affinity === 'text')
        ? { kind: 'opaque', sure: true }
        : only(column, 'bool', ['integer'], ['integer', 'numeric']);
    case 'float8':
    case 'numeric':
      return numberKind(column);
    case 'text':
    case 'varchar':
      return column.classes === undefined || column.classes.every((c) => c === 'text') ? only(column, 'text', ['text'], ['text']) : { kind: 'opaque', sure: true };
    case 'bytea':
      return column.classes === undefined || column.classes.every((c) => c === 'blob') ? only(column, 'blob', ['blob'], []) : { kind: 'opaque', sure: true };
    default:
      return { kind: 'opaque', sure: true };
  }
}

/** Sure if the values were seen, or if the affinity leaves no other class. */
function only(column: ScopeColumn, kind: Kind, classes: readonly StorageClass[], affinities: readonly string[]): { kind: Kind; sure: boolean } {
  const sure = column.classes === undefined ? affinities.includes(column.affinity) : column.classes.every((c) => classes.includes(c));
  return sure || column.classes === undefined ? { kind, sure } : { kind: 'opaque', sure: true };
}

function numberKind(column: ScopeColumn): { kind: Kind; sure: boolean } {
  // REAL affinity turns every integer into a real when it is stored.
  if (column.affinity === 'real') return { kind: 'real', sure: true };
  const seen = column.classes;
  if (seen?.some((c) => c === 'text' || c === 'blob')) return { kind: 'opaque', sure: true };
  if (seen !== undefined && seen.length === 1 && seen[0] === 'real') return { kind: 'real', sure: true };
  // A mixture in double precision has lost which of its numbers were integers; numeric compares both exactly.
  return { kind: 'mixed', sure: seen !== undefined || column.affinity !== 'blob' };
}
