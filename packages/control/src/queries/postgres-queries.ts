/** The PostgreSQL side of a comparison: one session, prepared statements, texts as they come over the wire. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type pg from 'pg';
import { type CellKind, cellKind } from './canonical-cell.ts';
import type { ResultTable } from './compare-results.ts';
import type { PostgresForm } from './postgres-form.ts';
import type { Sample } from './sample-values.ts';

export interface PostgresResult {
  readonly table: ResultTable;
  readonly kinds: readonly CellKind[];
  readonly milliseconds: number;
}

const RAW: pg.CustomTypesConfig = { getTypeParser: (() => (value: string) => value) as pg.CustomTypesConfig['getTypeParser'] };

/** Nothing that is asked here may write; names resolve in the target's schema and where extensions are. */
export async function beginReading(client: pg.ClientBase, schemas: readonly string[], timeoutSeconds: number): Promise<void> {
  await client.query('SET default_transaction_read_only TO on');
  await client.query(`SET statement_timeout TO ${Math.round(timeoutSeconds * 1000)}`);
  await client.query(`SET search_path TO ${schemas.map(quoteIdentifier).join(', ')}`);
}

/** Schemas of the extensions whose operators a query may use. */
export async function extensionSchemas(client: pg.ClientBase | pg.Pool): Promise<string[]> {
  const result = await client.query("SELECT DISTINCT n.nspname AS name FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE n.nspname <> 'pg_catalog' ORDER BY 1");
  return result.rows.map((row) => row.name as string);
}

/** `number` names the prepared statement: an application's driver keeps its statements as well. */
export async function runPostgres(client: pg.ClientBase, number: number, form: PostgresForm, sample: Sample): Promise<PostgresResult> {
  const started = performance.now();
  const result = await client.query({ name: `causeway_query_${number}`, text: form.sql, values: valuesOf(form, sample), rowMode: 'array', types: RAW });
  const milliseconds = performance.now() - started;
  return { milliseconds, kinds: result.fields.map((f) => cellKind(f.dataTypeID)), table: { columns: result.fields.map((f) => f.name), rows: result.rows as unknown as (string | null)[][] } };
}

export async function explainPostgres(client: pg.ClientBase, form: PostgresForm, sample: Sample): Promise<string[]> {
  const result = await client.query({ text: `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) ${form.sql}`, values: valuesOf(form, sample), rowMode: 'array' });
  return (result.rows as unknown as string[][]).map((row) => row[0] as string);
}

export const valuesOf = (form: Pick<PostgresForm, 'names'>, sample: Sample): string[] => form.names.map((name) => String(sample.get(name)));
