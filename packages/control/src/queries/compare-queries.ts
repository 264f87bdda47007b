/**
 * Asks a set of queries on both sides: the same results, how long each takes, and by which plan. Each side is asked once
 * before the clock runs; then the sides alternate, so that whatever else the machine does meets both.
 */
import { Failure } from '@causeway/contracts/failures';
import { isConnectionError } from '@causeway/runtime/postgres-pool';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type pg from 'pg';
import { compareResults } from './compare-results.ts';
import { type PostgresForm, postgresForm } from './postgres-form.ts';
import { explainPostgres, runPostgres } from './postgres-queries.ts';
import { queryErrorText } from './query-error.ts';
import type { Query } from './query-set.ts';
import type { QueryTables } from './query-tables.ts';
import { type Sample, sampleClasses, sampleValues } from './sample-values.ts';
import { isOrdered } from './scan-sql.ts';
import { prepareSqlite, type SqliteQuery } from './sqlite-queries.ts';

export interface QueryComparison {
  readonly name: string;
  readonly outcome: 'same' | 'other_order' | 'different' | 'failed';
  /** What differs, or why it could not be asked; never a value of a row. */
  readonly detail: string;
  readonly rows: number;
  /** Medians; null where that side could not be asked. */
  readonly sqliteMs: number | null;
  readonly postgresMs: number | null;
  /** How many times as fast PostgreSQL is. */
  readonly speedup: number | null;
  /** Cells that are equal but for the last digits of a sum. */
  readonly roundedCells: number;
  readonly sqliteSql: string;
  readonly postgresSql: string;
  readonly how: PostgresForm['how'];
  readonly notes: readonly string[];
  readonly sqlitePlan: readonly string[];
  readonly postgresPlan: readonly string[];
}

export interface ComparisonInput {
  readonly db: SourceDatabase;
  /** Prepared by beginReading. */
  readonly client: pg.ClientBase;
  /** Null where the migration is not known: queries run as they are written. */
  readonly tables: QueryTables | null;
  readonly queries: readonly Query[];
  readonly rounds: number;
  readonly onQuery: (name: string, done: number, of: number) => void;
  readonly signal: AbortSignal;
}

/** Values of parameters that a query is asked with. */
const SAMPLES = 10;

export async function compareQueries(input: ComparisonInput): Promise<QueryComparison[]> {
  const out: QueryComparison[] = [];
  for (const [number, query] of input.queries.entries()) {
    input.signal.throwIfAborted();
    input.onQuery(query.name, number, input.queries.length);
    const compared = await compareOne(input, query, number);
    out.push(query.fromLog ? withoutValues(compared) : compared);
  }
  return out;
}

async function compareOne(input: ComparisonInput, query: Query, number: number): Promise<QueryComparison> {
  const samples = sampleValues(input.db, query, SAMPLES);
  const sqlite = prepareSqlite(input.db, query.name, query.sqlite);
  const first = samples[0] as Sample;
  const written = postgresForm(query, input.tables, sampleClasses(samples));
  const base = { name: query.name, sqliteSql: query.sqlite, sqlitePlan: sqlite.plan(first) };
  let form = written;
  try {
    form = await usableForm(input.client, query, written, first);
    const results = await sameResults(input, sqlite, samples, number, form, isOrdered(query.sqlite));
    const times = await alternate(input, sqlite, samples, number, form);
    return {
      ...base,
      ...results,
      ...times,
      speedup: times.sqliteMs / times.postgresMs,
      postgresSql: form.sql,
      how: form.how,
      notes: form.notes,
      postgresPlan: await explainPostgres(input.client, form, first),
    };
  } catch (error) {
    if (isConnectionError(error) || error instanceof Failure) throw error;
    const detail = `PostgreSQL: ${queryErrorText(error)}`;
    return { ...base, outcome: 'failed', detail, rows: 0, sqliteMs: sqlite.time(first), postgresMs: null, speedup: null, roundedCells: 0, postgresSql: form.sql, how: form.how, notes: form.notes, postgresPlan: [] };
  }
}

/** Statements and plans of a log without the values that the application had put in. */
function withoutValues(compared: QueryComparison): QueryComparison {
  const blank = (text: string): string => text.replaceAll(/'(?:[^']|'')*'/g, "'…'");
  return { ...compared, detail: blank(compared.detail), sqliteSql: blank(compared.sqliteSql), postgresSql: blank(compared.postgresSql), sqlitePlan: compared.sqlitePlan.map(blank), postgresPlan: compared.postgresPlan.map(blank) };
}

/** A translation that PostgreSQL refuses is our mistake: then the query is asked as it is written. */
async function usableForm(client: pg.ClientBase, query: Query, form: PostgresForm, sample: Sample): Promise<PostgresForm> {
  if (form.how !== 'translated') return form;
  try {
    await client.query({ text: `EXPLAIN ${form.sql}`, values: form.names.map((name) => String(sample.get(name))) });
    return form;
  } catch (error) {
    if (isConnectionError(error)) throw error;
    const plain = postgresForm(query, null, new Map());
    return { ...plain, notes: [`the translation is refused: ${queryErrorText(error)}`] };
  }
}

async function sameResults(input: ComparisonInput, sqlite: SqliteQuery, samples: readonly Sample[], number: number, form: PostgresForm, ordered: boolean): Promise<Pick<QueryComparison, 'outcome' | 'detail' | 'rows' | 'roundedCells'>> {
  let rows = 0;
  let roundedCells = 0;
  for (const sample of samples) {
    const there = await runPostgres(input.client, number, form, sample);
    const here = sqlite.result(sample);
    rows += here.rows.length;
    const compared = compareResults(here, there.table, there.kinds, ordered);
    roundedCells += compared.rounded;
    if (compared.outcome !== 'same') return { outcome: compared.outcome, detail: compared.detail, rows, roundedCells };
  }
  return { outcome: 'same', detail: '', rows, roundedCells };
}

async function alternate(input: ComparisonInput, sqlite: SqliteQuery, samples: readonly Sample[], number: number, form: PostgresForm): Promise<{ sqliteMs: number; postgresMs: number }> {
  const [here, there]: [number[], number[]] = [[], []];
  for (let round = 0; round < input.rounds; round++) {
    for (const sample of samples) {
      input.signal.throwIfAborted();
      here.push(sqlite.time(sample));
      there.push((await runPostgres(input.client, number, form, sample)).milliseconds);
    }
  }
  return { sqliteMs: median(here), postgresMs: median(there) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
