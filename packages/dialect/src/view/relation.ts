/** A table or subquery in a FROM clause, and what its columns are. */
import type { ScopeColumn } from '../column-scope.ts';
import type { Fidelity } from '../fidelity.ts';

export interface ViewColumn {
  /** In the source. */
  readonly name: string;
  readonly column: ScopeColumn;
}

/** A table, or a view translated before, that a view may read. */
export interface ViewTable {
  /** Schema-qualified and quoted. */
  readonly target: string;
  /** In the order of the source. */
  readonly columns: readonly ViewColumn[];
  /** Of a view: whoever reads it is no more faithful. */
  readonly fidelity?: Fidelity;
}

/** Key: source name with ASCII letters in lower case. */
export type ViewTables = ReadonlyMap<string, ViewTable>;

export interface Relation {
  /** Name in the source by which columns are qualified. */
  readonly alias: string;
  readonly columns: readonly ViewColumn[];
  /** Folded names that USING has merged into an earlier relation. */
  readonly merged: ReadonlySet<string>;
}
