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
  /** What answers to rowid, where a row has one. */
  readonly rowid?: ScopeColumn;
  /** A full-text table, or the table whose text one indexes. */
  readonly fulltext?: FulltextTable;
  /** Of a view: whoever reads it is no more faithful. */
  readonly fidelity?: Fidelity;
}

/** How the words of a full-text table are found in PostgreSQL. */
export interface FulltextTable {
  /** In lower case: it is a hidden column of itself. */
  readonly name: string;
  readonly module: 'fts5' | 'fts4';
  /** The text search configuration of the index. */
  readonly config: string;
  /** Those that the index has, in its order: name in the source, in lower case, and in the target. */
  readonly columns: readonly { readonly name: string; readonly target: string }[];
  /** What is not the same as in the source. */
  readonly notes: readonly string[];
  /** Why its searches have no equal at all. */
  readonly refused?: string;
}

/** Key: source name with ASCII letters in lower case. */
export type ViewTables = ReadonlyMap<string, ViewTable>;

export interface Relation {
  /** Name in the source by which columns are qualified. */
  readonly alias: string;
  readonly columns: readonly ViewColumn[];
  readonly rowid?: ScopeColumn;
  readonly fulltext?: FulltextTable;
  /** Folded names that USING has merged into an earlier relation. */
  readonly merged: ReadonlySet<string>;
}
