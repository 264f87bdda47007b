/** What a translation gathers on its way down. */
import { type ColumnScope, findColumn, type ScopeColumn } from '../column-scope.ts';
import type { Expr } from '../parse/sqlite-grammar.ts';
import { columnValue } from './column-value.ts';
import type { Value } from './value.ts';

export interface Context {
  /** The column of that name, or undefined; `table` is null where the expression names none. */
  readonly resolve: (table: string | null, column: string) => Value | undefined;
  /** Calls that mean something only where rows are grouped; null leaves the call to the scalar functions. */
  readonly aggregate: (node: Expr) => Value | null;
  /** A parameter of a query, by its name; absent where none may stand. */
  readonly parameter?: (name: string) => Value | undefined;
  /** MATCH and the functions of full-text search; absent where there is none. */
  readonly fulltext?: (node: Expr) => Value | null;
  /** Functions with another result at each call; absent where such a thing must not stand. */
  readonly volatile?: (name: string, args: readonly Value[]) => Value | null;
  /** The expression is a generated column's: its translation is proved on every row before it is used. */
  readonly generated?: boolean;
  /** The text that the nodes' positions refer to. */
  readonly source: string;
  /** Reasons why the result is only approximate. */
  readonly notes: Set<string>;
  /** False once a part's result depends on more than its arguments, in PostgreSQL's eyes. */
  readonly state: { immutable: boolean };
  /** COLLATE occurs somewhere, so that it is worth looking for. */
  readonly collates: boolean;
  /** Double-quoted strings, which not every build of SQLite reads as such: where they stand and what they hold. */
  readonly strings: { readonly offset: number; readonly length: number; readonly text: string }[];
  /** Columns that the expression reads. */
  readonly used: Set<ScopeColumn>;
}

/** Inside one table a qualifier can only be the table's own name. `row` is PostgreSQL text with its dot, such as `NEW.`. */
export function makeContext(scope: ColumnScope, source: string, row = '', generated = false): Context {
  const resolve: Context['resolve'] = (_table, name) => {
    const column = findColumn(scope, name);
    return column === undefined ? undefined : columnValue(column, row);
  };
  return { ...contextOf(resolve, () => null, source), generated };
}

export function contextOf(resolve: Context['resolve'], aggregate: Context['aggregate'], source: string): Context {
  return { resolve, aggregate, source, notes: new Set(), state: { immutable: true }, collates: /collate/i.test(source), used: new Set(), strings: [] };
}
