/**
 * Verifies every key that changed, by key on both sides, in the order of the log. `verifiedTo` is the newest position
 * such that every key changed up to it was verified at it or later: a key that keeps changing holds it back until a
 * check finds it still.
 */
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import { allOf } from './all-of.ts';
import { type Checking, checkKeys, type Divergence, type KeysChecked } from './check-keys.ts';
import { keyName } from './row-state.ts';

/** Entries of the log read at once, and keys checked at once. */
const ENTRIES = 20_000;
const KEYS = 2_000;
/** Batches of several tables wait for the target together: a lap over many tables is mostly waiting, and a cutover waits for the lap. */
export const CHECKED_AT_ONCE = 4;
/** More than this many keys are not waited for in memory: they stay in the log. */
const MOST_PENDING = 50_000;

interface PendingKey {
  readonly contract: TableContract;
  readonly key: readonly ExactCell[];
  /** Oldest entry that is not verified yet. */
  first: bigint;
  readonly sinceMs: number;
}

export interface FollowerResult {
  /** The log's position at which the keys were looked at; null while PostgreSQL is the primary. */
  readonly position: bigint | null;
  readonly checked: number;
  readonly divergences: readonly Divergence[];
  /** Keys found in order, which may end an open divergence. */
  readonly settled: readonly { readonly contract: TableContract; readonly key: readonly ExactCell[] }[];
}

export class ChangeFollower {
  /** Everything up to here is verified, or pending. */
  readTo: bigint;
  end: bigint;
  private readonly checking: Checking;
  private readonly contracts: ReadonlyMap<number, TableContract>;
  private readonly widths: readonly number[];
  private readonly pending = new Map<string, PendingKey>();
  /** Times that entries were purged before they were read: only a whole pass can tell what they changed. */
  gaps = 0;
  private behindSinceMs: number | null = null;

  constructor(checking: Checking, contracts: readonly TableContract[], start: bigint) {
    this.checking = checking;
    this.contracts = new Map(contracts.map((contract) => [contract.table, contract]));
    const most = Math.max(-1, ...contracts.map((contract) => contract.table)) + 1;
    this.widths = Array.from({ length: most }, (_, table) => this.contracts.get(table)?.key.length ?? 0);
    this.readTo = start;
    this.end = start;
  }

  get verifiedTo(): bigint {
    let to = this.readTo;
    for (const key of this.pending.values()) if (key.first <= to) to = key.first - 1n;
    return to;
  }

  /** Keys known to wait, and entries of the log not looked at. */
  get unverified(): number {
    return this.pending.size + Number(this.end - this.readTo);
  }

  /** When the oldest change that is not verified was first seen; null where there is none. */
  get oldestSinceMs(): number | null {
    let oldest = this.behindSinceMs;
    for (const key of this.pending.values()) if (oldest === null || key.sinceMs < oldest) oldest = key.sinceMs;
    return oldest;
  }

  /** One lap: reads what is new, then checks what waits. A key counts as verified only after its result was taken in. */
  async lap(takeIn: (result: FollowerResult) => Promise<void>): Promise<void> {
    await this.read();
    const batches = [...this.batches()];
    for (let from = 0; from < batches.length; from += CHECKED_AT_ONCE) {
      const together = batches.slice(from, from + CHECKED_AT_ONCE);
      const checked = await allOf(together.map((batch) => checkKeys(this.checking, (batch[0] as PendingKey).contract, batch.map((p) => p.key))));
      for (const [i, result] of checked.entries()) await this.settle(together[i] as PendingKey[], result, takeIn);
    }
  }

  private async settle(batch: readonly PendingKey[], { position, aside, divergences }: KeysChecked, takeIn: (result: FollowerResult) => Promise<void>): Promise<void> {
    const waiting = new Set(aside.map(keyName));
    const diverged = new Set(divergences.map((d) => keyName(d.key)));
    const done = batch.filter((p) => !waiting.has(keyName(p.key)));
    await takeIn({ position, checked: done.length, divergences, settled: done.filter((p) => !diverged.has(keyName(p.key))) });
    // A divergence is known from here on: it is looked at again as one, and not as a change.
    for (const { contract, key } of done) this.pending.delete(`${contract.table}/${keyName(key)}`);
  }

  private async read(): Promise<void> {
    if (this.pending.size >= MOST_PENDING) return;
    const changes = await this.checking.source.ask({ kind: 'changes', after: this.readTo, limit: ENTRIES, keyWidths: this.widths });
    const now = Date.now();
    this.end = changes.end;
    if (changes.gap) this.gaps++;
    for (const { table, key, first } of changes.keys) {
      const contract = this.contracts.get(table);
      if (contract === undefined) continue;
      const name = `${table}/${keyName(key)}`;
      if (!this.pending.has(name)) this.pending.set(name, { contract, key, first, sinceMs: this.behindSinceMs ?? now });
    }
    this.readTo = changes.readTo;
    this.behindSinceMs = this.end > this.readTo ? (this.behindSinceMs ?? now) : null;
  }

  /** Oldest first, one table each. */
  private *batches(): Generator<PendingKey[]> {
    const byTable = Map.groupBy([...this.pending.values()], (p) => p.contract.table);
    for (const keys of byTable.values()) for (let from = 0; from < keys.length; from += KEYS) yield keys.slice(from, from + KEYS);
  }
}
