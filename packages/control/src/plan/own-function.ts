/** Functions that only the application's own connection knows, as frameworks add REGEXP: no other library evaluates what uses one. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { parseCreateIndex } from '@causeway/dialect/parse/create-index';
import { parseCreateTable } from '@causeway/dialect/parse/create-table';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';

/** Name of the first that an index's parts or condition call; undefined: none. */
export function ownFunctionOfIndex(db: SourceDatabase, table: string, sql: string | null): string | undefined {
  const parsed = sql === null ? null : parseCreateIndex(sql);
  if (parsed === null || 'unparsed' in parsed) return undefined;
  return ownFunction(db, table, [...parsed.parts.map((part) => part.expression.text), ...(parsed.where === null ? [] : [parsed.where.text])]);
}

/** Whether a CHECK of any table calls one: a row of that table can only be written where checks are overlooked. */
export function checksCallOwnFunctions(db: SourceDatabase): boolean {
  const tables = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%check%'").all() as { name: string; sql: string }[];
  return tables.some(({ name, sql }) => {
    const parsed = parseCreateTable(sql);
    return !('unparsed' in parsed) && ownFunction(db, name, parsed.checks.map((check) => check.expression.text)) !== undefined;
  });
}

/** SQLite looks functions up when it compiles a statement. */
function ownFunction(db: SourceDatabase, table: string, expressions: readonly string[]): string | undefined {
  for (const text of expressions) {
    try {
      db.prepare(`SELECT (${text}\n) FROM ${quoteIdentifier(table)}`);
    } catch (error) {
      const [, name] = /^no such function: (.+)$/.exec((error as Error).message) ?? [];
      if (name !== undefined) return name;
    }
  }
  return undefined;
}
