/** `causeway migrate`: options, progress and outcome; the work itself is in migrate/. */
import { basename, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { Failure } from '@causeway/contracts/failures';
import type { PlanDocument } from '@causeway/control/plan/plan-document';
import { createPool } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import { backupsFolder } from './backup/automatic-backup.ts';
import { runLiveMigration } from './live/live-migration.ts';
import { exitCodeOfVerdict, outcomeOf } from './migrate/machine-outcome.ts';
import { migrate, type MigrateOptions, type MigrateResult } from './migrate/migrate.ts';
import { writeMigrationReport } from './migrate/write-migration-report.ts';
import { type OpenedParts, openParts } from './open-parts.ts';
import { printSummary } from './print-summary.ts';
import { createProgress, type Progress } from './progress/create-progress.ts';
import { exportQuarantine } from './quarantine-export.ts';
import { askBothSides } from './queries/ask-both-sides.ts';
import { attach, type AttachedResults, readAttached } from './queries/attached-results.ts';
import { readQueries } from './queries/read-queries.ts';
import type { CliContext } from './run-cli.ts';
import { migrationFolder, stateFolder } from './state-folder.ts';
import { targetAddress } from './target-address.ts';

export interface MigrateFlags {
  readonly to?: string;
  readonly brokers?: string;
  readonly transport?: 'kafka' | 'embedded';
  readonly name?: string;
  readonly plan?: string;
  readonly queries?: string;
  readonly targetSchema?: string;
  readonly names: 'exact' | 'snake_case';
  readonly restart?: boolean;
  readonly copy?: boolean;
  readonly replace?: string[];
  readonly schema?: 'create' | 'existing';
  readonly skipMissing?: boolean;
  readonly skip?: string[];
  readonly services?: 'own' | 'external';
  readonly id?: string;
  readonly state?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly acceptQuarantine?: boolean;
  readonly quarantineOut?: string;
  readonly live?: boolean;
  readonly yes?: boolean;
  readonly until?: 'following';
  readonly backup?: boolean;
}

export function registerMigrate(program: Command, context: CliContext): void {
  program
    .command('migrate')
    .argument('<source>', 'path of the SQLite database')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--brokers <list>', 'host:port list of Kafka brokers; default: KAFKA_BROKERS')
    .option('--transport <kind>', 'kafka or embedded')
    .option('--name <name>', 'name of the migration; default: the file name')
    .option('--plan <file>', 'a reviewed plan, as `causeway plan` writes it')
    .option('--queries <file>', 'the application\'s queries (SQL, JSON or a log): what they search gets indexes, and the report compares them')
    .option('--target-schema <schema>', 'schema in PostgreSQL')
    .option('--names <style>', 'exact or snake_case', 'exact')
    .addOption(new Option('--schema <who>', 'create: causeway makes the tables; existing: the application has made them (default: create)').choices(['create', 'existing']))
    .option('--skip-missing', 'with --schema existing: leave source tables behind that the target does not have')
    .option('--skip <table...>', 'with --schema existing: source tables that stay behind')
    .option('--replace <table...>', 'tables in the way that may be dropped and made anew, or emptied with --schema existing; \'*\' for all')
    .option('--restart', 'begin anew instead of resuming')
    .option('--copy', 'read from a consistent copy even if the source looks quiet')
    .addOption(new Option('--services <where>', 'own: started by this command; external: they run elsewhere, with CAUSEWAY_MIGRATION set to the id').choices(['own', 'external']).default('own'))
    .option('--id <id>', 'id of a new migration, for services that run elsewhere; default: a random one')
    .option('--live', 'follow the application while it writes; shows what it will install in the source, and stays in the foreground')
    .option('--yes', 'with --live: install the capture without asking')
    .addOption(new Option('--until <phase>', 'with --live: end when this is reached; services stop with the command').choices(['following']))
    .option('--no-backup', 'do not keep a copy of the source in the state folder before the migration begins')
    .option('--accept-quarantine', 'exit with 0 although rows are in the quarantine')
    .option('--quarantine-out <file>', 'write quarantined rows as JSON lines')
    .option('--state <folder>', 'folder for logs, copies and reports; default: CAUSEWAY_STATE or .causeway')
    .option('--json', 'print one JSON object as the last line')
    .option('--quiet', 'no progress')
    .description('move a SQLite database to PostgreSQL and prove it equal; resumes when it was interrupted')
    .action((source: string, flags: MigrateFlags) => runMigrate(source, flags, context));
}

export async function runMigrate(source: string, flags: MigrateFlags, context: CliContext): Promise<void> {
  const address = targetAddress(flags.to, context.environment);
  for (const warning of address.warnings) context.stderr.write(`causeway: warning: ${warning}\n`);
  const state = stateFolder(flags.state, context);
  const parts = await openParts({ url: address.url, brokers: flags.brokers, transport: flags.transport, state, context });
  const pool = createPool({ url: parts.url, max: 4, applicationName: 'causeway migrate' });
  try {
    const options = migrateOptions(source, flags, context, parts, state);
    const progress = progressOn(context, flags.quiet === true || flags.json === true);
    for (const note of parts.notes) progress.handle({ kind: 'note', text: note });
    if (flags.live === true) {
      await runLiveMigration({ options: { ...options, onEvent: (event) => progress.handle(event) }, flags, context, pool }).finally(() => progress.finish(null));
      return;
    }
    const result = await migrate({ ...options, onEvent: (event) => progress.handle(event) }, pool).finally(() => progress.finish(null));
    await tellOutcome({ result, options, flags, context, pool });
  } finally {
    await pool.end();
    await parts.close();
  }
}

function progressOn(context: CliContext, quiet: boolean): Progress {
  return createProgress({
    stream: context.stderr,
    isTTY: context.stderr.isTTY === true,
    columns: () => context.stderr.columns ?? 80,
    color: context.environment.NO_COLOR === undefined,
    quiet,
  });
}

function migrateOptions(source: string, flags: MigrateFlags, context: CliContext, parts: OpenedParts, state: string): Omit<MigrateOptions, 'onEvent'> {
  const name = flags.name ?? basename(source);
  return {
    source: resolve(context.cwd, source),
    name,
    url: parts.url,
    transport: parts.transport,
    stateFolder: migrationFolder(state, name),
    backupFolder: flags.backup === false ? undefined : backupsFolder(state),
    planFile: flags.plan === undefined ? undefined : resolve(context.cwd, flags.plan),
    ...(flags.queries === undefined ? {} : { queries: readQueries(flags.queries, context.cwd) }),
    targetSchema: flags.targetSchema,
    names: flags.names,
    restart: flags.restart === true,
    copySource: flags.copy === true,
    replace: flags.replace ?? [],
    schema: flags.schema,
    skip: flags.skip ?? [],
    skipMissing: flags.skipMissing === true,
    id: flags.id,
    externalServices: flags.services === 'external',
    environment: context.environment,
    signal: context.signal,
  };
}

interface Ended {
  readonly result: MigrateResult;
  readonly options: Omit<MigrateOptions, 'onEvent'>;
  readonly flags: MigrateFlags;
  readonly context: CliContext;
  readonly pool: pg.Pool;
}

async function tellOutcome({ result, options, flags, context, pool }: Ended): Promise<void> {
  const { record, verification, seconds, usage, serverVersion } = result;
  if (flags.quarantineOut !== undefined) await exportQuarantine(pool, record, resolve(context.cwd, flags.quarantineOut));
  const attached = result.alreadyDone ? {} : await comparedQueries(options, record, pool).catch((error: unknown) => {
    // The move is proved; a file of queries that cannot be asked does not undo that.
    if (!(error instanceof Failure) || options.signal.aborted) throw error;
    context.stderr.write(`causeway: warning: the queries were not compared: ${error.message}\n`);
    return readAttached(options.stateFolder);
  });
  const written = result.alreadyDone ? null : await writeMigrationReport({ pool, url: options.url, record, verification, seconds, usage, serverVersion, toolVersion: context.version, warnings: [], attached }, options.stateFolder);
  if (result.alreadyDone) context.stderr.write(`migration ${JSON.stringify(record.name)} is complete and its source has not changed; nothing to do\n`);
  for (const [step, took] of Object.entries(seconds)) context.took(step, took);
  const outcome = { ...outcomeOf(verification, seconds), rssMiB: Object.fromEntries(usage.map((u) => [u.service, u.peakRssMiB])), ...(written === null ? {} : { report: written.html }) };
  printSummary(context, outcome, verification, flags.json === true);
  if (written !== null && flags.json !== true) context.stdout.write(`report: ${written.html}\n`);
  context.setExitCode(exitCodeOfVerdict(outcome.verdict, flags.acceptQuarantine === true));
}

/** After the proof, beside it: that a query answers otherwise is a section of the report, no difference in the data. */
async function comparedQueries(options: Omit<MigrateOptions, 'onEvent'>, record: MigrateResult['record'], pool: pg.Pool): Promise<AttachedResults> {
  if (options.queries === undefined) return readAttached(options.stateFolder);
  const plan = record.plan as PlanDocument;
  const queries = await askBothSides({ source: options.source, pool, plan, targetSchema: plan.targetSchema, queries: options.queries, rounds: 3, timeoutSeconds: 60, workFolder: options.stateFolder, signal: options.signal, onQuery: () => {} });
  attach(options.stateFolder, 'queries', queries);
  return { ...readAttached(options.stateFolder), queries };
}
