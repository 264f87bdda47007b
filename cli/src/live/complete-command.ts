/** `causeway complete`: the owner says done. PostgreSQL stays the only primary, and nothing of causeway stays behind. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { backupsFolder, backupTarget } from '../backup/automatic-backup.ts';
import type { CliContext } from '../run-cli.ts';
import { migrationFolder, stateFolder } from '../state-folder.ts';
import { checkSwitched, completeMigration } from './complete-migration.ts';
import { type LiveFlags, type LiveSession, withLive } from './live-session.ts';

interface CompleteFlags extends LiveFlags {
  readonly brokers?: string;
  readonly dryRun?: boolean;
  readonly backup?: boolean;
}

export function registerComplete(program: Command, context: CliContext): void {
  program
    .command('complete')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--name <name>', 'name of the migration; default: the only one')
    .option('--brokers <list>', 'host:port list of Kafka brokers, to delete the topics; default: KAFKA_BROKERS')
    .option('--no-backup', 'do not back up PostgreSQL first')
    .option('--dry-run', 'say what would be removed; do nothing')
    .option('--state <folder>', 'state folder; default: CAUSEWAY_STATE or .causeway')
    .option('--json', 'print one JSON object as the last line')
    .description('end a live migration after its cutover: remove triggers, log, fence, control tables and topics; writes the final report. There is no way back afterwards')
    .action((flags: CompleteFlags) => withLive(flags, context, (session) => complete(session, flags, context)));
}

async function complete(session: LiveSession, flags: CompleteFlags, context: CliContext): Promise<void> {
  const { record, contracts, live } = session;
  checkSwitched(live);
  if (flags.dryRun === true) {
    context.stdout.write(`complete would end migration ${JSON.stringify(record.name)}: SQLite loses its capture and its fence, PostgreSQL the triggers on ${contracts.length} tables and the record of this migration; the topics are deleted. There is no way back afterwards.\n`);
    return;
  }
  const state = stateFolder(flags.state, context);
  const place = { kind: record.settings.transport, brokers: flags.brokers ?? context.environment.KAFKA_BROKERS ?? '', embeddedFile: join(state, 'transport.sqlite'), environment: context.environment };
  // There is no way back afterwards: without a backup that is proved this step is not taken.
  const backup = live.phase === 'switched' && flags.backup !== false ? await backupTarget({ url: session.url, root: backupsFolder(state), reason: 'before complete', context, tell: (text) => (flags.json === true ? undefined : void context.stderr.write(`${text}\n`)) }) : null;
  const { report, path, topicsLeft } = await completeMigration(session, place, migrationFolder(state, record.name), context.version);
  if (topicsLeft !== null) context.stderr.write(`the topics of migration ${record.id} were left behind: ${topicsLeft}\n`);
  if (flags.json === true) context.stdout.write(`${JSON.stringify({ ...report, report: path, backup: backup?.folder ?? null, topicsDeleted: topicsLeft === null })}\n`);
  else context.stdout.write(`Migration ${JSON.stringify(record.name)} is complete: PostgreSQL is the only primary, and nothing of causeway is left in either database.\nreport: ${path}\n`);
}
