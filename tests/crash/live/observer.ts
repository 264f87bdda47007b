/**
 * Looks into PostgreSQL while everything goes on, one snapshot at a time. Every snapshot must be a state in which the
 * application's transactions are there wholly or not at all, each worker's in the order in which it made them, and what
 * was there once stays.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerLine } from '@causeway/testkit/sample-app/ledger/ledger-line';
import pg from 'pg';

const EVERY_MS = 200;
/** Tables whose rows carry the number of the transaction that wrote them last. */
const VERSIONED = ['customers', 'orders', 'order_lines', 'stock', 'settings', 'archive'];
const TORN = VERSIONED.map((table) => `SELECT '${table}' AS t, count(*)::int AS n FROM ${table} r WHERE r.version > 0 AND NOT EXISTS (SELECT 1 FROM writes w WHERE w.n = r.version)`).join(' UNION ALL ');

export class Observer {
  readonly problems: string[] = [];
  snapshots = 0;
  private readonly url: string;
  private readonly stop = new AbortController();
  private readonly seen: Set<number>[] = [];
  private running: Promise<void> = Promise.resolve();

  constructor(url: string) {
    this.url = url;
  }

  start(): void {
    this.running = this.look();
  }

  /** Judges the order by the ledger as it is at the end. */
  async end(ledger: string): Promise<void> {
    this.stop.abort();
    await this.running;
    const orders = acknowledgedByWorker(ledger);
    for (const [at, set] of this.seen.entries()) {
      for (const [worker, numbers] of orders) {
        const missing = numbers.findIndex((n) => !set.has(n));
        const later = missing < 0 ? undefined : numbers.slice(missing).find((n) => set.has(n));
        if (later !== undefined && this.problems.length < 20) this.problems.push(`snapshot ${at}: PostgreSQL had transaction ${later} of worker ${worker} before ${numbers[missing]}, which it made earlier`);
      }
    }
  }

  private async look(): Promise<void> {
    let client: pg.Client | undefined;
    while (!this.stop.signal.aborted) {
      try {
        client ??= await connected(this.url);
        await this.snapshot(client);
      } catch {
        // The server is away, or the tables are not there yet.
        await client?.end().catch(() => {});
        client = undefined;
      }
      await sleep(EVERY_MS, undefined, { signal: this.stop.signal }).catch(() => {});
    }
    await client?.end().catch(() => {});
  }

  private async snapshot(client: pg.Client): Promise<void> {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    try {
      const phase = (await client.query('SELECT phase FROM causeway.live')).rows[0]?.phase as string | undefined;
      if (phase === undefined || phase === 'loading') return;
      for (const { t, n } of (await client.query(TORN)).rows as { t: string; n: number }[]) if (n > 0) this.tell(`${n} rows of ${t} are there without the rest of their transaction (${phase})`);
      const numbers = new Set((await client.query('SELECT n::int AS n FROM writes')).rows.map((row) => row.n as number));
      const gone = [...(this.seen.at(-1) ?? [])].filter((n) => !numbers.has(n));
      if (gone.length > 0) this.tell(`PostgreSQL went back: ${gone.length} transactions that it had are gone, ${gone.slice(0, 5).join(', ')} (${phase})`);
      this.seen.push(numbers);
      this.snapshots++;
    } finally {
      await client.query('ROLLBACK');
    }
  }

  private tell(text: string): void {
    if (this.problems.length < 20) this.problems.push(`snapshot ${this.seen.length}: ${text}`);
  }
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000, application_name: 'crash suite observer' });
  client.on('error', () => {});
  await client.connect();
  return client;
}

function acknowledgedByWorker(ledger: string): Map<number, number[]> {
  const workerOf = new Map<number, number>();
  const orders = new Map<number, number[]>();
  for (const text of readFileSync(ledger, 'utf8').split('\n')) {
    const line = parsed(text);
    if (line === null) continue;
    if ('i' in line) workerOf.set(line.i, line.w);
    if (!('a' in line)) continue;
    const worker = workerOf.get(line.a) as number;
    orders.set(worker, [...(orders.get(worker) ?? []), line.a]);
  }
  return orders;
}

/** A line that a kill has cut is one that nobody has acted on. */
function parsed(text: string): LedgerLine | null {
  try {
    return text === '' ? null : (JSON.parse(text) as LedgerLine);
  } catch {
    return null;
  }
}
