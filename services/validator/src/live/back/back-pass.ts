/**
 * One pass over everything while PostgreSQL is the primary: what SQLite holds, however it came there. What differs at a
 * glance is only a hint; it is looked at twice, with time in between, and only what differs each time with nothing of it
 * under way is a divergence.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { Divergence } from '../check-keys.ts';
import { hasIntegerKey } from '../live-contract.ts';
import type { PassEvents } from '../rolling-pass.ts';
import type { LiveAnswers } from '../source/live-messages.ts';
import { joined, unknownRows } from '../sweep-extras.ts';
import { brokenTables, computedAmong, inBackSnapshot, type KeyTexts, matchesOf } from '../target/back-snapshot.ts';
import { rangeList, rangeSum } from '../target/live-snapshot.ts';
import { type BackChecking, type BackKey, lookAtRows } from './look-at-rows.ts';
import type { Turns } from './turns.ts';

const RANGE_ROWS = 16_384;
const PAGE_ROWS = 1_000;
const KEYS = 2_000;
const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;
/** Between two looks at one row. */
const APART_MS = 300;
/** Looks that may find SQLite behind before a hint is left to the next pass. */
const TRIES = 10;

export class BackPass {
  private readonly checking: BackChecking;
  private readonly turns: Turns;
  private readonly events: PassEvents;
  /** Hints that no look could settle: the pass is not whole. */
  private open = 0;

  constructor(checking: BackChecking, turns: Turns, events: PassEvents) {
    this.checking = checking;
    this.turns = turns;
    this.events = events;
  }

  /** True where every row was compared. */
  // Invariant: I92
  async over(contracts: readonly TableContract[]): Promise<boolean> {
    for (const contract of contracts) {
      const { pool, g, source } = this.checking;
      if ((await brokenTables(pool, g)).includes(contract.table)) {
        this.open++;
        continue;
      }
      if (hasIntegerKey(contract) && (await source.ask({ kind: 'onlyIntegers', contract }))) await this.byRanges(contract);
      else await this.byPages(contract);
    }
    return this.open === 0;
  }

  private async byRanges(contract: TableContract): Promise<void> {
    // The outer ranges reach to the ends: what one side has outside of the other's keys is seen there.
    for (let from = LEAST, to = LEAST; to < MOST; from = to + 1n) {
      to = (await this.checking.source.ask({ kind: 'rangeEnd', contract, low: from, rows: RANGE_ROWS })) ?? MOST;
      await this.range(contract, from, to);
      await this.events.breathe();
    }
  }

  private async range(contract: TableContract, low: bigint, high: bigint): Promise<void> {
    const { pool, g, source } = this.checking;
    const [here, there] = await Promise.all([source.ask({ kind: 'sum', contract, low, high }), inBackSnapshot(pool, g, ({ client }) => rangeSum(client, contract, low, high))]);
    if (here.uncanonical > 0 || here.rows !== there.rows || here.sum !== there.sum) {
      await this.confirm(contract, await this.differing(contract, low, high));
    }
    this.events.rows(here.rows);
  }

  private async differing(contract: TableContract, low: bigint, high: bigint): Promise<{ texts: KeyTexts }[]> {
    const { pool, g, source } = this.checking;
    const [here, there] = await Promise.all([source.ask({ kind: 'list', contract, low, high }), inBackSnapshot(pool, g, ({ client }) => rangeList(client, contract, low, high))]);
    const keys = new Set(here.uncanonical);
    here.keys.forEach((key, i) => {
      if (there.get(key) !== here.digests[i]) keys.add(key);
      there.delete(key);
    });
    for (const key of there.keys()) keys.add(key);
    const hints = [...keys].map((key) => ({ texts: [String(key)] }));
    // There may be as many of these as the application has written: what is known of them is not found anew in each pass.
    const known = await inBackSnapshot(pool, g, async ({ client }) => ({ of: await matchesOf(client, contract, hints.map((hint) => hint.texts)), computed: await computedAmong(client, g, contract, hints.map((hint) => hint.texts), []) }));
    return hints.filter((_, i) => !known.computed.has(known.of[i] as bigint));
  }

  private async byPages(contract: TableContract): Promise<void> {
    const { pool, g, source } = this.checking;
    const matches: BigInt64Array[] = [];
    for (let after: LiveAnswers['page']['next'] = null; ; ) {
      const page: LiveAnswers['page'] = await source.ask({ kind: 'page', contract, after, limit: PAGE_ROWS });
      await this.confirm(contract, page.rows.map((row) => ({ cells: row.key, match: row.match })));
      matches.push(BigInt64Array.from(page.rows.flatMap((row) => (row.match === null ? [] : [row.match]))));
      this.events.rows(page.rows.length);
      await this.events.breathe();
      if (page.next === null) break;
      after = page.next;
    }
    const known = joined(matches).sort();
    const hints = await inBackSnapshot(pool, g, ({ client }) => unknownRows(client, contract, known));
    await this.confirm(contract, hints.map((hint) => ({ texts: hint.key.map((cell) => (cell.class === 'null' ? null : Buffer.from(cell.bytes).toString())) satisfies KeyTexts })));
  }

  private async confirm(contract: TableContract, hints: readonly BackKey[]): Promise<void> {
    for (let from = 0; from < hints.length; from += KEYS) {
      const suspects = await this.differingRows(contract, hints.slice(from, from + KEYS), false);
      if (suspects.length === 0) continue;
      await sleep(APART_MS, undefined, { signal: this.checking.signal });
      const again = await this.differingRows(contract, suspects.map((row) => row.asked), true);
      await this.events.diverged(again.map(({ key, verdict }) => ({ contract, key, kind: verdict.kind, columns: verdict.columns, position: null }) satisfies Divergence));
    }
  }

  private async differingRows(contract: TableContract, keys: readonly BackKey[], thorough: boolean): Promise<{ asked: BackKey; key: Divergence['key']; verdict: Pick<Divergence, 'kind' | 'columns'> }[]> {
    for (let tries = 0; tries < TRIES; tries++) {
      const looked = await this.turns.take(() => lookAtRows(this.checking, contract, keys, thorough));
      if (looked !== null) return looked.flatMap(({ asked, aside, verdict, key }) => (aside || verdict === null ? [] : [{ asked, key, verdict }]));
      await this.events.breathe();
    }
    this.open++;
    return [];
  }
}
