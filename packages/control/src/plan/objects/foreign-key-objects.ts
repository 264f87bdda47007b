/** Foreign keys. Orphans that SQLite let in keep the key NOT VALID; a parent that is not there is reported. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { findColumn } from '@causeway/dialect/column-scope';
import { foldAscii } from '@causeway/dialect/parse/fold-ascii';
import type { PlanObject } from '../plan-document.ts';
import type { SourceForeignKey } from '../source-schema.ts';
import type { RelationNames } from './relation-names.ts';
import type { TableScope } from './table-scope.ts';

const ACTIONS = new Set(['NO ACTION', 'RESTRICT', 'CASCADE', 'SET NULL', 'SET DEFAULT']);

export function foreignKeyObjects(table: TableScope, tables: readonly TableScope[], names: RelationNames): PlanObject[] {
  return table.source.foreignKeys.map((key) => foreignKeyObject(table, key, tables, names));
}

/** The child's value is brought to the parent's type, which goes from integers to numeric to double precision only. */
const WIDTH: Readonly<Record<string, number>> = { int2: 0, int4: 0, int8: 0, numeric: 1, float8: 2 };

function refersTo(child: string | undefined, parent: string | undefined): boolean {
  const [from, to] = [WIDTH[child ?? ''], WIDTH[parent ?? '']];
  if (from !== undefined && to !== undefined) return from <= to;
  const asText = (type: string | undefined): string | undefined => (type === 'varchar' ? 'text' : type);
  return asText(child) === asText(parent);
}

function foreignKeyObject(table: TableScope, key: SourceForeignKey, tables: readonly TableScope[], names: RelationNames): PlanObject {
  const written = `FOREIGN KEY (${key.columns.map(quoteIdentifier).join(', ')}) REFERENCES ${quoteIdentifier(key.parent)} (${key.parentColumns.map((c) => (c === null ? '?' : quoteIdentifier(c))).join(', ')})`;
  const declared = table.parsed?.foreignKeys.find((f) => f.columns.map(foldAscii).join('\0') === key.columns.map(foldAscii).join('\0'));
  const wished = declared?.name ?? `${table.plan.target}_${key.columns.join('_')}_fkey`;
  const base = { kind: 'foreign_key', name: wished, table: table.source.name, source: written } as const;
  const parent = tables.find((t) => foldAscii(t.source.name) === foldAscii(key.parent));
  if (parent === undefined) return { ...base, fidelity: 'needs_decision', target: null, stage: 'none', notes: [`the table ${JSON.stringify(key.parent)} that it refers to is not there`] };
  const children = key.columns.map((name) => findColumn(table.scope, name)?.target);
  const parents = key.parentColumns.map((name) => (name === null ? undefined : findColumn(parent.scope, name)?.target));
  if (children.includes(undefined) || parents.includes(undefined)) {
    return { ...base, fidelity: 'needs_decision', target: null, stage: 'none', notes: ['it names a column that is not there, or a parent without a fitting primary key'] };
  }
  const unlike = key.columns.findIndex((name, i) => !refersTo(findColumn(table.scope, name)?.type, findColumn(parent.scope, key.parentColumns[i] as string)?.type));
  if (unlike >= 0) return { ...base, fidelity: 'needs_decision', target: null, stage: 'none', notes: [`${key.columns[unlike]} and what it refers to become types that PostgreSQL does not compare`] };
  const list = (columns: readonly (string | undefined)[]): string => columns.map((c) => quoteIdentifier(c as string)).join(', ');
  const action = (event: string, what: string): string => (ACTIONS.has(what) && what !== 'NO ACTION' ? ` ON ${event} ${what}` : '');
  const target =
    `ALTER TABLE ${table.target} ADD CONSTRAINT ${quoteIdentifier(names.claim(wished))} FOREIGN KEY (${list(children)}) REFERENCES ${parent.target} (${list(parents)})` +
    `${action('UPDATE', key.onUpdate)}${action('DELETE', key.onDelete)}${declared?.initiallyDeferred === true ? ' DEFERRABLE INITIALLY DEFERRED' : ''}`;
  return { ...base, fidelity: 'exact', target, stage: 'foreign_key', notes: [] };
}
