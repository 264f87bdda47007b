/** What `migrate --live` says and asks around the run itself. */
import { createInterface } from 'node:readline/promises';
import { Failure } from '@causeway/contracts/failures';
import { ensureControlSchema } from '@causeway/control/record/control-schema';
import { checkTarget } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import type { MigrateOptions } from '../migrate/migrate.ts';
import type { MigrateFlags } from '../migrate-command.ts';
import type { CliContext } from '../run-cli.ts';
import { LiveRun } from './live-run.ts';

export interface LiveMigrationInput {
  readonly options: MigrateOptions;
  readonly flags: MigrateFlags;
  readonly context: CliContext;
  readonly pool: pg.Pool;
}

/** A line is told at least this often while it follows. */
const SILENCE_MS = 10_000;

export async function runLiveMigration({ options, flags, context, pool }: LiveMigrationInput): Promise<void> {
  if (options.externalServices) throw new Failure('USAGE', '--live starts its services by itself; --services external is for plain migrations');
  await checkTarget(pool, options.url);
  await ensureControlSchema(pool);
  const run = new LiveRun({ ...options, until: flags.until, maxSilenceMs: flags.quiet === true ? Number.POSITIVE_INFINITY : SILENCE_MS, consent: (ddl, file) => consent(ddl, file, flags, context) }, pool);
  const { record, phase, seconds } = await run.run();
  if (flags.json === true) context.stdout.write(`${JSON.stringify({ migration: record.name, id: record.id, generation: record.generation, phase, seconds })}\n`);
  else if (phase === 'completed') context.stdout.write(`Migration ${JSON.stringify(record.name)} is complete: PostgreSQL is the only primary.\n`);
  else context.stdout.write(`Migration ${JSON.stringify(record.name)} is ${phase}. Its services have stopped with this command; run it again without --until to go on following.\n`);
}

/** The very statements, and then the question. */
async function consent(ddl: readonly string[], file: string, flags: MigrateFlags, context: CliContext): Promise<boolean> {
  context.stderr.write(`These statements will be executed in ${file}, in one transaction; \`causeway detach\` and \`causeway complete\` take them out again:\n\n${ddl.map((statement) => `${statement};`).join('\n')}\n\n`);
  if (flags.yes === true) return true;
  if (!process.stdin.isTTY || !context.stderr.isTTY) return false;
  const ask = createInterface({ input: process.stdin, output: context.stderr });
  try {
    return /^y(es)?$/i.test((await ask.question('Install them? [y/N] ', { signal: context.signal })).trim());
  } finally {
    ask.close();
  }
}
