/**
 * Finds the rows that the new values of a row collide with by a unique index: `INSERT OR REPLACE` and `UPDATE OR REPLACE`
 * delete them, and without recursive triggers no DELETE trigger fires. The index's own text is used over a row of the
 * new values, so no SQL of the application is rewritten. Candidates too many are harmless.
 */
import { Failure } from '@causeway/contracts/failures';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { comparesByAffinity, namesColumn } from '@causeway/dialect/affinity-comparison';
import { defaultConstant } from '@causeway/dialect/default-constant';
import { parseCreateIndex } from '@causeway/dialect/parse/create-index';
import { foldAscii } from '@causeway/dialect/parse/fold-ascii';
import type { ParsedExpression } from '@causeway/dialect/parse/parsed-expression';
import { unfailing } from '@causeway/dialect/unfailing-expression';
import type { SourceColumn, SourceIndex } from '../plan/source-schema.ts';
import type { CapturedTable as WholeTable } from './captured-table.ts';

/** What the query is made of. */
type CapturedTable = Pick<WholeTable, 'name' | 'columns' | 'computed' | 'rowidColumn'>;

/** `FROM … WHERE …` for the colliding rows of one index. Throws SOURCE_UNSUPPORTED naming an index by which they cannot be found. */
export function collisionClause(table: CapturedTable, index: SourceIndex): string {
  const parsed = index.sql === null ? null : parseCreateIndex(index.sql);
  if (parsed !== null && 'unparsed' in parsed) throw new Failure('SOURCE_UNSUPPORTED', `index ${JSON.stringify(index.name)} was not understood: ${parsed.unparsed}`);
  const where = parsed?.where ?? null;
  const equal = index.parts.flatMap((part, i) => {
    const collation = `COLLATE ${quoteIdentifier(part.collation)}`;
    const expression = part.name === null ? parsed?.parts[i]?.expression : table.computed.get(foldAscii(part.name));
    // Without such a part more rows are found than collide, and none is missed.
    if (part.name !== null ? computedUnseen(table, part.name) : expression !== undefined && unseen(table, expression)) return [];
    if (part.name !== null) return [`${quoteIdentifier(part.name)} = ${newValue(table, part.name)} ${collation}`];
    return expression === undefined || byAffinity(table, expression) ? [] : [`(${expression.text}\n) = ${overNewRow(table, expression, where)} ${collation}`];
  });
  if (equal.length === 0) throw new Failure('SOURCE_UNSUPPORTED', `index ${JSON.stringify(index.name)} of table ${JSON.stringify(table.name)} has values that a trigger sees otherwise (of a key that SQLite has still to choose, or of a column compared with another class): what a REPLACE removes by it could not be followed; say \`action: skip\` for the table in the plan, or let the application drop the index meanwhile`);
  // With the index's own condition SQLite can use the index to find them.
  return `FROM ${rows(table)} WHERE ${[...equal, ...(where === null ? [] : [`(${where.text}\n)`])].join(' AND ')}`;
}

/** The value depends on an INTEGER PRIMARY KEY that SQLite may choose after the trigger. */
function unseen(table: CapturedTable, { expr }: ParsedExpression): boolean {
  const { rowidColumn } = table;
  return namesColumn(expr, (name) => (rowidColumn !== null && foldAscii(name) === foldAscii(rowidColumn)) || computedUnseen(table, name));
}

function computedUnseen(table: CapturedTable, name: string): boolean {
  const expression = table.computed.get(foldAscii(name));
  return expression !== undefined && (unseen(table, expression) || (byAffinity(table, expression) && isRefilled(table, expression)));
}

/** It is computed once more after a default was filled in. */
const isRefilled = (table: CapturedTable, { expr }: ParsedExpression): boolean => namesColumn(expr, (word) => fillsIn(table, word));

function byAffinity(table: CapturedTable, expression: ParsedExpression): boolean {
  return comparesByAffinity(expression.expr, (name) => table.columns.find((column) => foldAscii(column.name) === foldAscii(name))?.affinity ?? null);
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
export function newValue(table: CapturedTable, name: string): string {
  const column = table.columns.find((c) => c.name === name);
  const value = `NEW.${quoteIdentifier(name)}`;
  const expression = table.computed.get(foldAscii(name));
  if (expression !== undefined && isRefilled(table, expression)) return overNewRow(table, expression, null);
  if (!column?.notNull || column.defaultSql === null) return value;
  const constant = defaultConstant(column.defaultSql);
  if ('unparsed' in constant) throw new Failure('SOURCE_UNSUPPORTED', `the default of column ${JSON.stringify(name)} of table ${JSON.stringify(table.name)} was not understood: ${constant.unparsed}`);
  return `coalesce(${value}, ${constant.sql})`;
}

function fillsIn(table: CapturedTable, name: string): boolean {
  const column = table.columns.find((c) => foldAscii(c.name) === foldAscii(name));
  const expression = table.computed.get(foldAscii(name));
  return (column?.notNull === true && column.defaultSql !== null) || (expression !== undefined && isRefilled(table, expression));
}

/** The expression over the new values; where the index would not look at the row, it is not evaluated either. */
function overNewRow(table: CapturedTable, expression: ParsedExpression, where: ParsedExpression | null): string {
  const named = (column: SourceColumn): boolean => [expression, where].some((one) => one !== null && namesColumn(one.expr, (name) => foldAscii(name) === foldAscii(column.name)));
  // Only what is named: a column that the application drops later must not stand in a trigger for nothing.
  const columns = table.columns.filter(named).map((column) => `${newValue(table, column.name)} AS ${quoteIdentifier(column.name)}`);
  const row = columns.length === 0 ? 'NULL' : columns.join(', ');
  const text = unfailing(expression);
  const value = where === null || byAffinity(table, where) || unseen(table, where) ? `(${text}\n)` : `CASE WHEN (${unfailing(where)}\n) THEN (${text}\n) END`;
  return `(SELECT ${value} FROM (SELECT ${row}) AS ${quoteIdentifier(hidesRow(table) ? ALIAS : table.name)})`;
}
