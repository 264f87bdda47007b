/**
 * A live migration with everything that watches it, all real: a PostgreSQL of its own with pg_stat_statements, Kafka behind a
 * proxy that can hold it up, the shop that writes all the time, Prometheus, postgres_exporter, node_exporter.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type LocalPostgres, startLocalPostgres } from '@causeway/runtime/parts/local-postgres';
import { removePostgresHome } from '@causeway/runtime/parts/postgres-home';
import { type Bench, openBench } from '@causeway/testkit/causeway-command';
import { FaultProxy } from '@causeway/testkit/fault-proxy';
import { freePort } from '@causeway/testkit/free-port';
import { LiveShop, servicesOf } from '@causeway/testkit/live-shop';
import { TEST_BROKERS, TEST_PG, testBrokers } from '@causeway/testkit/test-servers';
import pg from 'pg';
import { Program } from './program.ts';
import { PrometheusServer } from './prometheus-server.ts';

const QUERIES = resolve(import.meta.dirname, '../../../ops/postgres-exporter/queries.yaml');
/** Small, so that a test can fill it: connections are an alert's condition. */
const SETTINGS = { shared_preload_libraries: 'pg_stat_statements', max_connections: '60', fsync: 'off' };

export interface StackOptions {
  readonly timeScale: number;
  readonly orders: number;
  readonly perSecond: number;
  /** Folder that everything of the migration lies in; absent: a temporary one. */
  readonly disk?: string;
}

interface Parts {
  readonly folder: string;
  readonly server: LocalPostgres;
  readonly bench: Bench;
  readonly shop: LiveShop;
  readonly kafka: FaultProxy;
  readonly postgres: FaultProxy;
  readonly prometheus: PrometheusServer;
  readonly programs: readonly Program[];
}

export class ObservedStack {
  readonly bench: Bench;
  readonly shop: LiveShop;
  readonly kafka: FaultProxy;
  /** Between the server and who watches or moves: services and exporter. The application and the test go past it. */
  readonly postgres: FaultProxy;
  readonly prometheus: PrometheusServer;
  /** node_exporter reads the text files that stand here. */
  readonly textFiles: string;
  private readonly parts: Parts;

  private constructor(parts: Parts) {
    this.parts = parts;
    this.bench = parts.bench;
    this.shop = parts.shop;
    this.kafka = parts.kafka;
    this.postgres = parts.postgres;
    this.prometheus = parts.prometheus;
    this.textFiles = join(parts.folder, 'text');
  }

  static async start(options: StackOptions): Promise<ObservedStack> {
    const folder = mkdtempSync(join(tmpdir(), 'causeway-observed-'));
    const server = await startLocalPostgres({ stateDir: join(folder, 'postgres'), environment: process.env, signal: new AbortController().signal, settings: SETTINGS });
    process.env[TEST_PG] = server.url;
    const postgres = await FaultProxy.start(addressOf(server.url));
    const [host = '', port = ''] = (testBrokers().split(',')[0] as string).split(':');
    const kafka = await FaultProxy.start({ host, port: Number(port), kafka: true });
    process.env[TEST_BROKERS] = `127.0.0.1:${kafka.port}`;
    const bench = await openBench('observed', options.disk);
    const shop = await LiveShop.open(bench, { orders: options.orders, perSecond: options.perSecond, seed: 11 });
    await shop.query('CREATE EXTENSION pg_stat_statements');
    const prometheus = await PrometheusServer.start(join(folder, 'prometheus'), options.timeScale);
    const programs = [await postgresExporter(through(postgres, bench.database.url), prometheus), await nodeExporter(join(folder, 'text'), prometheus)];
    return new ObservedStack({ folder, server, bench, shop, kafka, postgres, prometheus, programs });
  }

  /** Prometheus finds the services by the file that the command writes for it. */
  async follow(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const migrations = join(this.bench.folder, 'state', 'migrations');
    this.shop.follow({ DATABASE_URL: through(this.postgres, this.bench.database.url), ...environment });
    // As soon as there is a file, so that the snapshot is seen, too.
    await this.shop.until(async () => existsSync(migrations) && readdirSync(migrations).length > 0, 'the state folder');
    const [name = ''] = readdirSync(migrations);
    rmSync(join(this.prometheus.targets, 'causeway.json'), { force: true });
    symlinkSync(join(migrations, name, 'prometheus-targets.json'), join(this.prometheus.targets, 'causeway.json'));
    await this.shop.untilPhase('following', 'switched');
    await this.prometheus.until('count(up{job="causeway"} == 1) == 3');
  }

  /** A connection to the application's database, for who interferes. */
  async connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.bench.database.url });
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  /** The server is there again, or it is not: connections are cut, and refused at once. */
  setReachable(reachable: boolean): void {
    this.postgres.moveTo(reachable ? addressOf(this.serverUrl) : { host: '127.0.0.1', port: 1 });
  }

  signal(service: 'extractor' | 'loader' | 'validator', signal: 'SIGSTOP' | 'SIGCONT'): void {
    const pid = servicesOf(this.shop.commandPid).find(({ name }) => name === service)?.pid;
    if (pid === undefined) throw new Error(`${service} does not run`);
    process.kill(pid, signal);
  }

  get serverUrl(): string {
    return this.parts.server.url;
  }

  async close(): Promise<void> {
    const { folder, server, bench, shop, kafka, postgres, prometheus, programs } = this.parts;
    await shop.close();
    await Promise.all([prometheus.stop(), ...programs.map((program) => program.stop())]);
    await bench.close();
    await Promise.all([kafka.close(), postgres.close()]);
    await server.stop();
    removePostgresHome(join(folder, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
  }
}

const addressOf = (url: string): { host: string; port: number } => ({ host: new URL(url).hostname, port: Number(new URL(url).port) });

function through(proxy: FaultProxy, url: string): string {
  const address = new URL(url);
  address.port = String(proxy.port);
  return address.href;
}

async function postgresExporter(url: string, prometheus: PrometheusServer): Promise<Program> {
  const address = `127.0.0.1:${await freePort()}`;
  const program = await Program.start('prometheus-postgres-exporter', { args: [`--web.listen-address=${address}`, `--extend.query-path=${QUERIES}`], environment: { DATA_SOURCE_NAME: `${url}?sslmode=disable` }, readyUrl: `http://${address}/metrics` });
  prometheus.target('postgres', address);
  return program;
}

async function nodeExporter(textFiles: string, prometheus: PrometheusServer): Promise<Program> {
  mkdirSync(textFiles, { recursive: true });
  const address = `127.0.0.1:${await freePort()}`;
  const collectors = ['filesystem', 'textfile', 'loadavg'].map((name) => `--collector.${name}`);
  const program = await Program.start('prometheus-node-exporter', { args: [`--web.listen-address=${address}`, '--collector.disable-defaults', ...collectors, `--collector.textfile.directory=${textFiles}`, '--collector.filesystem.mount-points-exclude=^/(proc|sys|run)($|/)'], readyUrl: `http://${address}/metrics` });
  prometheus.target('node', address);
  return program;
}
