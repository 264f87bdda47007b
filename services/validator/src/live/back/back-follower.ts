/**
 * While PostgreSQL is the primary: compares every row that was written there, so that a rollback finds little left to
 * compare under its fence. The keys come from PostgreSQL's own record, in which they stand from the writer's transaction
 * until their rows were found equal: a change that was lost anywhere on the way back is found like one that came wrong.
 */
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { FollowerResult } from '../change-follower.ts';
import type { Divergence } from '../check-keys.ts';
import { backRest, forgetKeys, forgetTables, type WaitingKey, waitingKeys } from '../target/back-changes.ts';
import { brokenTables } from '../target/back-snapshot.ts';
import { type BackChecking, lookAtRows } from './look-at-rows.ts';
import type { Turns } from './turns.ts';

const ENTRIES = 20_000;
const KEYS = 2_000;
const COUNT_LIMIT = 100_000;

export class BackFollower {
  /** Entries that wait; null before the first look at them. */
  unverified: number | null = null;
  /** Attempt of a rollback under whose fences everything was found equal. */
  verifiedAttempt = 0n;
  private readonly checking: BackChecking;
  private readonly contracts: ReadonlyMap<number, TableContract>;
  /** Tables whose rows cannot be named, which is told elsewhere. */
  private readonly unnamed: readonly number[];
  private readonly turns: Turns;
  /** Differed when they were looked at last. */
  private readonly suspects = new Set<string>();

  constructor(checking: BackChecking, contracts: readonly TableContract[], unnamed: readonly number[], turns: Turns) {
    this.checking = checking;
    this.contracts = new Map(contracts.map((contract) => [contract.table, contract]));
    this.unnamed = unnamed;
    this.turns = turns;
  }

  async lap(takeIn: (result: FollowerResult) => Promise<void>): Promise<void> {
    const { pool, g, source } = this.checking;
    const { marker } = await source.ask({ kind: 'backPlace' });
    const waiting = await waitingKeys(pool, g, [...this.unnamed, ...(await brokenTables(pool, g))], ENTRIES);
    for (const [table, keys] of Map.groupBy(waiting, (key) => key.table)) {
      const contract = this.contracts.get(table);
      for (let from = 0; contract !== undefined && from < keys.length; from += KEYS) {
        await this.turns.take(() => this.check(contract, keys.slice(from, from + KEYS), takeIn));
      }
    }
    await forgetTables(pool, g, this.unnamed);
    // Under both fences, with the marker arrived before this was read, nothing can come any more.
    const rest = await backRest(pool, g, this.unnamed, COUNT_LIMIT);
    this.unverified = rest.waiting;
    // Invariant: I88
    if (rest.phase === 'returning' && marker === rest.attempt && !rest.queued && rest.waiting === 0) this.verifiedAttempt = rest.attempt;
  }

  private async check(contract: TableContract, keys: readonly WaitingKey[], takeIn: (result: FollowerResult) => Promise<void>): Promise<void> {
    const thorough = keys.some((key) => this.suspects.has(nameOf(key)));
    const looked = await lookAtRows(this.checking, contract, keys, thorough);
    if (looked === null) return;
    const divergences: Divergence[] = [];
    const settled: { contract: TableContract; key: readonly ExactCell[] }[] = [];
    const done: WaitingKey[] = [];
    for (const { asked, aside, verdict, key } of looked) {
      const name = nameOf(asked);
      // A key that was set aside stands in the record once more, or as a problem.
      const sure = aside || verdict === null || this.suspects.has(name);
      if (sure) done.push(asked);
      if (aside || verdict === null || sure) this.suspects.delete(name);
      else this.suspects.add(name);
      if (aside) continue;
      if (verdict === null) settled.push({ contract, key });
      else if (sure) divergences.push({ contract, key, ...verdict, position: null });
    }
    await takeIn({ position: null, checked: done.length, divergences, settled });
    await forgetKeys(this.checking.pool, done);
  }
}

const nameOf = (key: WaitingKey): string => JSON.stringify([key.table, key.texts]);
