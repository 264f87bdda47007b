/** `causeway status`: which migrations the target holds, in which phase, and how far. */
import { readLiveStatus } from '@causeway/control/cutover/live-status';
import { readProgress } from '@causeway/control/record/table-record';
import type { Command } from 'commander';
import { liveStatusText } from './live-status-text.ts';
import { withSession } from './migration-session.ts';
import { visibleText } from './report/visible-text.ts';
import type { CliContext } from './run-cli.ts';

interface StatusFlags {
  readonly to?: string;
  readonly name?: string;
  readonly state?: string;
  readonly json?: boolean;
}

export function registerStatus(program: Command, context: CliContext): void {
  program
    .command('status')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--name <name>', 'only this migration')
    .option('--state <folder>', 'state folder; default: CAUSEWAY_STATE or .causeway')
    .option('--json', 'print one JSON object')
    .description('show the migrations of a target: phase, ranges committed, rows, quarantine; of a live one also which side is authoritative, services and steps')
    .action((flags: StatusFlags) => runStatus(flags, context));
}

async function runStatus(flags: StatusFlags, context: CliContext): Promise<void> {
  await withSession(flags, context, async ({ pool, migration, all }) => {
    const records = flags.name === undefined ? await all() : [await migration(flags.name)];
    const migrations = [];
    for (const record of records) {
      const live = await readLiveStatus(pool, { migration: record.id, generation: record.generation });
      const tables = await readProgress(pool, { migration: record.id, generation: record.generation });
      migrations.push({
        name: record.name,
        id: record.id,
        generation: record.generation,
        phase: record.phase,
        source: record.source.path,
        tables: tables.length,
        ranges: tables.reduce((sum, t) => sum + (t.ranges ?? 0), 0),
        committed: tables.reduce((sum, t) => sum + t.blocks, 0),
        rows: tables.reduce((sum, t) => sum + Number(t.rows), 0),
        quarantined: tables.reduce((sum, t) => sum + Number(t.rejected), 0),
        ...(live === null ? {} : { live }),
      });
    }
    if (flags.json === true) context.stdout.write(`${JSON.stringify({ migrations })}\n`);
    else for (const m of migrations) context.stdout.write(`${visibleText(m.name)}  ${m.phase}  generation ${m.generation}  ${m.committed}/${m.ranges} ranges  ${m.rows} rows  ${m.quarantined} quarantined\n${m.live === undefined ? '' : liveStatusText(m.live)}`);
  });
}
