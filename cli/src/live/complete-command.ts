/** `causeway complete`: the owner says done. PostgreSQL stays the only primary, and nothing of causeway stays behind. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import { removeCapture } from '@causeway/control/capture/install-capture';
import { decideCompleted } from '@causeway/control/cutover/decisions';
import { forgetMigration, releaseTarget } from '@causeway/control/live/end-live';
import { readBeats } from '@causeway/control/live/service-beat';
import type { Command } from 'commander';
import type { CliContext } from '../run-cli.ts';
import { migrationFolder, stateFolder } from '../state-folder.ts';
import { deleteLiveTopics } from './delete-live-topics.ts';
import { liveReport, writeLiveReport } from './live-report.ts';
import { type LiveFlags, type LiveSession, withLive } from './live-session.ts';

interface CompleteFlags extends LiveFlags {
  readonly brokers?: string;
  readonly dryRun?: boolean;
}

export function registerComplete(program: Command, context: CliContext): void {
  program
    .command('complete')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--name <name>', 'name of the migration; default: the only one')
    .option('--brokers <list>', 'host:port list of Kafka brokers, to delete the topics; default: KAFKA_BROKERS')
    .option('--dry-run', 'say what would be removed; do nothing')
    .option('--state <folder>', 'state folder; default: CAUSEWAY_STATE or .causeway')
    .option('--json', 'print one JSON object as the last line')
    .description('end a live migration after its cutover: remove triggers, log, fence, control tables and topics; writes the final report. There is no way back afterwards')
    .action((flags: CompleteFlags) => withLive(flags, context, (session) => complete(session, flags, context)));
}

const QUIET_MS = 1_500;
const PATIENCE_MS = 15_000;

async function complete(session: LiveSession, flags: CompleteFlags, context: CliContext): Promise<void> {
  const { pool, g, record, live, contracts, db } = session;
  if (live.phase !== 'switched' && live.phase !== 'completed') throw new Failure('CUTOVER_NOT_READY', `the migration is ${live.phase}: only after a cutover it can be completed; \`causeway detach\` gives it up`);
  if (flags.dryRun === true) {
    context.stdout.write(`complete would end migration ${JSON.stringify(record.name)}: SQLite loses its capture and its fence, PostgreSQL the triggers on ${contracts.length} tables and the record of this migration; the topics are deleted. There is no way back afterwards.\n`);
    return;
  }
  const report = await liveReport(pool, record, g, context.version);
  if (live.phase === 'switched' && !(await decideCompleted(pool, g, live))) throw new Failure('FENCED', 'another command has decided about this migration just now');
  await servicesEnded(session);
  const written = writeLiveReport(report, migrationFolder(stateFolder(flags.state, context), record.name));
  await releaseTarget(pool, g, contracts);
  removeCapture(db);
  const state = stateFolder(flags.state, context);
  const left = await deleteLiveTopics(record, { kind: record.settings.transport, brokers: flags.brokers ?? context.environment.KAFKA_BROKERS ?? '', embeddedFile: join(state, 'transport.sqlite') });
  await forgetMigration(pool, record.id);
  if (left !== null) context.stderr.write(`the topics of migration ${record.id} were left behind: ${left}\n`);
  if (flags.json === true) context.stdout.write(`${JSON.stringify({ ...report, report: written, topicsDeleted: left === null })}\n`);
  else context.stdout.write(`Migration ${JSON.stringify(record.name)} is complete: PostgreSQL is the only primary, and nothing of causeway is left in either database.\nreport: ${written}\n`);
}

/** They end by themselves when they see the phase; none must find its tables gone under it. */
async function servicesEnded({ pool, g }: LiveSession): Promise<void> {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; ) {
    if ((await readBeats(pool, g.migration)).every((b) => b.ageMs > QUIET_MS)) return;
    await sleep(200);
  }
}
