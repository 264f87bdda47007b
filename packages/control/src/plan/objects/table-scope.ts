/** A planned table as the translator sees it, with what only its CREATE TABLE text tells. */
import type { CollationName, ColumnScope, ScopeColumn } from '@causeway/dialect/column-scope';
import { type ParsedTable, parseCreateTable } from '@causeway/dialect/parse/create-table';
import { foldAscii } from '@causeway/dialect/parse/fold-ascii';
import { parsePostgresType } from '@causeway/contracts/logical-type';
import { qualifiedName } from '@causeway/contracts/identifier';
import type { PlanTable } from '../plan-document.ts';
import type { SourceTable } from '../source-schema.ts';

export interface TableScope {
  readonly source: SourceTable;
  readonly plan: PlanTable;
  /** Null where the text was not understood. */
  readonly parsed: ParsedTable | null;
  readonly scope: ColumnScope;
  readonly targetSchema: string;
  /** Quoted and qualified. */
  readonly target: string;
}

export function tableScope(source: SourceTable, plan: PlanTable, targetSchema: string): TableScope {
  const parsed = source.fts === null ? parseCreateTable(source.sql) : { unparsed: 'a virtual table' };
  const known = 'unparsed' in parsed ? null : parsed;
  const columns = new Map<string, ScopeColumn>();
  source.columns.forEach((column, i) => {
    const planned = plan.columns[i] as PlanTable['columns'][number];
    const type = parsePostgresType(planned.type);
    const kind = type?.kind === 'text' && type.maxLength !== undefined ? 'varchar' : (type?.kind ?? 'text');
    columns.set(foldAscii(column.name), {
      target: planned.target,
      type: kind,
      affinity: column.affinity,
      collation: collationOf(known?.columns.get(foldAscii(column.name))?.collation ?? null),
      notNull: planned.notNull,
      ...(column.generated === 'no' ? {} : { generated: true }),
    });
  });
  return { source, plan, parsed: known, scope: { columns }, targetSchema, target: qualifiedName(targetSchema, plan.target) };
}

function collationOf(name: string | null): CollationName {
  const upper = name?.toUpperCase();
  return upper === 'NOCASE' || upper === 'RTRIM' ? upper : 'BINARY';
}
