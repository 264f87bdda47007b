/**
 * While PostgreSQL is the primary: compares every row that the way back has written, so that a rollback finds little left
 * to compare under its fence. A look is only believed where nothing moved: PostgreSQL's snapshot comes first, SQLite has
 * applied all that was published by then, and neither has anything of these rows still under way.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { Generation } from '@causeway/control/record/table-record';
import type pg from 'pg';
import type { Divergence } from './check-keys.ts';
import type { FollowerResult } from './change-follower.ts';
import { judgeRow } from './judge-row.ts';
import { keyName, type SourceRowState } from './row-state.ts';
import type { BackPlace } from './source/live-messages.ts';
import type { LiveSource } from './source/live-source.ts';
import { type BackSnapshot, inBackSnapshot } from './target/back-snapshot.ts';
import { findRows } from './target/live-snapshot.ts';

type Key = readonly ExactCell[];

interface PendingKey {
  readonly contract: TableContract;
  readonly key: Key;
  /** Newest entry that was read of it. */
  readonly last: bigint;
}

export interface BackChecking {
  readonly pool: pg.Pool;
  readonly g: Generation;
  readonly source: LiveSource;
  readonly signal: AbortSignal;
}

interface BackLook {
  readonly snapshot: BackSnapshot;
  readonly found: Awaited<ReturnType<typeof findRows>>;
  readonly before: BackPlace;
  readonly after: BackPlace;
  readonly rows: readonly SourceRowState[];
  /** Keys that the way back wrote since `before`. */
  readonly moved: ReadonlySet<string>;
  /** SQLite had applied all that was published before the snapshot. */
  readonly arrived: boolean;
}

const ENTRIES = 20_000;
const KEYS = 2_000;
const POLL_MS = 10;
/** A batch that does not come by then is looked for again in the next lap. */
const PATIENCE_MS = 2_000;

export class BackFollower {
  private readonly checking: BackChecking;
  private readonly contracts: ReadonlyMap<number, TableContract>;
  private readonly widths: readonly number[];
  private readonly pending = new Map<string, PendingKey>();
  private readonly suspects = new Set<string>();
  private fence = 0n;
  private readTo = 0n;
  private end = 0n;
  /** Attempt of a rollback under whose fence everything was found equal. */
  verifiedAttempt = 0n;

  constructor(checking: BackChecking, contracts: readonly TableContract[]) {
    this.checking = checking;
    this.contracts = new Map(contracts.map((contract) => [contract.table, contract]));
    const most = Math.max(-1, ...contracts.map((contract) => contract.table)) + 1;
    this.widths = Array.from({ length: most }, (_, table) => this.contracts.get(table)?.key.length ?? 0);
  }

  get unverified(): number {
    return this.pending.size + Number(this.end - this.readTo);
  }

  async lap(takeIn: (result: FollowerResult) => Promise<void>): Promise<void> {
    const place = await this.checking.source.ask({ kind: 'backPlace' });
    if (place.fence === 0n) return;
    if (place.fence !== this.fence) this.begin(place.fence);
    await this.read();
    let still: bigint | null = null;
    for (const batch of this.batches()) still = await this.check(batch, takeIn);
    if (this.pending.size === 0 && this.suspects.size === 0) still = await this.stillAt();
    // Invariant: I88
    if (still !== null && this.unverified === 0 && this.suspects.size === 0) this.verifiedAttempt = still;
  }

  private begin(fence: bigint): void {
    this.fence = fence;
    this.readTo = 0n;
    this.end = 0n;
    this.pending.clear();
    this.suspects.clear();
    this.verifiedAttempt = 0n;
  }

  /** The attempt under whose two fences nothing can move any more, if everything is read up to the end of what was written. */
  private async stillAt(): Promise<bigint | null> {
    const snapshot = await inBackSnapshot(this.checking.pool, this.checking.g, async (s) => s);
    const place = await this.checking.source.ask({ kind: 'backPlace' });
    return drained(snapshot, place) && place.end === this.readTo ? snapshot.attempt : null;
  }

  private async read(): Promise<void> {
    do {
      const changes = await this.checking.source.ask({ kind: 'backChanges', after: this.readTo, limit: ENTRIES, keyWidths: this.widths });
      this.end = changes.end;
      for (const { table, key, last } of changes.keys) {
        const contract = this.contracts.get(table);
        if (contract !== undefined) this.pending.set(`${table}/${keyName(key)}`, { contract, key, last });
      }
      this.readTo = changes.readTo;
    } while (this.readTo < this.end);
  }

