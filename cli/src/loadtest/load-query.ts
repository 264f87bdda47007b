/** A query as the load asks it: prepared once a connection, with values that change from call to call. */
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { median } from '@causeway/control/queries/compare-queries';
import { type PostgresForm, postgresForm } from '@causeway/control/queries/postgres-form';
import type { Query } from '@causeway/control/queries/query-set';
import type { QueryTables } from '@causeway/control/queries/query-tables';
import { type Sample, sampleClasses, sampleValues } from '@causeway/control/queries/sample-values';
import { prepareSqlite } from '@causeway/control/queries/sqlite-queries';

export interface LoadQuery {
  readonly name: string;
  readonly kind: 'simple' | 'complex';
  readonly form: PostgresForm;
  readonly samples: readonly Sample[];
  /** Of one caller in this process. */
  readonly sqliteTimes: readonly number[];
  /** Share of the calls of its kind. */
  readonly weight: number;
}

const SAMPLES = 500;
/** Where the file does not say it: a query that SQLite answers in less is one of an application's screens. */
const SIMPLE_MS = 5;
const SQLITE_CALLS = 200;
const SQLITE_BUDGET_MS = 1_000;

export function loadQuery(db: SourceDatabase, query: Query, tables: QueryTables | null): LoadQuery {
  const samples = sampleValues(db, query, SAMPLES);
  const sqlite = prepareSqlite(db, query.name, query.sqlite);
  sqlite.time(samples[0] as Sample);
  const sqliteTimes: number[] = [];
  const until = performance.now() + SQLITE_BUDGET_MS;
  for (let i = 0; i < SQLITE_CALLS && (i < 3 || performance.now() < until); i++) sqliteTimes.push(sqlite.time(samples[i % samples.length] as Sample));
  const kind = query.kind ?? (median(sqliteTimes) < SIMPLE_MS ? 'simple' : 'complex');
  return { name: query.name, kind, form: postgresForm(query, tables, sampleClasses(samples)), samples, sqliteTimes, weight: query.times };
}
