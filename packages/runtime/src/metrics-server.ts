/**
 * /metrics, /healthz and /readyz of a service. Three fixed routes on node:http: a web framework would cost each of
 * three processes 80 ms of start-up inside the measured time of a migration. Whoever reaches the port can ask for nothing
 * but these, with no body, at a bounded rate, over few connections; it binds to loopback unless told.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { MetricSet } from './observe/metric-set.ts';
import { RequestRate } from './observe/request-rate.ts';
import { ServiceHealth } from './observe/service-health.ts';

export interface MetricsServer {
  readonly registry: Registry;
  readonly metrics: MetricSet;
  readonly health: ServiceHealth;
  readonly port: number;
  close(): Promise<void>;
}

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly service: string;
  readonly migration: string;
  /** A part that does not show itself for so long is stuck. */
  readonly stuckAfterMs: number;
  /** Aborted: the service is stopping and takes no more work. */
  readonly signal: AbortSignal;
}

/** A scrape is one connection and one request; probes and people are a few more. */
const CONNECTIONS = 32;
const BURST = 40;
const PER_SECOND = 20;
const HEADER_BYTES = 8 * 1024;

export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const registry = new Registry();
  registry.setDefaultLabels({ service: options.service, migration: options.migration });
  collectDefaultMetrics({ register: registry });
  const health = new ServiceHealth(options.stuckAfterMs);
  const metrics = new MetricSet(registry);
  tellHealth(metrics, health);
  options.signal.addEventListener('abort', () => health.setWorking(false), { once: true });
  const rate = new RequestRate(BURST, PER_SECOND);
  const page = oneAtATime(() => registry.metrics());
  const server: Server = createServer({ maxHeaderSize: HEADER_BYTES, requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000 }, (request, response) => {
    const refused = refusal(request) ?? (rate.take() ? null : 429);
    if (refused === null) void answer(request, response, { health, page, type: registry.contentType });
    else refuse(request, response, refused);
  });
  server.maxConnections = CONNECTIONS;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, options.host, resolve));
  return {
    registry,
    metrics,
    health,
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** There is nothing to send here, so a body is refused before it is read. */
function refusal({ method, headers }: IncomingMessage): number | null {
  if (method !== 'GET' && method !== 'HEAD') return 405;
  const bytes = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (bytes !== undefined && bytes !== '0') ? 413 : null;
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  const close = status !== 429;
  response.writeHead(status, { ...(close ? { connection: 'close' } : { 'retry-after': '1' }) }).end();
  if (close) response.once('finish', () => request.socket.destroy());
}

interface Answering {
  readonly health: ServiceHealth;
  readonly page: () => Promise<string>;
  readonly type: string;
}

async function answer(request: IncomingMessage, response: ServerResponse, { health, page, type }: Answering): Promise<void> {
  const say = (missing: readonly string[], good: string, bad: string): void => {
    response.writeHead(missing.length === 0 ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' }).end(missing.length === 0 ? `${good}\n` : `${bad}: ${missing.join(', ')}\n`);
  };
  try {
    switch ((request.url ?? '').split('?', 1)[0]) {
      case '/metrics':
        response.writeHead(200, { 'content-type': type }).end(await page());
        break;
      case '/healthz':
        say(health.stuck(), 'ok', 'stuck');
        break;
      case '/readyz':
        say(await health.notReady(), 'ready', 'not ready, missing');
        break;
      default:
        response.writeHead(404).end();
    }
  } catch {
    if (!response.headersSent) response.writeHead(500);
    response.end();
  }
}

/** Several who ask at once get the same page: making it asks the target. */
function oneAtATime(make: () => Promise<string>): () => Promise<string> {
  let running: Promise<string> | undefined;
  return () => {
    running ??= make().finally(() => {
      running = undefined;
    });
    return running;
  };
}

function tellHealth(metrics: MetricSet, health: ServiceHealth): void {
  const ready = metrics.gauge('service_ready');
  const healthy = metrics.gauge('service_healthy');
  metrics.onScrape(async () => {
    ready.set((await health.notReady()).length === 0 ? 1 : 0);
    healthy.set(health.stuck().length === 0 ? 1 : 0);
  });
}
