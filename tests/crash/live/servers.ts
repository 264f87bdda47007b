/** The servers of a run, each behind a proxy: those of the test run, or the suite's own, which may be killed. */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalKafka, startLocalKafka } from '@causeway/runtime/parts/local-kafka';
import { type LocalPostgres, startLocalPostgres } from '@causeway/runtime/parts/local-postgres';
import { postgresHome, removePostgresHome } from '@causeway/runtime/parts/postgres-home';
import { FaultProxy } from '@causeway/testkit/fault-proxy';
import { TEST_BROKERS, TEST_PG } from '@causeway/testkit/test-servers';
import { killBroker } from './kill.ts';
import { SmallDisk } from './small-disk.ts';

export interface Servers {
  readonly own: boolean;
  /** The maintenance database, past the proxy. */
  readonly adminUrl: () => string;
  readonly postgres: FaultProxy;
  readonly kafka: FaultProxy;
  /** Kills it with -9 and starts it again. */
  kill(what: 'broker' | 'postgres'): Promise<void>;
  /** Fills its disk for so long; a server that has ended meanwhile is started again. Answers whether it was full. */
  fill(what: 'broker' | 'postgres', ms: number): Promise<boolean>;
  close(): Promise<void>;
}

const DISK_MIB = 1_536;

/** Throws where neither variables nor --own-servers say which servers there are. */
/** `smallDisks`: the suite's own servers lie on disks that can be filled. */
export async function openServers(own: boolean, smallDisks = false): Promise<Servers> {
  return own ? OwnServers.start(smallDisks) : givenServers();
}

async function givenServers(): Promise<Servers> {
  const [url, brokers] = [process.env[TEST_PG], process.env[TEST_BROKERS]];
  if (url === undefined || brokers === undefined) throw new Error(`set ${TEST_PG} and ${TEST_BROKERS}, or give --own-servers`);
  const { postgres, kafka } = await proxies(url, brokers.split(',')[0] as string);
  return { own: false, adminUrl: () => url, postgres, kafka, kill: () => Promise.reject(new Error('these servers are not ours')), fill: () => Promise.reject(new Error('these servers are not ours')), close: async () => void (await Promise.all([postgres.close(), kafka.close()])) };
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
  private readonly disks: Readonly<Record<'broker' | 'postgres', SmallDisk>> | undefined;

  private constructor(parts: { folder: string; database: LocalPostgres; broker: LocalKafka; postgres: FaultProxy; kafka: FaultProxy; disks: OwnServers['disks'] }) {
    this.folder = parts.folder;
    this.database = parts.database;
    this.broker = parts.broker;
    this.postgres = parts.postgres;
    this.kafka = parts.kafka;
    this.disks = parts.disks;
  }

  static async start(smallDisks: boolean): Promise<OwnServers> {
    const folder = mkdtempSync(join(tmpdir(), 'causeway-crash-servers-'));
    // The server's user has to get to its data below this folder.
    if (smallDisks) chmodSync(folder, 0o711);
    const disks = smallDisks ? { postgres: SmallDisk.mount(join(folder, 'postgres'), DISK_MIB, '0711'), broker: SmallDisk.mount(join(folder, 'kafka'), DISK_MIB, '0700') } : undefined;
    const [database, broker] = [await startLocalPostgres(optionsOf(folder, 'postgres')), await startLocalKafka(optionsOf(folder, 'kafka'))];
    return new OwnServers({ folder, database, broker, disks, ...(await proxies(database.url, broker.brokers)) });
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

  async fill(what: 'broker' | 'postgres', ms: number): Promise<boolean> {
    const disk = this.disks?.[what];
    if (disk === undefined) throw new Error('these servers lie on a disk that is not to be filled');
    const full = disk.fill();
    await sleep(ms);
    disk.free();
    const { host, port } = what === 'postgres' ? addressOf(this.database.url) : brokerAddress(this.broker.brokers);
    // PostgreSQL ends where it cannot write its log, a broker where it has lost its only disk.
    if (!(await listens(host, port))) await this.kill(what);
    return full;
  }

  async close(): Promise<void> {
    await Promise.all([this.postgres.close(), this.kafka.close()]);
    await Promise.all([this.database.stop(), this.broker.stop()]);
    for (const disk of Object.values(this.disks ?? {})) disk.unmount();
    removePostgresHome(join(this.folder, 'postgres'));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function optionsOf(folder: string, name: string): { stateDir: string; environment: NodeJS.ProcessEnv; signal: AbortSignal } {
  return { stateDir: join(folder, name), environment: process.env, signal: new AbortController().signal };
}

/** For some seconds: a server that recovers is about to listen again. */
async function listens(host: string, port: number): Promise<boolean> {
  for (const until = Date.now() + 3_000; Date.now() < until; await sleep(200)) {
    const open = await new Promise<boolean>((tell) => {
      const socket = connect({ host, port });
      socket.once('connect', () => tell(true)).once('error', () => tell(false));
      socket.once('connect', () => socket.destroy());
    });
    if (!open) continue;
    await sleep(1_000);
    return true;
  }
  return false;
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
