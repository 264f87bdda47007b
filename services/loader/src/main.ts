/** Entry point of the loader service. */
import { metricName, METRICS } from '@causeway/contracts/metric-names';
import { waitForPhase } from '@causeway/control/record/wait-for-phase';
import { createLog } from '@causeway/runtime/log';
import { startMetricsServer } from '@causeway/runtime/metrics-server';
import { createPool } from '@causeway/runtime/postgres-pool';
import { ownUsage, runService, serviceSettings, tellParent } from '@causeway/runtime/service-lifecycle';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';
import { transportConfig } from '@causeway/runtime/transport/transport-config';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Applied } from './apply/apply-ranges.ts';
import { LOADER_SETTINGS } from './config.ts';
import { runLoader } from './loader.ts';
import { countingBack } from './back/back-metrics.ts';
import type { StreamStep } from './stream/stream-lane.ts';

const settings = serviceSettings(LOADER_SETTINGS, process.env);
const log = createLog('loader', settings.logLevel);

await runService(log, async (signal) => {
  const server = await startMetricsServer({ host: settings.metricsHost, port: settings.metricsPort, service: 'loader' });
  // Lanes, the finisher's lock, its work, and claims; of a live migration the stream, the way back and the beat.
  const pool = createPool({ url: settings.databaseUrl, max: settings.lanes + 7, applicationName: 'causeway loader' });
  const transport = await connectTransport(transportConfig(settings, 'causeway-loader'), { log });
  await tellParent({ type: 'ready', metricsPort: server.port });
  try {
    const record = await waitForPhase(pool, settings.migration, 'planned', signal);
    server.setReady(true);
    await runLoader({
      pool,
      transport,
      record,
      lanes: settings.lanes,
      groupSuffix: settings.groupSuffix,
      sourceFile: settings.sourceFile === '' ? record.source.readPath : settings.sourceFile,
      log,
      signal,
      onApplied: counting(server.registry),
      heldBytes: settings.heldBytes,
      onStep: countingChanges(server.registry),
      onBack: countingBack(server.registry),
      onKeyed: (table) => void tellParent({ type: 'progress', table, rows: 0, bytes: 0, stage: 'keyed' }),
    });
    await tellParent(ownUsage());
    return { exitCode: 0 };
  } finally {
    await transport.close();
    await pool.end();
    await server.close();
  }
});

function counting(registry: Registry): (applied: Applied, bytes: number) => void {
  const counter = (name: keyof typeof METRICS): Counter => new Counter({ name: metricName(name), help: METRICS[name], registers: [registry] });
  const rows = counter('loader_rows_loaded_total');
  const quarantined = counter('loader_rows_quarantined_total');
  const skipped = counter('loader_blocks_skipped_total');
  const transactions = counter('loader_transactions_total');
  const consumed = counter('loader_bytes_consumed_total');
  return (applied, bytes) => {
    rows.inc(applied.rows);
    quarantined.inc(applied.rejected);
    skipped.inc(applied.skipped);
    transactions.inc();
    consumed.inc(bytes);
    for (const [table, done] of applied.byTable) void tellParent({ type: 'progress', table, rows: done.rows, bytes: done.bytes, stage: 'loaded' });
  };
}

function countingChanges(registry: Registry): (step: StreamStep) => void {
  const counter = (name: keyof typeof METRICS): Counter => new Counter({ name: metricName(name), help: METRICS[name], registers: [registry] });
  const gauge = (name: keyof typeof METRICS): Gauge => new Gauge({ name: metricName(name), help: METRICS[name], registers: [registry] });
  const changes = counter('loader_changes_applied_total');
  const batches = counter('loader_change_batches_total');
  const skipped = counter('loader_change_batches_skipped_total');
  const gaps = counter('loader_change_gaps_total');
  const lag = gauge('loader_change_lag_seconds');
  const seconds = gauge('loader_change_apply_seconds');
  return (step) => {
    changes.inc(step.changes);
    batches.inc(step.batches);
    skipped.inc(step.skipped);
    if (step.gap) gaps.inc();
    if (step.seenMs !== null) lag.set(Math.max(0, (Date.now() - step.seenMs) / 1000));
    if (step.batches > 0) seconds.set(step.seconds);
  };
}
