/** The sample application: its workers, its ledger, and where it writes. */
import { seededRandom } from '../seeded-random.ts';
import type { FirstSize } from './first-rows.ts';
import { Ledger } from './ledger/ledger.ts';
import { type Replayed, replayLedger } from './ledger/replay-ledger.ts';
import { Pace } from './pace.ts';
import { readPrimary } from './primary-file.ts';
import type { AppStore } from './store/app-store.ts';
import { PostgresStore } from './store/postgres-store.ts';
import { SqliteStore } from './store/sqlite-store.ts';
import { Worker } from './worker.ts';

export interface ApplicationOptions extends FirstSize {
  readonly sqlite: string;
  readonly ledger: string;
  /** File that names the primary. */
  readonly primary: string;
  /** Where a write of unknown outcome is looked for when SQLite is the primary again. */
  readonly postgres?: string | undefined;
  readonly seed: number;
  /** Changes in a second, all workers together. */
  readonly rate: number;
  readonly syncLedger?: boolean;
  readonly signal: AbortSignal;
  /** Once, when the first write of this start is acknowledged. */
  readonly onFirst?: () => void;
}

export interface ApplicationSummary {
  readonly transactions: number;
  readonly changes: number;
  /** Writes that a fence has refused. */
  readonly refused: number;
  /** Longest time between two acknowledged writes of this start. */
  readonly gapMs: number;
}

/** Goes on where the ledger ends. Resolves when `signal` is aborted and every transaction has ended. */
export async function runApplication(options: ApplicationOptions): Promise<ApplicationSummary> {
  const { seed, workers, ballast } = options;
  const known = await replayLedger(options.ledger, false);
  const ledger = new Ledger(options.ledger, options.syncLedger);
  const stores = new Stores(options);
  ledger.write({ s: { seed, workers, ballast } });
  const worlds = known.start === null ? (await replayLedger(options.ledger, false)).worlds : known.worlds;
  await settleUnknown(known, worlds, ledger, stores);
  const summary = { transactions: 0, changes: 0, refused: 0, gapMs: 0 };
  let number = known.newest;
  let last: number | null = null;
  const onAck = (changes: number): void => {
    const now = performance.now();
    if (last === null) options.onFirst?.();
    else summary.gapMs = Math.max(summary.gapMs, now - last);
    last = now;
    summary.transactions++;
    summary.changes += changes;
  };
  const pace = new Pace(options.rate);
  const running = worlds.map((world, worker) =>
    new Worker({ ...options, worker, world, ledger, pace, onAck, random: seededRandom(seed * 1_000_003 + known.newest * 31 + worker), nextNumber: () => ++number, store: () => stores.primary(worker), onRefused: () => summary.refused++ }).run(),
  );
  try {
    await Promise.all(running);
  } finally {
    await stores.close();
    ledger.close();
  }
  return summary;
}

/** Writes whose outcome the last start did not live to see. */
async function settleUnknown(known: Replayed, worlds: Replayed['worlds'], ledger: Ledger, stores: Stores): Promise<void> {
  for (const intent of known.unknown) {
    const found = await stores.of(intent.p, intent.w).knows(intent.i);
    ledger.write({ r: intent.i, f: found });
    if (found) worlds[intent.w]?.apply(intent.o);
  }
}

class Stores {
  private readonly options: ApplicationOptions;
  private sqlite: AppStore | undefined;
  private readonly postgres = new Map<string, AppStore>();

  constructor(options: ApplicationOptions) {
    this.options = options;
  }

  primary(worker: number): AppStore {
    const primary = readPrimary(this.options.primary);
    return primary === 'sqlite' ? this.of('sqlite', worker) : this.at(primary, worker);
  }

  /** For a write of unknown outcome: the side it was sent to, also where that is not the primary any more. */
  of(kind: AppStore['primary'], worker: number): AppStore {
    if (kind === 'sqlite') return (this.sqlite ??= new SqliteStore(this.options.sqlite));
    const primary = readPrimary(this.options.primary);
    const address = primary === 'sqlite' ? this.options.postgres : primary;
    if (address === undefined) throw new Error('a write of unknown outcome was sent to PostgreSQL, and nothing says where that is');
    return this.at(address, worker);
  }

  async close(): Promise<void> {
    for (const store of [this.sqlite, ...this.postgres.values()]) await store?.close();
  }

  private at(url: string, worker: number): AppStore {
    const name = `${worker} ${url}`;
    let store = this.postgres.get(name);
    if (store === undefined) this.postgres.set(name, (store = new PostgresStore(url, worker)));
    return store;
  }
}
