/**
 * A pool over several servers of which one is the primary: each new connection goes to the server that took the last
 * one, and on to the next where that is gone or follows another (a standby). Borrowers wait while none takes writes, as
 * they would for a server that restarts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { addressesOf } from './postgres-address.ts';

/** A standby is promoted within seconds; who waits longer has a cause to look at. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 250;

type Callback = (error: Error | undefined, client: pg.PoolClient | undefined, release: (error?: Error | boolean) => void) => void;

export function failoverPool(url: string, options: pg.PoolConfig & { onConnect: (client: pg.ClientBase) => Promise<unknown> }): pg.Pool {
  const addresses = addressesOf(url);
  let current = 0;
  const next = (): void => {
    current = (current + 1) % addresses.length;
  };
  class ToCurrent extends pg.Client {
    constructor(config: pg.ClientConfig) {
      super({ ...config, connectionString: addresses[current] as string });
    }
  }
  class Failover extends pg.Pool {
    override connect(): Promise<pg.PoolClient>;
    override connect(callback: Callback): void;
    override connect(callback?: Callback): Promise<pg.PoolClient> | undefined {
      const connected = this.toPrimary();
      if (callback === undefined) return connected;
      connected.then((client) => callback(undefined, client, (error) => client.release(error)), (error: Error) => callback(error, undefined, () => {}));
      return undefined;
    }

    private async toPrimary(): Promise<pg.PoolClient> {
      for (const until = performance.now() + PATIENCE_MS; ; ) {
        const tried = current;
        try {
          return await super.connect();
        } catch (error) {
          if (performance.now() > until || isRefusal(error) || this.ending) throw error;
          // Others may have moved on meanwhile.
          if (tried === current) next();
          await sleep(PAUSE_MS);
        }
      }
    }
  }
  return new Failover({
    ...options,
    Client: ToCurrent as unknown as NonNullable<pg.PoolConfig['Client']>,
    ...({
      onConnect: async (client: pg.ClientBase) => {
        await options.onConnect(client);
        const answer = await client.query('SELECT pg_catalog.pg_is_in_recovery() AS standby');
        if (answer.rows[0].standby === true) throw new Error('this server follows another one and takes no writes');
      },
    } as object),
  });
}

/** A wrong password or database is wrong on every server. */
const REFUSALS = new Set(['28P01', '28000', '3D000']);

function isRefusal(error: unknown): boolean {
  return REFUSALS.has((error as { code?: string }).code ?? '');
}
