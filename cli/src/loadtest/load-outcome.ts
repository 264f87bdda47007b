/** What `causeway loadtest` measured: its JSON, and the section in the report. */

export interface LoadFigures {
  readonly calls: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface LoadedQuery extends LoadFigures {
  readonly name: string;
  readonly kind: 'simple' | 'complex';
}

export interface LoadSide {
  readonly simple: LoadFigures;
  readonly complex: LoadFigures;
  readonly queries: readonly LoadedQuery[];
  readonly callsPerSecond: number;
}

export interface LoadOutcome {
  readonly verdict: 'passed' | 'failed';
  readonly clients: number;
  readonly connections: number;
  readonly seconds: number;
  readonly thinkMs: number;
  /** Of a hundred calls so many are complex ones. */
  readonly complexPercent: number;
  readonly postgres: LoadSide;
  /** The same queries one after the other in SQLite, in this process. */
  readonly sqlite: LoadSide;
  /** First words of each kind of error, without values of rows. */
  readonly errors: readonly string[];
  /** What the verdict rests on. */
  readonly bars: { readonly simpleP95Ms: number; readonly complexP95Ms: number };
}
