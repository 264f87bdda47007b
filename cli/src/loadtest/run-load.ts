/**
 * The load: clients that ask, wait for the whole answer, think, and ask again, over connections that are opened before
 * the clock runs. Closed clients with think time, as people at screens are; each uses the connection that is free longest.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import { queryErrorText } from '@causeway/control/queries/query-error';
import { beginReading, runPostgres } from '@causeway/control/queries/postgres-queries';
import type { Sample } from '@causeway/control/queries/sample-values';
import { messageOf } from '@causeway/runtime/postgres-pool';
import pg from 'pg';
import type { LoadQuery } from './load-query.ts';

export interface LoadRequest {
  readonly url: string;
  readonly schemas: readonly string[];
  readonly queries: readonly LoadQuery[];
  readonly clients: number;
  readonly connections: number;
  readonly seconds: number;
  readonly thinkMs: number;
  readonly complexPercent: number;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly onSecond: (calls: number, errors: number) => void;
}

export interface Call {
  readonly query: number;
  /** Null: it failed. */
  readonly milliseconds: number | null;
}

export interface LoadRun {
  readonly calls: readonly Call[];
  readonly seconds: number;
  /** Kinds of errors: the server's code and words, which name no value of a row. */
  readonly errors: readonly string[];
}

/** More kinds of errors than this say nothing new. */
const MOST_ERRORS = 20;
const OPEN_AT_ONCE = 20;

export async function runLoad(request: LoadRequest): Promise<LoadRun> {
  const free = await openAll(request);
  const all = [...free];
  const calls: Call[] = [];
  const errors = new Map<string, number>();
  const started = performance.now();
  const until = started + request.seconds * 1000;
  const tick = setInterval(() => request.onSecond(calls.length, [...errors.values()].reduce((a, b) => a + b, 0)), 1000);
  const ask = async (): Promise<void> => {
    const query = choose(request);
    const client = free.shift() as pg.Client;
    const { form, samples } = request.queries[query] as LoadQuery;
    try {
      const { milliseconds } = await runPostgres(client, query, form, samples[Math.floor(Math.random() * samples.length)] as Sample);
      calls.push({ query, milliseconds });
    } catch (error) {
      calls.push({ query, milliseconds: null });
      const text = queryErrorText(error);
      errors.set(text, (errors.get(text) ?? 0) + 1);
    } finally {
      free.push(client);
    }
  };
  try {
    await Promise.all(Array.from({ length: request.clients }, () => oneClient(request, until, ask)));
  } finally {
    clearInterval(tick);
    await Promise.allSettled(all.map((client) => client.end()));
  }
  return { calls, seconds: (performance.now() - started) / 1000, errors: [...errors].slice(0, MOST_ERRORS).map(([text, count]) => `${count} × ${text}`) };
}

/** Half to one and a half of the think time, so that clients do not march in step. */
async function oneClient({ thinkMs, signal }: LoadRequest, until: number, ask: () => Promise<void>): Promise<void> {
  await sleep(Math.random() * thinkMs, undefined, { signal });
  while (performance.now() < until) {
    await ask();
    await sleep(thinkMs * (0.5 + Math.random()), undefined, { signal });
  }
}

function choose({ queries, complexPercent }: LoadRequest): number {
  const kinds = new Set(queries.map((q) => q.kind));
  const kind = kinds.size === 2 ? (Math.random() * 100 < complexPercent ? 'complex' : 'simple') : [...kinds][0];
  const weights = queries.map((q) => (q.kind === kind ? q.weight : 0));
  let left = Math.random() * weights.reduce((a, b) => a + b, 0);
  const found = weights.findIndex((weight) => (left -= weight) < 0);
  return found < 0 ? weights.findLastIndex((weight) => weight > 0) : found;
}

async function openAll({ url, schemas, connections, timeoutSeconds }: LoadRequest): Promise<pg.Client[]> {
  const opened: pg.Client[] = [];
  try {
    while (opened.length < connections) {
      const some = Array.from({ length: Math.min(OPEN_AT_ONCE, connections - opened.length) }, async () => {
        const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 15_000, application_name: 'causeway loadtest', keepAlive: true });
        client.on('error', () => {});
        await client.connect();
        opened.push(client);
        await beginReading(client, schemas, timeoutSeconds);
      });
      const settled = await Promise.allSettled(some);
      const failed = settled.find((s) => s.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
    return opened;
  } catch (cause) {
    await Promise.allSettled(opened.map((client) => client.end()));
    throw new Failure('TARGET_UNREACHABLE', `only ${opened.length} of ${connections} connections could be opened: ${messageOf(cause)}; see max_connections of the server and CONNECTION LIMIT of the role, or ask with fewer --connections`, { cause });
  }
}
