/** What a translation gathers on its way down. */
import type { ColumnScope, ScopeColumn } from '../column-scope.ts';

export interface Context {
  readonly scope: ColumnScope;
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

export function makeContext(scope: ColumnScope, source: string): Context {
  return { scope, source, notes: new Set(), state: { immutable: true }, collates: /collate/i.test(source), used: new Set(), strings: [] };
}
