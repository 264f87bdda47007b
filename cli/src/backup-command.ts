/** `causeway backup`: of the target, or of an SQLite file; once, or every so many hours as a job that stays. */
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import { startMetricsServer } from '@causeway/runtime/metrics-server';
import { parsePostgresAddress } from '@causeway/runtime/postgres-address';
import { type Command, Option } from 'commander';
import { listBackups, rotate } from './backup/backup-folder.ts';
import { backupMetrics, writeMetricsFile } from './backup/backup-metrics.ts';
import { backupPostgres, type MadeBackup } from './backup/backup-postgres.ts';
import { backupSqlite } from './backup/backup-sqlite.ts';
import { readKey } from './backup/sealed-stream.ts';
import { openKeptTarget } from './open-parts.ts';
import type { CliContext } from './run-cli.ts';
import { stateFolder } from './state-folder.ts';
import { targetAddress } from './target-address.ts';

interface BackupFlags {
  readonly to?: string;
  readonly out?: string;
  readonly keep: string;
  readonly format: 'directory' | 'custom';
  readonly jobs: string;
  readonly keyFile?: string;
  readonly verify: boolean;
  readonly metricsFile?: string;
  readonly every?: string;
  readonly state?: string;
  readonly json?: boolean;
}

export function registerBackup(program: Command, context: CliContext): void {
  program
    .command('backup')
    .argument('[source]', 'path of an SQLite database; without it the PostgreSQL target is backed up')
    .option('--to <address>', 'postgres://user@host/database or @file that holds it; default: DATABASE_URL')
    .option('--out <folder>', 'folder of all backups; default: backups in the state folder')
    .addOption(new Option('--keep <number>', 'how many stay; the newest proved one always does').default('7'))
    .addOption(new Option('--format <form>', 'directory: dumped and restored by several connections; custom: one file').choices(['directory', 'custom']).default('directory'))
    .addOption(new Option('--jobs <number>', 'connections of a dump or restore').default('2'))
    .option('--key-file <file>', 'encrypt with AES-256-GCM; the file holds 32 bytes, as they are, hexadecimal or base64')
    .option('--no-verify', 'do not restore it into a scratch database and compare')
    .option('--every <hours>', 'stay, and make one so often; metrics at CAUSEWAY_METRICS_HOST and CAUSEWAY_METRICS_PORT')
    .option('--metrics-file <file>', 'write metrics as text, for node_exporter')
    .option('--state <folder>', 'state folder; default: CAUSEWAY_STATE or .causeway')
    .option('--json', 'print one JSON object as the last line')
    .description('back up the target (pg_dump), checked by a restore into a scratch database that the validator proves equal; or an SQLite file by its online backup')
    .action((source: string | undefined, flags: BackupFlags) => runBackup(source, flags, context));
}

interface Job {
  readonly root: string;
  readonly kind: 'postgresql' | 'sqlite';
  readonly name: string;
  readonly make: () => Promise<MadeBackup>;
}

async function runBackup(source: string | undefined, flags: BackupFlags, context: CliContext): Promise<void> {
  const state = stateFolder(flags.state, context);
  const given = source === undefined ? targetAddress(flags.to, context.environment) : undefined;
  for (const warning of given?.warnings ?? []) context.stderr.write(`causeway: warning: ${warning}\n`);
  const kept = given?.url === null ? await openKeptTarget(state, context) : undefined;
  try {
    const job = jobFor(source, given?.url ?? kept?.url ?? '', flags, context, state);
    if (flags.every === undefined) await once(job, flags, context);
    else await often(job, amount(flags.every, '--every', 0.001) * 3_600_000, flags, context);
  } finally {
    await kept?.close();
  }
}

