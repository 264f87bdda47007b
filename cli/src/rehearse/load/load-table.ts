/**
 * Which tables of any schema a replayed load can write, and how. Values are never made up: a cell takes the value that
 * the same column has in another row, a row goes and comes back as it was, a new row is another row under a new id.
 */
import { qualifiedName, quoteIdentifier } from '@causeway/contracts/identifier';
import { postgresTypeName } from '@causeway/contracts/logical-type';
import { ROWID_COLUMN, type TableContract } from '@causeway/contracts/table-contract';
import type { SourceSchema, SourceTable } from '@causeway/control/plan/source-schema';

/** Names are quoted. */
export interface LoadColumn {
  readonly sqlite: string;
  readonly postgres: string;
  /** In PostgreSQL. */
  readonly type: string;
}

export interface LoadTable {
  readonly name: string;
  readonly sqlite: string;
  readonly postgres: string;
  readonly key: readonly LoadColumn[];
  /** Columns whose cells may take the value of another row. */
  readonly cells: readonly LoadColumn[];
  /** Every column that can be given on insert. */
  readonly given: readonly LoadColumn[];
  /** Rows may be deleted, and go and come back: nothing refers to them. */
  readonly deletable: boolean;
  readonly rewritable: boolean;
  /** The key is an integer that both databases give by themselves, and nothing else has to be unique. */
  readonly insertable: boolean;
  /** No trigger of the application writes it: what is acknowledged must be there at the end. */
  readonly judged: boolean;
}

export interface LoadPlan {
  readonly tables: readonly LoadTable[];
  readonly left: readonly { readonly table: string; readonly why: string }[];
}

export function loadPlan(schema: SourceSchema, contracts: readonly TableContract[]): LoadPlan {
  const tables: LoadTable[] = [];
  const left: { table: string; why: string }[] = [];
  for (const contract of contracts) {
    const table = schema.tables.find((t) => t.name === contract.source);
    const why = table === undefined ? 'not in the source' : whyLeft(table, contract);
    if (why !== null) left.push({ table: contract.source, why });
    else tables.push(loadTable(table as SourceTable, contract, schema));
  }
  return { tables, left };
}

function whyLeft(table: SourceTable, contract: TableContract): string | null {
  if (table.fts !== null) return 'a full-text table';
  if (contract.key.length === 0 && table.rowidAlias === null) return 'its rows cannot be named';
  const key = contract.columns.filter((c) => contract.key.includes(c.source));
  return key.some((c) => c.form !== 'plain') ? 'its key has another form in PostgreSQL' : null;
}

function loadTable(table: SourceTable, contract: TableContract, schema: SourceSchema): LoadTable {
  const key = keyOf(table, contract);
  const inKey = new Set(key.map((c) => c.sqlite));
  const columns = contract.columns
    .filter((c) => table.columns.find((own) => own.name === c.source)?.generated === 'no')
    .map((c): LoadColumn => ({ sqlite: quoteIdentifier(c.source), postgres: quoteIdentifier(c.target), type: postgresTypeName(c.type) }));
  const bound = new Set([...uniqueColumns(table), ...referredColumns(table, schema)].map((name) => quoteIdentifier(name)));
  const referred = schema.tables.some((other) => other.foreignKeys.some((fk) => same(fk.parent, table.name)));
  const expressions = table.indexes.some((i) => i.unique && i.parts.some((part) => part.name === null));
  return {
    name: table.name,
    sqlite: quoteIdentifier(table.name),
    postgres: qualifiedName(contract.targetSchema, contract.target),
    key,
    cells: columns.filter((c) => !inKey.has(c.sqlite) && !bound.has(c.sqlite)),
    given: columns,
    deletable: !referred,
    // REPLACE takes every row away that is in its way: only where that is the row itself.
    rewritable: !referred && contract.key.length > 0 && !expressions,
    insertable: table.rowidColumn !== null && contract.key.length === 1 && contract.key[0] === table.rowidColumn && uniqueColumns(table).length === 0,
    judged: !schema.objects.some((o) => o.kind === 'trigger' && (o.sql ?? '').toLowerCase().includes(table.name.toLowerCase())),
  };
}

function keyOf(table: SourceTable, contract: TableContract): LoadTable['key'] {
  if (contract.key.length === 0) return [{ sqlite: quoteIdentifier(table.rowidAlias as string), postgres: quoteIdentifier(ROWID_COLUMN), type: 'int8' }];
  return contract.key.map((name) => {
    const column = contract.columns.find((c) => c.source === name) as TableContract['columns'][number];
    return { sqlite: quoteIdentifier(name), postgres: quoteIdentifier(column.target), type: postgresTypeName(column.type) };
  });
}

const uniqueColumns = (table: SourceTable): string[] => table.indexes.filter((i) => i.unique).flatMap((i) => i.parts.flatMap((part) => (part.name === null ? [] : [part.name])));

/** Columns that rows of other tables point at. */
function referredColumns(table: SourceTable, schema: SourceSchema): string[] {
  return schema.tables.flatMap((other) => other.foreignKeys.filter((fk) => same(fk.parent, table.name)).flatMap((fk) => fk.parentColumns.flatMap((name) => (name === null ? [] : [columnOf(table, name)]))));
}

/** As the table spells it: a foreign key may spell it in another case. */
const columnOf = (table: SourceTable, name: string): string => table.columns.find((c) => same(c.name, name))?.name ?? name;
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
