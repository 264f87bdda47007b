/**
 * Finds the rows that the new values of a row collide with by a unique index: `INSERT OR REPLACE` and `UPDATE OR REPLACE`
 * delete them, and without recursive triggers no DELETE trigger fires. The index's own text is used over a row of the
 * new values, so no SQL of the application is rewritten. Candidates too many are harmless.
 */
import { Failure } from '@causeway/contracts/failures';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { parseCreateIndex } from '@causeway/dialect/parse/create-index';
import type { SourceColumn, SourceIndex } from '../plan/source-schema.ts';
import type { CapturedTable } from './captured-table.ts';

/** `FROM … WHERE …` for the colliding rows of one index. */
export function collisionClause(table: CapturedTable, index: SourceIndex): string {
  const parsed = index.sql === null ? null : parseCreateIndex(index.sql);
  if (parsed !== null && 'unparsed' in parsed) throw new Failure('SOURCE_UNSUPPORTED', `index ${JSON.stringify(index.name)} was not understood: ${parsed.unparsed}`);
  const where = parsed?.where?.text ?? null;
  const equal = index.parts.map((part, i) => {
    const collation = `COLLATE ${quoteIdentifier(part.collation)}`;
    if (part.name !== null) return `${quoteIdentifier(part.name)} = ${newValue(table, part.name)} ${collation}`;
    const text = parsed?.parts[i]?.expression.text ?? '';
    return `(${text}\n) = ${overNewRow(table, text, where)} ${collation}`;
  });
  // With the index's own condition SQLite can use the index to find them.
  return `FROM ${rows(table)} WHERE ${[...equal, ...(where === null ? [] : [`(${where}\n)`])].join(' AND ')}`;
}

const ALIAS = '_causeway_row';

/** Inside a FROM a table called "old" or "new" hides the trigger's rows of that name: each row was compared with itself. */
const hidesRow = (table: CapturedTable): boolean => /^(?:old|new)$/i.test(table.name);

function rows(table: CapturedTable): string {
  return `${quoteIdentifier(table.name)}${hidesRow(table) ? ` AS ${quoteIdentifier(ALIAS)}` : ''}`;
}

/** Where the rowid is not the key, an application may still set it. Before an insert without one it reads as −1. */
export function rowidClause(table: CapturedTable, rowid: string): string {
  return `FROM ${rows(table)} WHERE ${quoteIdentifier(rowid)} = NEW.${quoteIdentifier(rowid)}`;
}

/** OR REPLACE fills a NOT NULL column's default in for a NULL, after this trigger. */
function newValue(table: CapturedTable, name: string): string {
  const column = table.columns.find((c) => c.name === name);
  const value = `NEW.${quoteIdentifier(name)}`;
  return column?.notNull && column.defaultSql !== null ? `coalesce(${value}, (${column.defaultSql}\n))` : value;
}

/** The expression over the new values; where the index would not look at the row, it is not evaluated either: it may fail. */
function overNewRow(table: CapturedTable, expression: string, where: string | null): string {
  const row = table.columns.map((column: SourceColumn) => `${newValue(table, column.name)} AS ${quoteIdentifier(column.name)}`).join(', ');
  const value = where === null ? `(${expression}\n)` : `CASE WHEN (${where}\n) THEN (${expression}\n) END`;
  return `(SELECT ${value} FROM (SELECT ${row}) AS ${quoteIdentifier(hidesRow(table) ? ALIAS : table.name)})`;
}
