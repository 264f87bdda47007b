/** `causeway demo`: the main job, end to end, on a sample database of the project's own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { openParts } from './open-parts.ts';
import { runMigrate } from './migrate-command.ts';
import type { CliContext } from './run-cli.ts';
import { stateFolder } from './state-folder.ts';
import { targetAddress } from './target-address.ts';

interface DemoFlags {
  readonly to?: string;
  readonly brokers?: string;
  readonly transport?: 'kafka' | 'embedded';
  readonly state?: string;
  readonly json?: boolean;
  readonly only?: 'erp' | 'live';
  readonly rate: string;
}

export function registerDemo(program: Command, context: CliContext): void {
  program
    .command('demo')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL, else a PostgreSQL of its own')
    .option('--brokers <list>', 'host:port list of Kafka brokers; default: KAFKA_BROKERS, else a Kafka of its own')
    .option('--transport <kind>', 'kafka or embedded')
    .option('--state <folder>', 'folder for everything that the demo makes; default: CAUSEWAY_STATE or .causeway')
    .addOption(new Option('--only <part>', 'erp: one move of an ERP database; live: the application that writes all the time').choices(['erp', 'live']))
    .addOption(new Option('--rate <transactions>', 'what the application writes a second').default('300'))
    .option('--json', 'print one JSON object as the last line')
    .description('move a sample ERP database, verified cell by cell; then a shop that goes on writing: cutover, rollback, cutover, complete, judged by its own ledger')
    .action(async (flags: DemoFlags) => {
      if (flags.only !== 'live') await moveErp(flags, context);
      if (flags.only !== 'erp') await moveShop(flags, context);
    });
}

async function moveErp(flags: DemoFlags, context: CliContext): Promise<void> {
  const folder = join(stateFolder(flags.state, context), 'demo');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'erp.sqlite');
  const { makeSampleErp } = await import('./demo/sample-erp/make-sample-erp.ts');
  const made = makeSampleErp(file);
  context.stderr.write(`sample ERP: ${made.tables} tables, ${made.rows.toLocaleString('en')} rows: ${file}\n`);
  await runMigrate(file, { ...flags, name: 'demo', names: 'exact', state: folder, restart: true }, context);
}

async function moveShop(flags: DemoFlags, context: CliContext): Promise<void> {
  const { liveStory } = await import('./demo/live-story.ts');
  const state = stateFolder(flags.state, context);
  const address = targetAddress(flags.to, context.environment);
  const parts = await openParts({ url: address.url, brokers: flags.brokers, transport: flags.transport, state, context });
  try {
    const outcome = await liveStory({ parts, folder: join(state, 'demo-live'), context, perSecond: Number(flags.rate) });
    const { sqlite, postgresql, acknowledged, longestGapMs } = outcome;
    const bad = [sqlite, postgresql].reduce((sum, side) => sum + side.lost + side.doubled + side.different, 0);
    if (flags.json === true) context.stdout.write(`${JSON.stringify(outcome)}\n`);
    else {
      const side = (name: string, found: typeof sqlite): string => `  ${name}: ${found.rows} rows, ${found.lost} lost, ${found.doubled} doubled, ${found.different} different\n`;
      context.stdout.write(`The shop's ledger: ${acknowledged} transactions acknowledged, longest time between two of them ${longestGapMs} ms.\n${side('SQLite', sqlite)}${side('PostgreSQL', postgresql)}`);
    }
    if (bad > 0) context.setExitCode(1);
  } finally {
    await parts.close();
  }
}
