/** Entry point of the extractor service. */
import { recordMetrics } from '@causeway/control/observe/record-metrics';
import { waitForPhase } from '@causeway/control/record/wait-for-phase';
import { createLog } from '@causeway/runtime/log';
import { countLines } from '@causeway/runtime/observe/count-lines';
import { kafkaMeter } from '@causeway/runtime/observe/kafka-meter';
import { measuredTransport } from '@causeway/runtime/observe/measured-transport';
import { measurePool } from '@causeway/runtime/observe/pool-metrics';
import { startTracing } from '@causeway/runtime/observe/tracing';
import type { MetricSet } from '@causeway/runtime/observe/metric-set';
import { startMetricsServer } from '@causeway/runtime/metrics-server';
import { createPool } from '@causeway/runtime/postgres-pool';
import { ownUsage, runService, serviceSettings, tellParent } from '@causeway/runtime/service-lifecycle';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';
import { transportConfig } from '@causeway/runtime/transport/transport-config';
import { measuringBack } from './back/back-metrics.ts';
import { EXTRACTOR_SETTINGS } from './config.ts';
import { runExtractor } from './extractor.ts';
import { measuringFollow } from './follow/follow-metrics.ts';
import { runLive } from './follow/run-live.ts';
import { measureSource } from './measure-source.ts';
import { measureTables } from './measure-tables.ts';
import type { PublishedPart } from './publish/publisher.ts';

const settings = serviceSettings(EXTRACTOR_SETTINGS, process.env);
const lines: Record<string, number> = {};
const tracing = await startTracing('extractor', settings.migration, process.env);
const log = createLog('extractor', settings.logLevel, { migration: settings.migration, lines, ...(tracing.context === undefined ? {} : { context: tracing.context }) });

await runService(log, async (signal) => {
  const server = await startMetricsServer({ host: settings.metricsHost, port: settings.metricsPort, service: 'extractor', migration: settings.migration, stuckAfterMs: settings.stuckAfter * 1_000, signal });
  const { metrics, health } = server;
  countLines(lines, metrics);
  const pool = createPool({ url: settings.databaseUrl, max: 6, applicationName: 'causeway extractor' });
  measurePool(pool, metrics);
  const told = recordMetrics(metrics, { databaseUrl: settings.databaseUrl, migration: settings.migration, service: 'extractor', sourceFile: settings.sourceFile });
  health.requires('the target', () => told.reachable());
  const brokers = kafkaMeter(metrics);
  const transport = tracing.transport(measuredTransport(await connectTransport(transportConfig(settings, 'causeway-extractor'), { log, events: brokers }), metrics));
  // Before it follows, it may have nothing to ask them for.
  health.requires('the brokers', async () => transport.kind !== 'kafka' || !health.hasBegun('tailer') || brokers.answers());
  await tellParent({ type: 'ready', metricsPort: server.port });
  try {
    const record = await waitForPhase(pool, settings.migration, 'planned', signal);
    health.setWorking(true);
    const sourceFile = settings.sourceFile === '' ? record.source.readPath : settings.sourceFile;
    measureSource(metrics, sourceFile);
    measureTables(metrics, pool, record, sourceFile);
    const input = {
      pool,
      transport,
      record,
      sourceFile,
      creditBytes: settings.creditBytes,
      log,
      signal,
      onDurable: counting(metrics),
      lives: (part: string) => health.lives(part),
    };
    if (record.settings.live) await runLive({ ...input, bounds: { warn: settings.logWarn, limit: settings.logLimit }, onBack: measuringBack(metrics), onFollow: measuringFollow(metrics) });
    else await runExtractor(input);
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

function counting(metrics: MetricSet): (parts: readonly PublishedPart[], reader: { outstandingBytes: number; waitedMs: number }) => void {
  const rows = metrics.counter('extractor_rows_published_total');
  const rejects = metrics.counter('extractor_rows_rejected_total');
  const bytes = metrics.counter('extractor_bytes_published_total');
  const ranges = metrics.counter('extractor_ranges_published_total');
  const waits = metrics.counter('extractor_credit_wait_seconds_total');
  const credit = metrics.gauge('extractor_credit_bytes');
  credit.set(settings.creditBytes);
  let waited = 0;
  return (parts, { outstandingBytes, waitedMs }) => {
    for (const part of parts) {
      rows.inc(part.rows);
      rejects.inc(part.rejects);
      bytes.inc(part.bytes.length);
      if (part.last) ranges.inc();
    }
    credit.set(settings.creditBytes - outstandingBytes);
    // A reader that begins anew in this process counts from 0 again.
    waits.inc(Math.max(0, waitedMs - waited) / 1000);
    waited = waitedMs;
  };
}
