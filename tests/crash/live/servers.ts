/** The servers of a run, each behind a proxy: those of the test run, or the suite's own, which may be killed. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalKafka, startLocalKafka } from '@causeway/runtime/parts/local-kafka';
import { type LocalPostgres, startLocalPostgres } from '@causeway/runtime/parts/local-postgres';
import { postgresHome, removePostgresHome } from '@causeway/runtime/parts/postgres-home';
import { FaultProxy } from '@causeway/testkit/fault-proxy';
import { TEST_BROKERS, TEST_PG } from '@causeway/testkit/test-servers';
import { killBroker } from './kill.ts';

export interface Servers {
  readonly own: boolean;
  /** The maintenance database, past the proxy. */
  readonly adminUrl: () => string;
  readonly postgres: FaultProxy;
  readonly kafka: FaultProxy;
  /** Kills it with -9 and starts it again. */
  kill(what: 'broker' | 'postgres'): Promise<void>;
  close(): Promise<void>;
}

/** Throws where neither variables nor --own-servers say which servers there are. */
export async function openServers(own: boolean): Promise<Servers> {
  return own ? OwnServers.start() : givenServers();
}

async function givenServers(): Promise<Servers> {
  const [url, brokers] = [process.env[TEST_PG], process.env[TEST_BROKERS]];
  if (url === undefined || brokers === undefined) throw new Error(`set ${TEST_PG} and ${TEST_BROKERS}, or give --own-servers`);
  const { postgres, kafka } = await proxies(url, brokers.split(',')[0] as string);
  return { own: false, adminUrl: () => url, postgres, kafka, kill: () => Promise.reject(new Error('these servers are not ours')), close: async () => void (await Promise.all([postgres.close(), kafka.close()])) };
}

async function proxies(url: string, broker: string): Promise<{ postgres: FaultProxy; kafka: FaultProxy }> {
  return { postgres: await FaultProxy.start(addressOf(url)), kafka: await FaultProxy.start({ ...brokerAddress(broker), kafka: true }) };
}

const addressOf = (url: string): { host: string; port: number } => ({ host: new URL(url).hostname, port: Number(new URL(url).port || 5432) });

function brokerAddress(broker: string): { host: string; port: number } {
  const [host = '127.0.0.1', port = '9092'] = broker.split(':');
  return { host, port: Number(port) };
}

class OwnServers implements Servers {
  readonly own = true;
  readonly postgres: FaultProxy;
  readonly kafka: FaultProxy;
  private readonly folder: string;
  private database: LocalPostgres;
  private broker: LocalKafka;

  private constructor(parts: { folder: string; database: LocalPostgres; broker: LocalKafka; postgres: FaultProxy; kafka: FaultProxy }) {
    this.folder = parts.folder;
    this.database = parts.database;
    this.broker = parts.broker;
    this.postgres = parts.postgres;
    this.kafka = parts.kafka;
  }

  static async start(): Promise<OwnServers> {
    const folder = mkdtempSync(join(tmpdir(), 'causeway-crash-servers-'));
    const [database, broker] = [await startLocalPostgres(optionsOf(folder, 'postgres')), await startLocalKafka(optionsOf(folder, 'kafka'))];
    return new OwnServers({ folder, database, broker, ...(await proxies(database.url, broker.brokers)) });
  }

  adminUrl = (): string => this.database.url;

  async kill(what: 'broker' | 'postgres'): Promise<void> {
    if (what === 'postgres') {
      const home = postgresHome(join(this.folder, 'postgres'), process.getuid?.());
      const pid = Number(readFileSync(join(home.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
      process.kill(pid, 'SIGKILL');
      await this.database.stop().catch(() => {});
      this.database = await again(() => startLocalPostgres(optionsOf(this.folder, 'postgres')));
      this.postgres.moveTo(addressOf(this.database.url));
    } else {
      killBroker(join(this.folder, 'kafka'));
      await this.broker.stop().catch(() => {});
      this.broker = await again(() => startLocalKafka(optionsOf(this.folder, 'kafka')));
      this.kafka.moveTo(brokerAddress(this.broker.brokers));
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.postgres.close(), this.kafka.close()]);
    await Promise.all([this.database.stop(), this.broker.stop()]);
    removePostgresHome(join(this.folder, 'postgres'));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function optionsOf(folder: string, name: string): { stateDir: string; environment: NodeJS.ProcessEnv; signal: AbortSignal } {
  return { stateDir: join(folder, name), environment: process.env, signal: new AbortController().signal };
}

/** What a killed server has left behind (its children, its shared memory) takes a moment to go. */
async function again<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt >= 10) throw error;
      await sleep(500);
    }
  }
}