  private *batches(): Generator<PendingKey[]> {
    const byTable = Map.groupBy([...this.pending.values()], (p) => p.contract.table);
    for (const keys of byTable.values()) for (let from = 0; from < keys.length; from += KEYS) yield keys.slice(from, from + KEYS);
  }

  /** The attempt of a rollback where nothing could move while this was looked at; else null. */
  private async check(batch: readonly PendingKey[], takeIn: (result: FollowerResult) => Promise<void>): Promise<bigint | null> {
    const contract = (batch[0] as PendingKey).contract;
    const look = await this.look(contract, batch.map((p) => p.key));
    if (look === null) return null;
    const { snapshot, before, after, rows, found, moved } = look;
    // Invariant: I89
    const believed = !snapshot.queued.has(contract.table) && look.arrived;
    const divergences: Divergence[] = [];
    const settled: { contract: TableContract; key: Key }[] = [];
    let checked = 0;
    for (const [i, row] of rows.entries()) {
      const { key } = batch[i] as PendingKey;
      const name = `${contract.table}/${keyName(key)}`;
      const verdict = judgeRow(contract, row, targetOf(row, found.rows), found.quarantined.has(i));
      // What changes meanwhile is logged once more, so an equal row is done with whatever else is under way.
      if (moved.has(keyName(key)) || (verdict !== null && !believed)) continue;
      checked++;
      if (verdict === null) {
        this.pending.delete(name);
        this.suspects.delete(name);
        settled.push({ contract, key });
      } else if (this.suspects.has(name)) {
        // Seen twice, each time with nothing of it under way.
        divergences.push({ contract, key, ...verdict, position: before.end });
        this.pending.delete(name);
      } else this.suspects.add(name);
    }
    await takeIn({ checked, divergences, settled });
    return drained(snapshot, before) && after.end === this.readTo ? snapshot.attempt : null;
  }

  /** PostgreSQL first, then SQLite; null where the fence has changed in between, or PostgreSQL is not the primary. */
  private async look(contract: TableContract, keys: readonly Key[]): Promise<BackLook | null> {
    const { pool, g, source } = this.checking;
    const elements = this.suspects.size > 0;
    const before = await source.ask({ kind: 'backPlace' });
    // Only for the digests of the keys: what the rows hold is read after PostgreSQL.
    const named = await source.ask({ kind: 'backStates', contract, keys, elements: false, after: before.end });
    const { snapshot, found } = await inBackSnapshot(pool, g, async (seen) => ({ snapshot: seen, found: await findRows(seen.client, g, contract, keys, named.rows.map((row) => row.match), elements) }));
    if (snapshot.attempt === null) return null;
    const arrived = !snapshot.queued.has(contract.table) && (await this.arrived(snapshot));
    const states = await source.ask({ kind: 'backStates', contract, keys, elements, after: before.end });
    const after = await source.ask({ kind: 'backPlace' });
    if (states.fence !== this.fence || after.fence !== this.fence) return null;
    return { snapshot, found, before, after, rows: states.rows, moved: new Set(states.changed), arrived };
  }

  /** SQLite has applied what was published before PostgreSQL's snapshot. */
  private async arrived(snapshot: BackSnapshot): Promise<boolean> {
    for (const until = performance.now() + PATIENCE_MS; performance.now() < until; ) {
      const place = await this.checking.source.ask({ kind: 'backPlace' });
      if (place.epoch > snapshot.publishedEpoch || (place.epoch === snapshot.publishedEpoch && place.batch >= snapshot.publishedBatch)) return true;
      await sleep(POLL_MS, undefined, { signal: this.checking.signal });
    }
    return false;
  }
}

/** Under the fences of a rollback, with its marker arrived. */
function drained(snapshot: BackSnapshot, place: BackPlace): boolean {
  return snapshot.phase === 'returning' && snapshot.queued.size === 0 && snapshot.attempt !== null && place.marker === snapshot.attempt;
}

function targetOf(row: SourceRowState, rows: Awaited<ReturnType<typeof findRows>>['rows']): NonNullable<ReturnType<typeof rows.get>> {
  return row.match === null ? [] : (rows.get(row.match) ?? []);
}
