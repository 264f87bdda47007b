/** Makes the plan of a source: names, types with their evidence, and what becomes of every object of its schema. */
import { Failure } from '@causeway/contracts/failures';
import { postgresTypeName } from '@causeway/contracts/logical-type';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { alignDateForms } from './align-date-forms.ts';
import { alignForeignKeyTypes } from './align-foreign-keys.ts';
import { decideColumn } from './decide-column.ts';
import { type ExistingTarget, planForExisting } from './existing/plan-for-existing.ts';
import type { PlanDocument, PlanTable } from './plan-document.ts';
import { profileTable, type TableObserver, type TableProfile } from './profile-table.ts';
import { planObjects } from './plan-objects.ts';
import { ownCollation } from './own-collation.ts';
import type { SourceSchema, SourceTable } from './source-schema.ts';
import { searchesOf } from './speed/searched-columns.ts';
import type { Query } from '../queries/query-set.ts';
import { tableCandidates } from './table-candidates.ts';
import { type NameStyle, targetNames } from './target-names.ts';

/** PostgreSQL's limit; more columns cannot be created. */
const MAX_COLUMNS = 1_600;

export interface PlanOptions {
  readonly names: NameStyle;
  readonly targetSchema: string;
  /** Read every row before deciding, instead of a sample of large tables. */
  readonly full: boolean;
  /** The application's own tables: they decide the types; every row is read, and what they cannot hold is refused. */
  readonly existing?: ExistingTarget;
  /** The application's queries: what they search gets indexes. */
  readonly queries?: readonly Query[];
  /** A table that no other library than the application's can read is planned as left behind, instead of refused. */
  readonly leaveUnreadable?: boolean;
  readonly onTable?: (table: string, rows: number) => void;
  /** Looks at the values while the plan is made. */
  readonly observe?: (table: SourceTable) => TableObserver;
  readonly onProfile?: (table: SourceTable, profile: TableProfile) => void;
}

export function makePlan(db: SourceDatabase, schema: SourceSchema, options: PlanOptions): PlanDocument {
  const names = targetNames(schema.tables.map((t) => t.name), options.names, 'table', 'tables');
  const { existing } = options;
  if (existing !== undefined) return planForExisting({ db, schema, names, style: options.names, targetSchema: options.targetSchema, existing, planNew: (table, name) => planTable(db, table, name, options) });
  const tables = schema.tables.map((table, i) => planTable(db, table, names[i] as string, options));
  const aligned = alignForeignKeyTypes(schema, alignDateForms(tables));
  const search = searchesOf(options.queries ?? [], schema, aligned);
  const wishes = search.length === 0 ? {} : { search };
  return { causeway: 1, names: options.names, targetSchema: options.targetSchema, tables: aligned, ...wishes, objects: planObjects(schema, aligned, options.targetSchema, wishes) };
}

function planTable(db: SourceDatabase, table: SourceTable, target: string, options: PlanOptions): PlanTable {
  if (table.columns.length > MAX_COLUMNS) {
    throw new Failure('SOURCE_UNSUPPORTED', `table ${JSON.stringify(table.name)} has ${table.columns.length} columns; PostgreSQL holds at most ${MAX_COLUMNS}`);
  }
  const collation = ownCollation(table);
  const unreadable = collation?.unreadable === true;
  if (unreadable && options.leaveUnreadable !== true) {
    throw new Failure('SOURCE_UNSUPPORTED', `table ${JSON.stringify(table.name)} has an index that is sorted by the application's own collation ${JSON.stringify(collation.name)}, and no rowid: no other library can read it; let the application rebuild it under NOCASE, or use a plan that says \`action: skip\` for it, as \`causeway plan\` writes it`);
  }
  const profile = profileTable(unreadable ? null : db, table, {
    full: options.full,
    candidates: tableCandidates(table),
    onRows: (rows) => options.onTable?.(table.name, rows),
    ...(options.observe === undefined ? {} : { observer: options.observe(table) }),
  });
  options.onTable?.(table.name, profile.rowsRead);
  options.onProfile?.(table, profile);
  const columnNames = targetNames(table.columns.map((c) => c.name), options.names, 'column', `columns of ${JSON.stringify(table.name)}`);
  return { name: table.name, target, action: unreadable ? 'skip' : 'move', replace: false, sampled: !profile.complete, columns: planColumns(table, profile, columnNames) };
}

function planColumns(table: SourceTable, profile: TableProfile, names: readonly string[]): PlanTable['columns'] {
  return table.columns.map((column, i) => {
    const seen = profile.columns[i] as TableProfile['columns'][number];
    const decided = column.name === table.rowidColumn ? { type: { kind: 'int8' as const }, form: 'plain' as const, evidence: 'INTEGER PRIMARY KEY: the rowid' } : decideColumn(seen, profile.complete);
    const hasNulls = seen.classes.null > 0;
    // A key column is NOT NULL in PostgreSQL; SQLite lets NULLs into it, and then the table has no key that names a row.
    // A generated column becomes so with its trigger: where nothing computes it, a new row need not bring it.
    const notNull = column.name === table.rowidColumn || ((column.notNull || column.keyPosition > 0) && !hasNulls && column.generated === 'no');
    return {
      name: column.name,
      target: names[i] as string,
      declared: column.declared,
      type: postgresTypeName(decided.type),
      form: decided.form,
      notNull,
      evidence: decided.evidence + (column.notNull && hasNulls ? '; declared NOT NULL, but NULLs are there' : '') + (column.generated === 'no' ? '' : '; generated column, its values are stored'),
      found: foundClasses(seen.classes),
    };
  });
}

/** Only what is there: most columns hold one class. */
function foundClasses(classes: TableProfile['columns'][number]['classes']): NonNullable<PlanTable['columns'][number]['found']> {
  return Object.fromEntries(Object.entries(classes).filter(([, count]) => count > 0)) as NonNullable<PlanTable['columns'][number]['found']>;
}
