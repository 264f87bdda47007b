/** A column of a SELECT's result: its name, its PostgreSQL text, and what a reader of it may know. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { ScopeColumn, StorageClass, TargetType } from '../column-scope.ts';
import { Untranslatable } from '../expression/untranslatable.ts';
import type { Kind, Value } from '../expression/value.ts';
import { foldAscii } from '../parse/fold-ascii.ts';
import type { ViewColumn } from './relation.ts';

export interface OutputColumn extends ViewColumn {
  readonly sql: string;
  readonly value: Value;
  readonly alias: string | null;
}

interface Form {
  readonly type: TargetType;
  readonly classes: readonly StorageClass[];
  readonly cast: string;
}

const FORMS: Partial<Record<Kind, Form>> = {
  null: { type: 'text', classes: ['text'], cast: 'text' },
  bool: { type: 'int4', classes: ['integer'], cast: 'integer' },
  int: { type: 'int8', classes: ['integer'], cast: 'bigint' },
  real: { type: 'float8', classes: ['real'], cast: 'double precision' },
  mixed: { type: 'numeric', classes: ['integer', 'real'], cast: 'numeric' },
  text: { type: 'text', classes: ['text'], cast: 'text' },
  blob: { type: 'bytea', classes: ['blob'], cast: 'bytea' },
};

/** A column that is passed on keeps its type; a computed truth is 0 or 1, as a reader of the source's view got it. */
export function outputColumn(name: string, alias: string | null, value: Value): OutputColumn {
  const affinity = value.affinity === 'none' ? 'blob' : value.affinity;
  const collation = value.collation?.name ?? 'BINARY';
  if (value.column !== undefined) {
    const column: ScopeColumn = { ...value.column, target: name, affinity, collation, notNull: false };
    return { name, alias, value, sql: value.raw ?? value.sql, column };
  }
  const form = FORMS[value.kind];
  if (form === undefined) throw new Untranslatable('a result of unknown storage class');
  const column: ScopeColumn = { target: name, type: form.type, affinity, collation, notNull: false, classes: form.classes };
  return { name, alias, value, sql: `${value.sql}::${form.cast}`, column };
}

/** PostgreSQL cuts names after 63 bytes. */
const MAX_NAME_BYTES = 63;

/** SQLite adds `:1`, `:2` … to names that occur before; names must differ in PostgreSQL as well. */
export function distinctNames(columns: readonly OutputColumn[], given: readonly string[] | null): readonly OutputColumn[] {
  if (given !== null && given.length !== columns.length) throw new Untranslatable('the list of column names has another length than the result');
  const seen = new Set<string>();
  return columns.map((column, i) => {
    const wanted = given?.[i] ?? column.name;
    let name = wanted;
    for (let n = 1; seen.has(foldAscii(name)); n += 1) name = `${wanted}:${n}`;
    seen.add(foldAscii(name));
    if (name === '' || Buffer.byteLength(name) > MAX_NAME_BYTES) throw new Untranslatable(`the column name ${quoteIdentifier(name)} does not fit PostgreSQL`);
    return { ...column, name, column: { ...column.column, target: name } };
  });
}

export const selectList = (columns: readonly OutputColumn[]): string => columns.map((c) => `${c.sql} AS ${quoteIdentifier(c.name)}`).join(', ');
