/** The application on PostgreSQL: a connection for each worker, made anew when it is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { toPostgres } from '../cells.ts';
import { type AppStore, type Bound, meaningOf } from './app-store.ts';

const RETRY_MS = 100;
/** Any number that nobody else uses: one lock a worker. */
const LOCK_CLASS = 7_201;

export class PostgresStore implements AppStore {
  readonly primary = 'postgres';
  private readonly url: string;
  private readonly worker: number;
  private readonly numbered = new Map<string, string>();
  private client: pg.Client | undefined;
  private broken = false;

  constructor(url: string, worker: number) {
    this.url = url;
    this.worker = worker;
  }

  /** The lock is held until the transaction has ended on the server, also one whose client is gone: `knows` waits for it. */
  async begin(): Promise<void> {
    const client = await this.connected();
    await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${LOCK_CLASS}, ${this.worker})`);
  }

  async run(sql: string, bound: readonly Bound[]): Promise<{ rows: number; returned: string | null }> {
    const found = await (this.client as pg.Client).query({ text: this.withNumbers(sql), values: bound.map(({ kind, cell }) => toPostgres(kind, cell)), rowMode: 'array' });
    const first = found.rows[0] as unknown[] | undefined;
    return { rows: found.rowCount ?? 0, returned: first === undefined ? null : String(first[0]) };
  }

  async commit(): Promise<void> {
    await (this.client as pg.Client).query('COMMIT');
  }

  async rollback(): Promise<void> {
    await this.client?.query('ROLLBACK').catch(() => this.drop());
  }

  async knows(n: number): Promise<boolean> {
    for (;;) {
      try {
        await this.begin();
        const found = await (this.client as pg.Client).query('SELECT 1 FROM writes WHERE n = $1', [n]);
        await this.rollback();
        return found.rowCount === 1;
      } catch (error) {
        if (meaningOf(error) !== 'lost') throw error;
        await this.drop();
        await sleep(RETRY_MS);
      }
    }
  }

  async close(): Promise<void> {
    await this.drop();
  }

  private async connected(): Promise<pg.Client> {
    if (this.client !== undefined && !this.broken) return this.client;
    await this.drop();
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 5_000, application_name: 'sample application' });
    // Told by the statement that fails; without a listener it would end the process.
    client.on('error', () => {
      if (this.client === client) this.broken = true;
    });
    await client.connect();
    await client.query("SET TIME ZONE 'UTC'");
    this.client = client;
    this.broken = false;
    return client;
  }

  private async drop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => {});
  }

  private withNumbers(sql: string): string {
    let text = this.numbered.get(sql);
    if (text === undefined) {
      let n = 0;
      this.numbered.set(sql, (text = sql.replaceAll('?', () => `$${++n}`)));
    }
    return text;
  }
}