function jobFor(source: string | undefined, url: string, flags: BackupFlags, context: CliContext, state: string): Job {
  const root = resolve(context.cwd, flags.out ?? join(state, 'backups'));
  const key = flags.keyFile === undefined ? undefined : readKey(resolve(context.cwd, flags.keyFile));
  const common = { root, reason: 'asked for', key, verify: flags.verify, context };
  if (source !== undefined) {
    const file = resolve(context.cwd, source);
    return { root, kind: 'sqlite', name: basename(file), make: () => backupSqlite({ ...common, file }) };
  }
  const jobs = Math.floor(amount(flags.jobs, '--jobs', 1));
  const tell = (text: string): void => void context.stderr.write(`${text}\n`);
  return { root, kind: 'postgresql', name: parsePostgresAddress(url)?.database || 'postgres', make: () => backupPostgres({ ...common, url, format: flags.format, jobs, tell }) };
}

async function once(job: Job, flags: BackupFlags, context: CliContext): Promise<void> {
  const keep = Math.floor(amount(flags.keep, '--keep', 1));
  const { folder, manifest } = await job.make();
  const removed = rotate(job.root, job, keep);
  if (flags.metricsFile !== undefined) await writeMetricsFile(resolve(context.cwd, flags.metricsFile), job.root, job);
  if (flags.json === true) {
    const { id, kind, name, bytes, seconds, encrypted, verified, createdAt } = manifest;
    context.stdout.write(`${JSON.stringify({ backup: folder, id, kind, name, createdAt, bytes, seconds, encrypted, verified, removed })}\n`);
    return;
  }
  const proof = manifest.verified === null ? 'not verified' : manifest.kind === 'sqlite' ? 'checked by SQLite' : 'restored and proved equal';
  context.stdout.write(`backup of ${JSON.stringify(manifest.name)}: ${folder}\n${(manifest.bytes / 1024 ** 2).toFixed(1)} MiB in ${manifest.seconds.toFixed(1)} s, ${proof}${manifest.encrypted ? ', encrypted' : ''}\n`);
}

/** A dump with its proof may take so long. */
const STUCK_MS = 6 * 3_600_000;
/** A failed one is tried again soon, as its cause is often a restart. */
const RETRY_MS = 300_000;

async function often(job: Job, everyMs: number, flags: BackupFlags, context: CliContext): Promise<void> {
  const { environment, signal } = context;
  const server = await startMetricsServer({ host: environment.CAUSEWAY_METRICS_HOST ?? '127.0.0.1', port: Number(environment.CAUSEWAY_METRICS_PORT ?? 0), service: 'backup', migration: '', stuckAfterMs: everyMs + STUCK_MS, signal });
  const metrics = backupMetrics(server.metrics, job.root, job);
  metrics.refresh();
  server.health.setWorking(true);
  context.stderr.write(`metrics: port ${server.port}\n`);
  const newest = listBackups(job.root).find(({ manifest }) => manifest.kind === job.kind && manifest.name === job.name)?.manifest;
  try {
    let waitMs = newest === undefined ? 0 : Math.max(0, Date.parse(newest.createdAt) + everyMs - Date.now());
    for (;;) {
      // A timer of Node holds at most 24.8 days.
      await sleep(Math.min(waitMs, 2 ** 31 - 1), undefined, { signal }).catch(() => signal.throwIfAborted());
      waitMs = await attempt(job, flags, context).then(() => everyMs, (error: unknown) => retryAfter(error, everyMs, metrics, context));
      metrics.refresh();
    }
  } finally {
    await server.close();
  }
}

const attempt = (job: Job, flags: BackupFlags, context: CliContext): Promise<void> => once(job, { ...flags, json: true }, context);

function retryAfter(error: unknown, everyMs: number, metrics: { failed(): void }, { signal, stderr }: CliContext): number {
  signal.throwIfAborted();
  metrics.failed();
  const { code = 'INTERNAL', message } = error as { code?: string; message: string };
  stderr.write(`causeway: ${code}: ${message}\n`);
  return Math.min(everyMs, RETRY_MS);
}

function amount(text: string, option: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least) throw new Failure('USAGE', `${option} ${JSON.stringify(text)} is not a number from ${least} up`);
  return value;
}
