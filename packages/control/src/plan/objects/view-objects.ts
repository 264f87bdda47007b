/** Views in the order of their making, so that one may read another. */
import { quoteIdentifier, qualifiedName } from '@causeway/contracts/identifier';
import { foldAscii } from '@causeway/dialect/parse/fold-ascii';
import { type ViewTable, translateView } from '@causeway/dialect/translate-view';
import type { PlanObject } from '../plan-document.ts';
import type { SourceObject } from '../source-schema.ts';
import { cutToBytes } from '../target-names.ts';
import type { RelationNames } from './relation-names.ts';
import type { TableScope } from './table-scope.ts';

export function viewObjects(views: readonly SourceObject[], tables: readonly TableScope[], targetSchema: string, names: RelationNames): PlanObject[] {
  const known = new Map<string, ViewTable>(
    tables.map((t) => [foldAscii(t.source.name), { target: t.target, columns: t.source.columns.map((c) => ({ name: c.name, column: t.scope.columns.get(foldAscii(c.name)) as ViewTable['columns'][number]['column'] })) }]),
  );
  return views.map((view): PlanObject => {
    const translated = translateView(view.sql ?? '', known);
    const base = { kind: 'view', name: view.name, table: view.name, source: view.sql, notes: [...translated.notes], fidelity: translated.fidelity };
    if (translated.sql === null) return { ...base, target: null, stage: 'none' };
    const target = qualifiedName(targetSchema, names.claim(cutToBytes(view.name, 63)));
    if (translated.columns !== null) known.set(foldAscii(view.name), { target, columns: translated.columns });
    const columns = translated.columns === null ? '' : ` (${translated.columns.map((c) => quoteIdentifier(c.name)).join(', ')})`;
    return { ...base, target: `CREATE VIEW ${target}${columns} AS ${translated.sql}`, stage: 'view' };
  });
}
