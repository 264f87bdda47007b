/** Entry point of the load's process: a file of settings as its argument, the address of PostgreSQL in DATABASE_URL; it ends at SIGTERM. */
import { readFileSync } from 'node:fs';
import { openSource } from '@causeway/runtime/sqlite/open-source';
import { writeLoadResult } from './load-ledger.ts';
import { openLoadPostgres } from './load-postgres.ts';
import { openLoadSqlite } from './load-sqlite.ts';
import type { LoadTable } from './load-table.ts';
import { ReplayedLoad } from './replayed-load.ts';
import { sampleRows } from './sample-rows.ts';

export interface LoadSettings {
  readonly file: string;
  readonly primaryFile: string;
  readonly resultFile: string;
  readonly tables: readonly LoadTable[];
  readonly rate: number;
  readonly seed: number;
}

const abort = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => abort.abort());
process.on('disconnect', () => abort.abort());
const settings = JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as LoadSettings;
const db = openSource(settings.file);
const tables = settings.tables.map((table) => ({ ...table, ...sampleRows(db, table) }));
db.close();
const load = new ReplayedLoad({ ...settings, tables, open: (side) => (side === 'sqlite' ? Promise.resolve(openLoadSqlite(settings.file)) : openLoadPostgres(process.env['DATABASE_URL'] ?? '')) });
writeLoadResult(settings.resultFile, await load.run(abort.signal));
process.exit(0);
