/** Entry point of the validator service. */
import { renameSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordMetrics } from '@causeway/control/observe/record-metrics';
import { Failure } from '@causeway/contracts/failures';
import { readMigration } from '@causeway/control/record/migration-record';
import { waitForPhase } from '@causeway/control/record/wait-for-phase';
import { createLog } from '@causeway/runtime/log';
import { countLines } from '@causeway/runtime/observe/count-lines';
import { measurePool } from '@causeway/runtime/observe/pool-metrics';
import { startMetricsServer } from '@causeway/runtime/metrics-server';
import { createPool } from '@causeway/runtime/postgres-pool';
import { ownUsage, runService, serviceSettings, tellParent } from '@causeway/runtime/service-lifecycle';
import type pg from 'pg';
import { VALIDATOR_SETTINGS } from './config.ts';
import { liveMetrics } from './live/live-metrics.ts';
import { runLive } from './live/run-live.ts';
import { validatorMetrics } from './report/validator-metrics.ts';
import type { ProofVerdict } from './report/verdict.ts';
import { CHECKED_AT_ONCE } from './live/change-follower.ts';
import { PASSED_AT_ONCE } from './live/rolling-pass.ts';
import { runValidator, TABLES_AT_ONCE } from './validator.ts';
import { digestDatabase } from './whole/digest-database.ts';

const settings = serviceSettings(VALIDATOR_SETTINGS, process.env);
const lines: Record<string, number> = {};
const log = createLog('validator', settings.logLevel, { migration: settings.migration, lines });
/** How often a validator that stays looks for a new generation. */
const GENERATION_POLL_MS = 2_000;
const NICE = 5;
/** Connections beside the tables at work: the watch, the back lane, one to page through quarantines, one to cancel. */
const MORE_CONNECTIONS = 4;

await runService(log, async (signal) => {
  if (settings.mode === 'whole') return digestWhole(signal);
  const server = await startMetricsServer({ host: settings.metricsHost, port: settings.metricsPort, service: 'validator', migration: settings.migration, stuckAfterMs: settings.stuckAfter * 1_000, signal });
  const { health } = server;
  countLines(lines, server.metrics);
  const tables = settings.mode === 'live' ? PASSED_AT_ONCE + CHECKED_AT_ONCE : TABLES_AT_ONCE;
  const pool = createPool({ url: settings.databaseUrl, max: tables + MORE_CONNECTIONS, applicationName: 'causeway validator' });
  measurePool(pool, server.metrics);
  const told = recordMetrics(server.metrics, { databaseUrl: settings.databaseUrl, migration: settings.migration, service: 'validator', sourceFile: settings.sourceFile });
  health.requires('the target', () => told.reachable());
  const metrics = validatorMetrics(server.metrics);
  await tellParent({ type: 'ready', metricsPort: server.port });
  try {
    if (settings.mode === 'live') {
      const record = await waitForPhase(pool, settings.migration, 'built', signal);
      health.setWorking(true);
      yieldTheMachine();
      const live = liveMetrics(server.metrics, metrics);
      await runLive({
        pool,
        record,
        sourceFile: settings.sourceFile === '' ? record.source.readPath : settings.sourceFile,
        log,
        signal,
        passRestMs: settings.passRest,
        onState: (state) => {
          health.lives('comparison');
          live(state);
        },
      });
      return { exitCode: 0 };
    }
    for (;;) {
      const record = await waitForPhase(pool, settings.migration, settings.mode === 'verify' ? 'planned' : 'loaded', signal);
      health.setWorking(true);
      const verdict = await runValidator({
        pool,
        record,
        sourceFile: settings.sourceFile === '' ? record.source.readPath : settings.sourceFile,
        readers: settings.readers,
        maxDifferences: settings.maxDifferences,
        log,
        signal,
        onProgress: (table, rows) => {
          metrics.rows(rows);
          void tellParent({ type: 'progress', table, rows, bytes: 0, stage: 'verified' });
        },
        onVerified: (table) => metrics.verified(table),
      });
      await tellParent(ownUsage());
      if (settings.mode !== 'serve') return { exitCode: exitCodeOf(verdict) };
      await untilGenerationAfter(pool, record.generation, signal);
    }
  } finally {
    await told.close();
    await pool.end();
    await server.close();
  }
});

/** Of a database that need not know of any migration. Written whole under another name first: who waits for the file finds all of it. */
async function digestWhole(signal: AbortSignal): Promise<{ exitCode: number }> {
  if (settings.digestFile === '') throw new Failure('CONFIG_INVALID', 'CAUSEWAY_DIGEST_FILE is required with CAUSEWAY_MODE=whole');
  const pool = createPool({ url: settings.databaseUrl, max: TABLES_AT_ONCE + 2, applicationName: 'causeway validator' });
  const digest = await digestDatabase({ pool, snapshot: settings.snapshot, signal, onTable: (table, rows) => void tellParent({ type: 'progress', table, rows, bytes: 0, stage: 'verified' }) }).finally(() => pool.end());
  writeFileSync(`${settings.digestFile}.part`, JSON.stringify(digest), { mode: 0o600 });
  renameSync(`${settings.digestFile}.part`, settings.digestFile);
  return { exitCode: 0 };
}

/** Comparing goes on for weeks beside those who move the changes: they come first. */
function yieldTheMachine(): void {
  try {
    setPriority(NICE);
  } catch {
    // Not every system lets a process lower itself.
  }
}

/** A quarantine is for the command to accept. */
function exitCodeOf(verdict: ProofVerdict): number {
  return verdict === 'equal' ? 0 : 1;
}

async function untilGenerationAfter(pool: pg.Pool, generation: number, signal: AbortSignal): Promise<void> {
  while ((await readMigration(pool, settings.migration)).generation === generation) await sleep(GENERATION_POLL_MS, undefined, { signal });
}
