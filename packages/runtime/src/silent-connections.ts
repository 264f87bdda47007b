/**
 * Ends connections whose server is gone without a word: a firewall that dropped them, a machine that lost its power.
 * TCP alone would let a statement wait for its answer for hours. A statement may rightly take long, so the server is
 * asked, by another connection, whether it is still at work on it.
 */
import type { Socket } from 'node:net';
import pg from 'pg';

/** Sent and not answered for so long. */
const SILENT_MS = 15_000;
const LOOK_MS = 5_000;
/** Nobody can be asked: longer than a server takes to start again. */
const UNREACHABLE_MS = 60_000;
const ASK_MS = 5_000;

/** Of the driver's client (missing in the type definitions). */
type Watched = Omit<pg.Client, 'connection'> & { readonly connection: { readonly stream: Socket } };

interface Traffic {
  /** Bytes sent when the last piece of an answer came. What is more than that waits for its own. */
  answered: number;
  /** Bytes sent at the last look, and since when they have not become more. */
  sent: number;
  since: number;
}

export interface SilentTimes {
  readonly silentMs: number;
  readonly lookMs: number;
  readonly unreachableMs: number;
}

const TIMES: SilentTimes = { silentMs: SILENT_MS, lookMs: LOOK_MS, unreachableMs: UNREACHABLE_MS };

/** Watches each connection of the pool from its opening to its end. `backendOf`: what pg_backend_pid() has answered on it. */
export function endSilentConnections(pool: pg.Pool, backendOf: (client: pg.ClientBase) => number | undefined, times: SilentTimes = TIMES): void {
  const watched = new Map<Watched, Traffic>();
  let timer: NodeJS.Timeout | undefined;
  let asking = false;
  const look = async (): Promise<void> => {
    const silent = [...watched].filter(([client, traffic]) => isSilent(client, traffic, times.silentMs));
    if (silent.length === 0 || asking) return;
    asking = true;
    await endDead(silent, backendOf, times);
    asking = false;
  };
  pool.on('connect', (borrowed) => {
    const client = borrowed as unknown as Watched;
    const { stream } = client.connection;
    const traffic = { answered: stream.bytesWritten, sent: stream.bytesWritten, since: performance.now() };
    stream.on('data', () => {
      traffic.answered = stream.bytesWritten;
    });
    watched.set(client, traffic);
    timer ??= setInterval(() => void look(), times.lookMs).unref();
  });
  pool.on('remove', (client) => {
    watched.delete(client as unknown as Watched);
    if (watched.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  });
}

function isSilent(client: Watched, traffic: Traffic, silentMs: number): boolean {
  const { bytesWritten } = client.connection.stream;
  if (bytesWritten === traffic.answered || bytesWritten !== traffic.sent) {
    traffic.sent = bytesWritten;
    traffic.since = performance.now();
  }
  return performance.now() - traffic.since >= silentMs;
}

async function endDead(silent: readonly (readonly [Watched, Traffic])[], backendOf: (client: pg.ClientBase) => number | undefined, times: SilentTimes): Promise<void> {
  const working = await workingBackends(silent.map(([client]) => client), backendOf);
  for (const [client, traffic] of silent) {
    const { stream } = client.connection;
    // Answered while we asked, or the server is busy with it.
    if (stream.bytesWritten === traffic.answered || working?.has(backendOf(client as unknown as pg.ClientBase) ?? 0) === true) continue;
    if (working === null && performance.now() - traffic.since < times.unreachableMs) continue;
    stream.destroy(Object.assign(new Error('the connection is silent, and its server does not know of the statement that was sent'), { code: 'ETIMEDOUT' }));
  }
}

/** Backends of these connections that have a statement in work; null where the server cannot be asked. */
async function workingBackends(clients: readonly Watched[], backendOf: (client: pg.ClientBase) => number | undefined): Promise<Set<number> | null> {
  const { host, port, database, user, password, ssl } = clients[0] as Watched;
  const asker = new pg.Client({ host, port, database: database as string, user: user as string, password: password as string, ssl, application_name: 'causeway watch', connectionTimeoutMillis: ASK_MS, query_timeout: ASK_MS });
  asker.on('error', () => {});
  try {
    await asker.connect();
    const answer = await asker.query("SELECT pid FROM pg_catalog.pg_stat_activity WHERE pid = ANY ($1::int[]) AND coalesce(state, '') NOT IN ('idle', 'idle in transaction', 'idle in transaction (aborted)')", [clients.map((client) => backendOf(client as unknown as pg.ClientBase) ?? 0)]);
    return new Set(answer.rows.map((row: { pid: number }) => row.pid));
  } catch {
    return null;
  } finally {
    asker.end().catch(() => {});
  }
}
