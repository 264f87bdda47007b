/**
 * A set of queries that an application asks: read from a file in one of several forms (see read-query-set.ts), and run
 * on both sides by `causeway queries` and `causeway loadtest`.
 */

/** A value that a query is asked with: a range of integers, or what a query on the source gives in its first column. */
export type ParameterSource = { readonly kind: 'range'; readonly from: number; readonly to: number } | { readonly kind: 'query'; readonly sql: string };

export interface Query {
  readonly name: string;
  /** SQLite's form; parameters stand as `:name`. */
  readonly sqlite: string;
  /** PostgreSQL's form where the file gives one; null: translated, or run as it is written. */
  readonly postgres: string | null;
  readonly parameters: ReadonlyMap<string, ParameterSource>;
  /** For the mix of a load test; null: by the time that SQLite needs. */
  readonly kind: 'simple' | 'complex' | null;
  /** Its literals are values of rows, as an application's log has filled them in: reports show none of them. */
  readonly fromLog: boolean;
  /** How often the application asked it, where a log tells. */
  readonly times: number;
}
