/** A value where SQLite asks whether it is true: NULL is unknown, a number is true unless zero. */
import { Untranslatable } from './untranslatable.ts';
import type { Value } from './value.ts';

export function asCondition(v: Value): string {
  switch (v.kind) {
    case 'null':
      return 'NULL::boolean';
    case 'bool':
      return v.sql;
    case 'int':
    case 'real':
    case 'mixed':
      if (v.constant?.kind === 'int' || v.constant?.kind === 'real') return Number(v.constant.value) === 0 ? 'FALSE' : 'TRUE';
      return `(${v.sql} <> 0)`;
    default:
      throw new Untranslatable('a text or blob is used as a condition: SQLite reads a number from its beginning');
  }
}
