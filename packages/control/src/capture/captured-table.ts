/** What capture needs of a table: where its triggers stand, and what names its rows. */
import { Failure } from '@causeway/contracts/failures';
import type { TableContract } from '@causeway/contracts/table-contract';
import { parseCreateTable } from '@causeway/dialect/parse/create-table';
import { foldAscii } from '@causeway/dialect/parse/fold-ascii';
import type { ParsedExpression } from '@causeway/dialect/parse/parsed-expression';
import { ownCollation } from '../plan/own-collation.ts';
import type { SourceColumn, SourceIndex, SourceSchema, SourceTable } from '../plan/source-schema.ts';

export interface CapturedTable {
  /** Number of the table in its contract. */
  readonly number: number;
  /** Table that the triggers are made on: the content table of a full-text table, else the table itself. */
  readonly name: string;
  /** Columns, or the rowid's name, that stand in the log. */
  readonly key: readonly string[];
  readonly columns: readonly SourceColumn[];
  /** Unique indexes by which a REPLACE may remove a row without a trace in the log. */
  readonly colliding: readonly SourceIndex[];
  /** The expressions of generated columns, by their folded names. */
  readonly computed: ReadonlyMap<string, ParsedExpression>;
  /** A foreign key compares the key with numbers: after that SQLite's triggers see a text '2' as 2. */
  readonly keyConverted: boolean;
  /** The INTEGER PRIMARY KEY: before an insert that leaves it to SQLite it reads as −1. */
  readonly rowidColumn: string | null;
  /** Name of a rowid that is not the key: a REPLACE by it removes a row, too. Null where there is none that SQL can set. */
  readonly hiddenRowid: string | null;
}

/** Throws SOURCE_UNSUPPORTED naming the table whose rows have no name that the log could hold. */
export function capturedTables(schema: SourceSchema, contracts: readonly TableContract[]): CapturedTable[] {
  return contracts.map((contract) => {
    const table = schema.tables.find((t) => t.name === contract.source);
    if (table === undefined) throw new Failure('SOURCE_CHANGED', `table ${JSON.stringify(contract.source)} is not in the source`);
    if (table.fts === 'rtree') throw new Failure('SOURCE_UNSUPPORTED', `table ${JSON.stringify(table.name)} is an R*Tree, and SQLite lets no trigger see its changes: it cannot be followed; say \`action: skip\` for it in the plan, and fill it from its own table in PostgreSQL`);
    const collation = ownCollation(table);
    if (collation !== null) throw new Failure('SOURCE_UNSUPPORTED', `table ${JSON.stringify(table.name)} has an index that is sorted by the application's own collation ${JSON.stringify(collation.name)}: the way back could not write it; say \`action: skip\` for it in the plan, or let the application drop the index meanwhile`);
    const own = table.indexes.find((index) => index.ownFunction !== undefined);
    if (own !== undefined) throw new Failure('SOURCE_UNSUPPORTED', `table ${JSON.stringify(table.name)} has an index ${JSON.stringify(own.name)} that calls the application's own function ${JSON.stringify(own.ownFunction)}: the way back could not write it; say \`action: skip\` for the table in the plan, or let the application drop the index meanwhile`);
    if (table.ownTokenizer !== undefined) throw new Failure('SOURCE_UNSUPPORTED', `table ${JSON.stringify(table.name)} is split into words by the application's own tokenizer ${JSON.stringify(table.ownTokenizer)}: the way back could not write it; say \`action: skip\` for it in the plan`);
    if (table.fts !== null) return fullText(table, contract);
    return { number: contract.table, name: table.name, key: keyOf(table, contract), columns: table.columns, computed: computedColumns(table), keyConverted: keyConverted(schema, table, contract), rowidColumn: table.rowidColumn, colliding: table.indexes.filter((index) => mayCollide(index, table, contract)), hiddenRowid: contract.keyless || table.rowidColumn !== null ? null : table.rowidAlias };
  });
}

/** SQLite brings the parent's value to the child's numeric affinity in place, before it fires a trigger after the row. */
function keyConverted(schema: SourceSchema, parent: SourceTable, contract: TableContract): boolean {
  const key = parent.columns.filter((column) => contract.key.includes(column.name) && (column.affinity === 'text' || column.affinity === 'blob')).map((column) => foldAscii(column.name));
  const numeric = (child: SourceTable, name: string | undefined): boolean => child.columns.some((column) => foldAscii(column.name) === foldAscii(name ?? '') && column.affinity !== 'text' && column.affinity !== 'blob');
  return schema.tables.some((child) =>
    child.foreignKeys.some((fk) => foldAscii(fk.parent) === foldAscii(parent.name) && fk.parentColumns.some((name, i) => name !== null && key.includes(foldAscii(name)) && numeric(child, fk.columns[i]))),
  );
}

/** No pragma tells them; a text that is not understood has none, and SQLite's own value is taken. */
export function computedColumns(table: SourceTable): Map<string, ParsedExpression> {
  const parsed = table.columns.some((column) => column.generated !== 'no') ? parseCreateTable(table.sql) : null;
  if (parsed === null || 'unparsed' in parsed) return new Map();
  return new Map([...parsed.columns.values()].flatMap((column) => (column.generated === null ? [] : [[foldAscii(column.name), column.generated.expression] as const])));
}

/** A full-text table's rows stand in its content table, whose key is the rowid. */
function fullText(table: SourceTable, contract: TableContract): CapturedTable {
  return { number: contract.table, name: `${table.name}_content`, key: [table.fts === 'fts5' ? 'id' : 'docid'], columns: [], computed: new Map(), keyConverted: false, rowidColumn: null, colliding: [], hiddenRowid: null };
}

function keyOf(table: SourceTable, contract: TableContract): readonly string[] {
  if (!contract.keyless) return contract.key;
  if (table.rowidAlias === null) throw new Failure('SOURCE_UNSUPPORTED', `table ${JSON.stringify(table.name)} has no key, and its columns hide every name of the rowid: it cannot be followed`);
  return [table.rowidAlias];
}

/** An index of exactly the key's bytes removes only rows whose key is logged anyway. */
function mayCollide(index: SourceIndex, table: SourceTable, contract: TableContract): boolean {
  if (!index.unique) return false;
  if (index.partial || contract.keyless || index.parts.length !== contract.key.length) return true;
  return index.parts.some((part) => {
    const column = table.columns.find((c) => c.name === part.name);
    // Without an affinity 1 and 1.0 are equal to the index and different in the log.
    return column === undefined || !contract.key.includes(column.name) || part.collation.toUpperCase() !== 'BINARY' || column.affinity === 'blob';
  });
}
