/** Entry point of the extractor service. */
import { metricName, METRICS } from '@causeway/contracts/metric-names';
import { waitForPhase } from '@causeway/control/record/wait-for-phase';
import { createLog } from '@causeway/runtime/log';
import { startMetricsServer } from '@causeway/runtime/metrics-server';
import { createPool } from '@causeway/runtime/postgres-pool';
import { ownUsage, runService, serviceSettings, tellParent } from '@causeway/runtime/service-lifecycle';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';
import { transportConfig } from '@causeway/runtime/transport/transport-config';
import { Counter, Gauge } from 'prom-client';
import { measuringBack } from './back/back-metrics.ts';
import { EXTRACTOR_SETTINGS } from './config.ts';
import { runExtractor } from './extractor.ts';
import { measuringFollow } from './follow/follow-metrics.ts';
import { runLive } from './follow/run-live.ts';
import type { PublishedPart } from './publish/publisher.ts';

const settings = serviceSettings(EXTRACTOR_SETTINGS, process.env);
const log = createLog('extractor', settings.logLevel);

await runService(log, async (signal) => {
  const server = await startMetricsServer({ host: settings.metricsHost, port: settings.metricsPort, service: 'extractor' });
  const pool = createPool({ url: settings.databaseUrl, max: 6, applicationName: 'causeway extractor' });
  const transport = await connectTransport(transportConfig(settings, 'causeway-extractor'), { log });
  await tellParent({ type: 'ready', metricsPort: server.port });
  try {
    const record = await waitForPhase(pool, settings.migration, 'planned', signal);
    server.setReady(true);
    const input = {
      pool,
      transport,
      record,
      sourceFile: settings.sourceFile === '' ? record.source.readPath : settings.sourceFile,
      creditBytes: settings.creditBytes,
      log,
      signal,
      onDurable: counting(server.registry),
    };
    if (record.settings.live) await runLive({ ...input, onBack: measuringBack(server.registry), onFollow: measuringFollow(server.registry) });
    else await runExtractor(input);
    await tellParent(ownUsage());
    return { exitCode: 0 };
  } finally {
    await transport.close();
    await pool.end();
    await server.close();
  }
});

function counting(registry: import('prom-client').Registry): (parts: readonly PublishedPart[], outstanding: number) => void {
  const counter = (name: keyof typeof METRICS): Counter => new Counter({ name: metricName(name), help: METRICS[name], registers: [registry] });
  const rows = counter('extractor_rows_published_total');
  const rejects = counter('extractor_rows_rejected_total');
  const bytes = counter('extractor_bytes_published_total');
  const ranges = counter('extractor_ranges_published_total');
  const credit = new Gauge({ name: metricName('extractor_credit_bytes'), help: METRICS.extractor_credit_bytes, registers: [registry] });
  return (parts, outstanding) => {
    for (const part of parts) {
      rows.inc(part.rows);
      rejects.inc(part.rejects);
      bytes.inc(part.bytes.length);
      if (part.last) ranges.inc();
    }
    credit.set(settings.creditBytes - outstanding);
  };
}
