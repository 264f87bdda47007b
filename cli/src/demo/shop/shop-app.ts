/**
 * The sample application, a process of its own: writes at a steady rate to whatever the primary file names, and keeps its
 * ledger. Killed and started again it asks the database what became of its last transaction.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../sample-erp/seeded-random.ts';
import { Fenced, type ShopDatabase } from './shop-database.ts';
import { readLedger, ShopLedger } from './shop-ledger.ts';
import { openShopPostgres } from './shop-postgres.ts';
import { openShopSqlite } from './shop-sqlite.ts';
import { act } from './shop-transactions.ts';

export interface ShopSettings {
  readonly file: string;
  readonly postgres: string;
  /** Schema of its tables in PostgreSQL. */
  readonly schema: string;
  /** Holds `sqlite` or `postgresql`: which one is the primary. */
  readonly primaryFile: string;
  readonly ledgerFile: string;
  /** Written every half second and at the end. */
  readonly statsFile: string;
  readonly perSecond: number;
  readonly seed: number;
  readonly synchronous: 'FULL' | 'NORMAL';
}

export interface ShopStats {
  readonly acknowledged: number;
  readonly refused: number;
  /** Longest time between two acknowledged writes, milliseconds. */
  readonly longestGapMs: number;
  readonly on: string;
}

const APP = 'shop';
const RETRY_MS = 2;
const AFTER_TROUBLE_MS = 50;
const STATS_MS = 500;

export class ShopApp {
  private readonly settings: ShopSettings;
  private readonly ledger: ShopLedger;
  private readonly open = new Map<string, ShopDatabase>();
  private readonly random;
  private state;
  private n: number;
  private acknowledged = 0;
  private refused = 0;
  private lastAt: number | undefined;
  private longestGapMs = 0;
  private on = '';

  constructor(settings: ShopSettings) {
    this.settings = settings;
    this.ledger = new ShopLedger(settings.ledgerFile);
    const { state, last } = readLedger(settings.ledgerFile);
    this.state = state;
    this.n = last + 1;
    this.random = seededRandom(settings.seed + this.n);
  }

  async run(signal: AbortSignal): Promise<ShopStats> {
    await this.settle(signal);
    const began = performance.now();
    let statsAt = 0;
    for (let done = 0; !signal.aborted; done++) {
      await this.one(signal);
      const ahead = (done / this.settings.perSecond) * 1000 - (performance.now() - began);
      if (ahead > 1) await sleep(ahead);
      if (performance.now() - statsAt > STATS_MS) {
        this.writeStats();
        statsAt = performance.now();
      }
    }
    this.writeStats();
    for (const database of this.open.values()) await database.close().catch(() => {});
    return this.stats();
  }

  /** One transaction, tried until it is acknowledged. */
  private async one(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const database = await this.primary();
        const effects = await database.transaction(async (tx) => {
          const made = await act(tx, { random: this.random, state: this.state, kind: database.kind, n: this.n }, APP);
          this.ledger.begin(this.n, database.kind, made);
          return made;
        });
        this.ledger.acknowledged(this.n);
        this.state.apply(effects);
        this.took(database.kind);
        return;
      } catch (error) {
        if (error instanceof Fenced) {
          this.refused++;
          await sleep(RETRY_MS);
        } else {
          // Nobody knows whether it committed: the database does.
          await this.forget();
          await sleep(AFTER_TROUBLE_MS);
          await this.settle(signal);
        }
      }
    }
  }

  /** What became of a transaction whose answer never came. */
  private async settle(signal: AbortSignal): Promise<void> {
    const { open } = readLedger(this.settings.ledgerFile);
    if (open === null) return;
    while (!signal.aborted) {
      try {
        const database = await this.database(open.on);
        if ((await database.mark(APP)) >= open.n) {
          this.ledger.acknowledged(open.n);
          this.state.apply(open.effects);
          this.n = open.n + 1;
        } else this.ledger.lost(open.n);
        return;
      } catch {
        await this.forget();
        await sleep(AFTER_TROUBLE_MS);
      }
    }
  }

  private async primary(): Promise<ShopDatabase> {
    return this.database(readFileSync(this.settings.primaryFile, 'utf8').trim());
  }

  private async database(name: string): Promise<ShopDatabase> {
    let database = this.open.get(name);
    if (database === undefined) {
      database = name === 'sqlite' ? openShopSqlite(this.settings.file, this.settings.synchronous) : await openShopPostgres(this.settings.postgres, this.settings.schema);
      this.open.set(name, database);
    }
    return database;
  }

  private async forget(): Promise<void> {
    for (const database of this.open.values()) await database.close().catch(() => {});
    this.open.clear();
  }

  private took(on: string): void {
    const now = performance.now();
    if (this.lastAt !== undefined) this.longestGapMs = Math.max(this.longestGapMs, now - this.lastAt);
    this.lastAt = now;
    this.on = on;
    this.acknowledged++;
    this.n++;
  }

  private stats(): ShopStats {
    return { acknowledged: this.acknowledged, refused: this.refused, longestGapMs: Math.round(this.longestGapMs), on: this.on };
  }

  private writeStats(): void {
    const { statsFile } = this.settings;
    writeFileSync(`${statsFile}.new`, JSON.stringify(this.stats()));
    renameSync(`${statsFile}.new`, statsFile);
  }
}

export function readShopStats(file: string): ShopStats | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ShopStats) : null;
}
