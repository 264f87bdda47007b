/** `causeway rehearse`: the whole move on a copy, so that its owner knows beforehand how long it takes and whether it works. */
import { basename, resolve } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import { type Command, Option } from 'commander';
import { openParts } from '../open-parts.ts';
import { createProgress } from '../progress/create-progress.ts';
import type { CliContext } from '../run-cli.ts';
import { keepRehearsal } from '../live/rehearsed-durations.ts';
import { migrationFolder, stateFolder } from '../state-folder.ts';
import { targetAddress } from '../target-address.ts';
import { rehearsalText } from './rehearsal-report.ts';

interface RehearseFlags {
  readonly to?: string;
  readonly brokers?: string;
  readonly transport?: 'kafka' | 'embedded';
  readonly plan?: string;
  readonly names: 'exact' | 'snake_case';
  readonly rate: string;
  readonly seconds: string;
  readonly seed: string;
  readonly state?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function registerRehearse(program: Command, context: CliContext): void {
  program
    .command('rehearse')
    .argument('<source>', 'path of the SQLite database; it is copied, and left alone')
    .option('--to <address>', 'a server on which a scratch database may be made and dropped: postgres://user@host/database or @file; default: DATABASE_URL')
    .option('--brokers <list>', 'host:port list of Kafka brokers; default: KAFKA_BROKERS')
    .option('--transport <kind>', 'kafka or embedded')
    .option('--plan <file>', 'a reviewed plan, as `causeway plan` writes it')
    .option('--names <style>', 'exact or snake_case', 'exact')
    .addOption(new Option('--rate <changes>', 'changes a second that are replayed from the rows that are there').default('200'))
    .addOption(new Option('--seconds <seconds>', 'of load before the cutover; half of it before the rollback, before the second cutover and after it').default('10'))
    .addOption(new Option('--seed <number>', 'of the load').default('1'))
    .option('--state <folder>', 'folder for the copy and the logs; default: CAUSEWAY_STATE or .causeway')
    .option('--json', 'print one JSON object as the last line')
    .option('--quiet', 'no progress')
    .description('rehearse the whole move on a copy and a scratch database, under a load: snapshot, following, cutover, rollback, cutover, complete; prints the times that size the real window')
    .action((source: string, flags: RehearseFlags) => run(source, flags, context));
}

async function run(source: string, flags: RehearseFlags, context: CliContext): Promise<void> {
  const amounts = { rate: amount(flags.rate, '--rate', 1, 100_000), seconds: amount(flags.seconds, '--seconds', 1, 3_600), seed: amount(flags.seed, '--seed', 0, 2 ** 32 - 1) };
  const address = targetAddress(flags.to, context.environment);
  for (const warning of address.warnings) context.stderr.write(`causeway: warning: ${warning}\n`);
  const state = stateFolder(flags.state, context);
  const parts = await openParts({ url: address.url, brokers: flags.brokers, transport: flags.transport, state, context });
  try {
    const progress = createProgress({ stream: context.stderr, isTTY: context.stderr.isTTY === true, columns: () => context.stderr.columns ?? 80, color: context.environment.NO_COLOR === undefined, quiet: flags.quiet === true || flags.json === true });
    for (const text of parts.notes) progress.handle({ kind: 'note', text });
    const { rehearse } = await import('./rehearse.ts');
    const report = await rehearse({
      ...amounts,
      source: resolve(context.cwd, source),
      parts,
      state,
      planFile: flags.plan === undefined ? undefined : resolve(context.cwd, flags.plan),
      names: flags.names,
      context,
      onEvent: (event) => progress.handle(event),
    }).finally(() => progress.finish(null));
    keepRehearsal(migrationFolder(state, basename(source)), report);
    context.stdout.write(flags.json === true ? `${JSON.stringify(report)}\n` : rehearsalText(report));
    context.setExitCode(report.verdict === 'ready' ? 0 : 1);
  } finally {
    await parts.close();
  }
}

function amount(text: string, option: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most)) throw new Failure('USAGE', `${option} ${JSON.stringify(text)} is not a number from ${least} to ${most}`);
  return value;
}
