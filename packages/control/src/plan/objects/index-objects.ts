/** Indexes and UNIQUE constraints. The primary key is made with the table's load; only its collation may need more. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { translateIndex } from '@causeway/dialect/translate-index';
import { namesRows } from '../contracts-from-plan.ts';
import type { PlanObject } from '../plan-document.ts';
import type { SourceIndex } from '../source-schema.ts';
import { proofOf } from './proof-of.ts';
import type { RelationNames } from './relation-names.ts';
import type { TableScope } from './table-scope.ts';

/** A primary key that does not name its rows becomes a unique index: that is all that it ever was in SQLite. */
export function indexObjects(table: TableScope, names: RelationNames): PlanObject[] {
  return table.source.indexes.filter((index) => index.origin !== 'pk' || hasCollation(index) || !namesRows(table.plan, table.source)).map((index) => indexObject(table, index, names));
}

const hasCollation = (index: SourceIndex): boolean => index.parts.some((part) => part.collation.toUpperCase() !== 'BINARY');

function indexObject(table: TableScope, index: SourceIndex, names: RelationNames): PlanObject {
  const translated = translateIndex(index, table.scope);
  const automatic = index.origin !== 'c';
  const wished = automatic ? `${table.plan.target}_${index.parts.map((p) => p.name ?? 'expr').join('_')}_key` : index.name;
  const base = { name: automatic ? wished : index.name, table: table.source.name, source: index.sql, notes: [...translated.notes], fidelity: translated.fidelity, ...proofOf(translated.where, table) };
  if (translated.sql === null) return { ...base, kind: index.unique ? 'unique' : 'index', target: null, stage: 'none' };
  const name = quoteIdentifier(names.claim(wished));
  if (index.origin === 'u' && translated.plainColumns !== null) {
    const columns = translated.plainColumns.map(quoteIdentifier).join(', ');
    return { ...base, kind: 'unique', target: `ALTER TABLE ${table.target} ADD CONSTRAINT ${name} UNIQUE (${columns})`, stage: 'unique' };
  }
  return {
    ...base,
    kind: index.unique ? 'unique' : 'index',
    target: `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${name} ON ${table.target} ${translated.sql}`,
    stage: index.unique ? 'unique' : 'index',
  };
}
