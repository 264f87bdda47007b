/** The plan of a migration: from the source alone, or beside the tables that the application has made in the target. */
import { readExistingTables } from '@causeway/control/plan/existing/read-existing-tables';
import type pg from 'pg';
import type { MigrateOptions } from './migrate.ts';
import { DEFAULT_SCHEMA, givenPlan, planSource, type PlannedSource } from './migration-plan.ts';

type Options = Pick<MigrateOptions, 'planFile' | 'targetSchema' | 'names' | 'skipMissing' | 'skip' | 'queries'>;

/** `full`: rest on every row, not on a sample. */
export async function planMigration(pool: pg.Pool, options: Options, schema: 'create' | 'existing', request: { file: string; full: boolean; note: (text: string) => void }): Promise<PlannedSource> {
  const { planFile, targetSchema, names, skipMissing, skip, queries } = options;
  const wanted = { file: request.file, planFile, targetSchema, names, full: request.full, ...(queries === undefined ? {} : { queries }) };
  if (schema === 'create') return planSource(wanted);
  const tables = await readExistingTables(pool, givenPlan(wanted)?.targetSchema ?? targetSchema ?? DEFAULT_SCHEMA);
  const planned = planSource({ ...wanted, existing: { tables, skipMissing, skip } });
  for (const table of planned.plan.tables.filter((t) => t.action === 'skip')) request.note(`not moved: table ${JSON.stringify(table.name)}`);
  return planned;
}
