/** What a query may read in the target: the moved tables, and the views that were made, as the translator knows them. */
import { qualifiedName } from '@causeway/contracts/identifier';
import { foldAscii } from '@causeway/dialect/parse/fold-ascii';
import { translateView, type ViewTable } from '@causeway/dialect/translate-view';
import { tableScope, type TableScope } from '../plan/objects/table-scope.ts';
import type { PlanDocument } from '../plan/plan-document.ts';
import type { SourceSchema } from '../plan/source-schema.ts';
import { cutToBytes } from '../plan/target-names.ts';
import { externalFulltext, ownFulltext } from './fulltext-tables.ts';

export type QueryTables = ReadonlyMap<string, ViewTable>;

export function queryTables(schema: SourceSchema, plan: PlanDocument): QueryTables {
  const tables = schema.tables.flatMap((source) => {
    const planned = plan.tables.find((t) => t.name === source.name && t.action === 'move');
    return planned === undefined ? [] : [tableScope(source, planned, plan.targetSchema)];
  });
  const known = new Map<string, ViewTable>(tables.map((t) => [foldAscii(t.source.name), viewTable(t)]));
  for (const object of schema.objects.filter((o) => o.kind === 'virtual_table')) {
    const table = externalFulltext(object, tables);
    if (table !== null) known.set(foldAscii(object.name), table);
  }
  for (const view of schema.objects.filter((o) => o.kind === 'view')) {
    if (!plan.objects.some((o) => o.kind === 'view' && o.name === view.name && o.stage === 'view')) continue;
    const { columns, fidelity } = translateView(view.sql ?? '', known);
    if (columns !== null) known.set(foldAscii(view.name), { target: qualifiedName(plan.targetSchema, cutToBytes(view.name, 63)), columns, fidelity });
  }
  return known;
}

function viewTable(table: TableScope): ViewTable {
  const { rowidColumn } = table.source;
  const rowid = rowidColumn === null ? undefined : table.scope.columns.get(foldAscii(rowidColumn));
  return { ...(rowid === undefined ? {} : { rowid }), ...ownFulltext(table), target: table.target, columns: table.source.columns.map((c) => ({ name: c.name, column: table.scope.columns.get(foldAscii(c.name)) as ViewTable['columns'][number]['column'] })) };
}
