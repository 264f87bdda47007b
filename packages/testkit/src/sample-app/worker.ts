/** One worker: transaction after transaction on whatever side is the primary; a refused write is tried again until accepted. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../seeded-random.ts';
import { nowCell } from './cells.ts';
import { choose, type Kind, kindsFor } from './kinds.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Pace } from './pace.ts';
import { type AppStore, meaningOf } from './store/app-store.ts';
import { Anomaly, Transaction } from './transaction.ts';
import type { World } from './world.ts';

export interface WorkerOptions {
  readonly worker: number;
  readonly workers: number;
  readonly ballast: number;
  readonly world: World;
  readonly random: SeededRandom;
  readonly ledger: Ledger;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly nextNumber: () => number;
  /** The primary's store, by the file that names it. */
  readonly store: () => AppStore;
  readonly onAck: (changes: number) => void;
  readonly onRefused: () => void;
}

const AGAIN_MS = 10;
/** Transactions that are rolled back on purpose: one in so many. */
const ROLLED_BACK = 20;
/** With so many the ledger and the database have nothing to do with each other any more. */
const MOST_ANOMALIES = 20;

export class Worker {
  private readonly options: WorkerOptions;
  private readonly kinds: readonly Kind[];
  private anomalies = 0;

  constructor(options: WorkerOptions) {
    this.options = options;
    this.kinds = kindsFor(options.ballast, options.workers);
  }

  async run(): Promise<void> {
    const { signal, pace } = this.options;
    while (!signal.aborted) await pace.next(await this.once());
  }

  /** Answers the number of changes that were acknowledged. */
  private async once(): Promise<number> {
    const { options } = this;
    const store = options.store();
    const t = new Transaction(store, options.world, options.nextNumber());
    const kind = choose(this.kinds, options.world, options.random);
    let open = false;
    let committing = false;
    try {
      await store.begin();
      open = true;
      await t.insert('writes', { n: String(t.n), kind: kind.name, at: nowCell() });
      await kind.perform({ t, ...options });
      if (options.random.oneIn(ROLLED_BACK)) {
        await store.rollback();
        return 0;
      }
      options.ledger.write({ i: t.n, w: options.worker, p: store.primary, k: kind.name, o: t.ops });
      committing = true;
      await store.commit();
    } catch (error) {
      await this.failed({ error, t, store, open, committing });
      return 0;
    }
    this.acknowledged(t);
    return t.ops.length;
  }

  private acknowledged(t: Transaction): void {
    this.options.ledger.write({ a: t.n, t: Math.round((performance.timeOrigin + performance.now()) * 1000) / 1000 });
    this.options.world.apply(t.ops);
    this.options.onAck(t.ops.length);
  }

  private async failed({ error, t, store, open, committing }: { error: unknown; t: Transaction; store: AppStore; open: boolean; committing: boolean }): Promise<void> {
    const { ledger, world, onRefused } = this.options;
    const meaning = error instanceof Anomaly ? 'wrong' : meaningOf(error);
    // The answer to the COMMIT was lost: it may have happened, and nobody else can say.
    if (committing && meaning === 'lost') {
      const found = await store.knows(t.n);
      ledger.write({ r: t.n, f: found });
      if (found) world.apply(t.ops);
      return;
    }
    if (open) await store.rollback();
    if (committing) ledger.write({ x: t.n });
    if (meaning === 'fenced') onRefused();
    if (meaning === 'wrong') {
      ledger.write({ e: t.n, m: `${store.primary}: ${(error as Error).message}` });
      if (++this.anomalies >= MOST_ANOMALIES) throw error;
    }
    await sleep(AGAIN_MS);
  }
}
