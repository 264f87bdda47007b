/** A plan for the application's own tables, made without a migration: for `plan` and `assess`. */
import { resolve } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import type { PlanDocument } from '@causeway/control/plan/plan-document';
import { createPool } from '@causeway/runtime/postgres-pool';
import type { CliContext } from '../run-cli.ts';
import { targetAddress } from '../target-address.ts';
import { planMigration } from './plan-migration.ts';

export interface BesideFlags {
  readonly names: 'exact' | 'snake_case';
  readonly targetSchema?: string;
  readonly to?: string;
  readonly plan?: string;
  readonly skipMissing?: boolean;
  readonly skip?: string[];
}

/** Throws what `migrate --schema existing` would refuse with. */
export async function planBesideTarget(file: string, flags: BesideFlags, context: CliContext): Promise<PlanDocument> {
  const address = targetAddress(flags.to, context.environment);
  for (const warning of address.warnings) context.stderr.write(`causeway: warning: ${warning}\n`);
  if (address.url === null) throw new Failure('USAGE', '--schema existing needs the target: give --to or DATABASE_URL');
  const pool = createPool({ url: address.url, max: 1, applicationName: 'causeway plan' });
  try {
    const options = { planFile: flags.plan === undefined ? undefined : resolve(context.cwd, flags.plan), targetSchema: flags.targetSchema, names: flags.names, skipMissing: flags.skipMissing === true, skip: flags.skip ?? [] };
    return (await planMigration(pool, options, 'existing', { file, full: true, note: (text) => void context.stderr.write(`${text}\n`) })).plan;
  } finally {
    await pool.end();
  }
}
