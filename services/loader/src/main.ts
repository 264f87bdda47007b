/** Entry point of the loader service. */
import { recordMetrics } from '@causeway/control/observe/record-metrics';
import { waitForPhase } from '@causeway/control/record/wait-for-phase';
import { createLog } from '@causeway/runtime/log';
import { countLines } from '@causeway/runtime/observe/count-lines';
import { kafkaMeter } from '@causeway/runtime/observe/kafka-meter';
import { measuredTransport } from '@causeway/runtime/observe/measured-transport';
import type { MetricSet } from '@causeway/runtime/observe/metric-set';
import { measurePool } from '@causeway/runtime/observe/pool-metrics';
import { startTracing } from '@causeway/runtime/observe/tracing';
import { startMetricsServer } from '@causeway/runtime/metrics-server';
import { createPool } from '@causeway/runtime/postgres-pool';
import { ownUsage, runService, serviceSettings, tellParent } from '@causeway/runtime/service-lifecycle';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';
import { transportConfig } from '@causeway/runtime/transport/transport-config';
import type { Applied } from './apply/apply-ranges.ts';
import { LOADER_SETTINGS } from './config.ts';
import { runLoader } from './loader.ts';
import { countingBack } from './back/back-metrics.ts';
import type { StreamStep } from './stream/stream-lane.ts';

const settings = serviceSettings(LOADER_SETTINGS, process.env);
const lines: Record<string, number> = {};
const tracing = await startTracing('loader', settings.migration, process.env);
const log = createLog('loader', settings.logLevel, { migration: settings.migration, lines, ...(tracing.context === undefined ? {} : { context: tracing.context }) });

await runService(log, async (signal) => {
  const server = await startMetricsServer({ host: settings.metricsHost, port: settings.metricsPort, service: 'loader', migration: settings.migration, stuckAfterMs: settings.stuckAfter * 1_000, signal });
  const { metrics, health } = server;
  countLines(lines, metrics);
  // Lanes, the finisher's lock, its work, and claims; of a live migration the stream, the way back and the beat.
  const pool = createPool({ url: settings.databaseUrl, max: settings.lanes + 7, applicationName: 'causeway loader' });
  measurePool(pool, metrics);
  const told = recordMetrics(metrics, { databaseUrl: settings.databaseUrl, migration: settings.migration, service: 'loader', sourceFile: settings.sourceFile });
  health.requires('the target', () => told.reachable());
  const brokers = kafkaMeter(metrics);
  const transport = tracing.transport(measuredTransport(await connectTransport(transportConfig(settings, 'causeway-loader'), { log, events: brokers }), metrics));
  health.requires('the brokers', async () => transport.kind !== 'kafka' || !health.hasBegun('beat') || brokers.answers());
  await tellParent({ type: 'ready', metricsPort: server.port });
  try {
    const record = await waitForPhase(pool, settings.migration, 'planned', signal);
    health.setWorking(true);
    await runLoader({
      pool,
      transport,
      record,
      lanes: settings.lanes,
      groupSuffix: settings.groupSuffix,
      sourceFile: settings.sourceFile === '' ? record.source.readPath : settings.sourceFile,
      log,
      signal,
      onApplied: counting(metrics),
      heldBytes: settings.heldBytes,
      onStep: countingChanges(metrics),
      onBack: countingBack(metrics),
      lives: () => health.lives('beat'),
      onKeyed: (table) => void tellParent({ type: 'progress', table, rows: 0, bytes: 0, stage: 'keyed' }),
    });
    await tellParent(ownUsage());
    return { exitCode: 0 };
  } finally {
    await transport.close();
    await tracing.close();
    await told.close();
    await pool.end();
    await server.close();
  }
});

function counting(metrics: MetricSet): (applied: Applied, bytes: number, seconds: number) => void {
  const rows = metrics.counter('loader_rows_loaded_total');
  const quarantined = metrics.counter('loader_rows_quarantined_total');
  const skipped = metrics.counter('loader_blocks_skipped_total');
  const transactions = metrics.counter('loader_transactions_total');
  const consumed = metrics.counter('loader_bytes_consumed_total');
  const duration = metrics.histogram('loader_transaction_seconds');
  const copy = metrics.histogram('loader_copy_seconds');
  return (applied, bytes, seconds) => {
    duration.observe(seconds);
    copy.observe(applied.copySeconds);
    rows.inc(applied.rows);
    quarantined.inc(applied.rejected);
    skipped.inc(applied.skipped);
    transactions.inc();
    consumed.inc(bytes);
    for (const [table, done] of applied.byTable) void tellParent({ type: 'progress', table, rows: done.rows, bytes: done.bytes, stage: 'loaded' });
  };
}

function countingChanges(metrics: MetricSet): (step: StreamStep) => void {
  const changes = metrics.counter('loader_changes_applied_total');
  const batches = metrics.counter('loader_change_batches_total');
  const skipped = metrics.counter('loader_change_batches_skipped_total');
  const gaps = metrics.counter('loader_change_gaps_total');
  const lag = metrics.gauge('loader_change_lag_seconds');
  const seconds = metrics.histogram('loader_change_apply_seconds');
  return (step) => {
    changes.inc(step.changes);
    batches.inc(step.batches);
    skipped.inc(step.skipped);
    if (step.gap) gaps.inc();
    if (step.seenMs !== null) lag.set(Math.max(0, (Date.now() - step.seenMs) / 1000));
    if (step.batches > 0) seconds.observe(step.seconds);
  };
}
