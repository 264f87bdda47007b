/** What capture needs of a table: where its triggers stand, and what names its rows. */
import { Failure } from '@causeway/contracts/failures';
import type { TableContract } from '@causeway/contracts/table-contract';
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
    if (table.fts !== null) return fullText(table, contract);
    return { number: contract.table, name: table.name, key: keyOf(table, contract), columns: table.columns, colliding: table.indexes.filter((index) => mayCollide(index, table, contract)), hiddenRowid: contract.keyless || table.rowidColumn !== null ? null : table.rowidAlias };
  });
}

/** A full-text table's rows stand in its content table, whose key is the rowid. */
function fullText(table: SourceTable, contract: TableContract): CapturedTable {
  return { number: contract.table, name: `${table.name}_content`, key: [table.fts === 'fts5' ? 'id' : 'docid'], columns: [], colliding: [], hiddenRowid: null };
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
