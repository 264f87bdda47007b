/** `causeway migrate`: options, progress and outcome; the work itself is in migrate/. */
import { basename, resolve } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import type { Command } from 'commander';
import { exitCodeOfVerdict, type MachineOutcome } from './migrate/machine-outcome.ts';
import { migrate, type MigrateResult } from './migrate/migrate.ts';
import { createProgress } from './progress/create-progress.ts';
import type { CliContext } from './run-cli.ts';
import { migrationFolder, stateFolder } from './state-folder.ts';
import { targetAddress } from './target-address.ts';

interface MigrateFlags {
  readonly to?: string;
  readonly brokers?: string;
  readonly transport?: 'kafka' | 'embedded';
  readonly name?: string;
  readonly plan?: string;
  readonly targetSchema?: string;
  readonly names: 'exact' | 'snake_case';
  readonly restart?: boolean;
  readonly copy?: boolean;
  readonly replace?: string[];
  readonly state?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly acceptQuarantine?: boolean;
  readonly quarantineOut?: string;
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
    .option('--target-schema <schema>', 'schema in PostgreSQL')
    .option('--names <style>', 'exact or snake_case', 'exact')
    .option('--replace <table...>', 'existing tables that may be dropped and made anew')
    .option('--restart', 'begin anew instead of resuming')
    .option('--copy', 'read from a consistent copy even if the source looks quiet')
    .option('--accept-quarantine', 'exit with 0 although rows are in the quarantine')
    .option('--quarantine-out <file>', 'write quarantined rows as JSON lines')
    .option('--state <folder>', 'folder for logs, copies and reports; default: CAUSEWAY_STATE or .causeway')
    .option('--json', 'print one JSON object as the last line')
    .option('--quiet', 'no progress')
    .description('move a SQLite database to PostgreSQL and prove it equal; resumes when it was interrupted')
    .action((source: string, flags: MigrateFlags) => runMigrate(source, flags, context));
}

async function runMigrate(source: string, flags: MigrateFlags, context: CliContext): Promise<void> {
  const address = targetAddress(flags.to, context.environment);
  for (const warning of address.warnings) context.stderr.write(`causeway: warning: ${warning}\n`);
  if (address.url === null) throw new Failure('USAGE', 'no target was given');
  const name = flags.name ?? basename(source);
  const progress = createProgress({
    stream: context.stderr,
    isTTY: context.stderr.isTTY === true,
    columns: () => context.stderr.columns ?? 80,
    color: context.environment.NO_COLOR === undefined,
    quiet: flags.quiet === true,
  });
  const result = await migrate({
    source: resolve(context.cwd, source),
    name,
    url: address.url,
    transport: { kind: flags.transport ?? 'kafka', brokers: flags.brokers ?? context.environment.KAFKA_BROKERS ?? '', embeddedFile: '' },
    stateFolder: migrationFolder(stateFolder(flags.state, context), name),
    planFile: flags.plan === undefined ? undefined : resolve(context.cwd, flags.plan),
    targetSchema: flags.targetSchema,
    names: flags.names,
    restart: flags.restart === true,
    copySource: flags.copy === true,
    replace: flags.replace ?? [],
    environment: context.environment,
    signal: context.signal,
    onEvent: (event) => progress.handle(event),
  }).finally(() => progress.finish(null));
  const outcome = outcomeOf(result);
  if (flags.json === true) context.stdout.write(`${JSON.stringify(outcome)}\n`);
  context.setExitCode(exitCodeOfVerdict(outcome.verdict, flags.acceptQuarantine === true));
}

function outcomeOf(result: MigrateResult): MachineOutcome {
  const tables = result.verification.tables.map(({ source, target, sourceRows, targetRows, quarantinedRows, equal }) => ({ source, target, sourceRows, targetRows, quarantinedRows, equal }));
  return { verdict: result.verification.verdict, tables, seconds: result.seconds };
}
