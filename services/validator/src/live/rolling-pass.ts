/**
 * One pass over everything, a range or a page at a time, so that a divergence is found wherever it is. What differs at a
 * glance is only a hint; it is judged by key, at one position.
 */
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import { quarantineOfTable } from '../align/quarantine-of-table.ts';
import { allOf } from './all-of.ts';
import { type Checking, checkKeys, type Divergence } from './check-keys.ts';
import { hasIntegerKey, storedKeyNames } from './live-contract.ts';
import type { LiveAnswers } from './source/live-messages.ts';
import { sweepExtras } from './sweep-extras.ts';
import { inSnapshot, primaryAttempt, rangeList, rangeSum } from './target/live-snapshot.ts';

/** Keys of a range: what one read transaction takes at most. */
const RANGE_ROWS = 16_384;
const PAGE_ROWS = 1_000;
const KEYS = 2_000;
/** Most of a small table's time is waiting for the target's position, which several tables can do together. */
export const PASSED_AT_ONCE = 4;
const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

export interface PassEvents {
  rows(count: number): void;
  diverged(divergences: readonly Divergence[]): Promise<void>;
  /** Awaited between ranges: the change lane may need the machine. */
  breathe(): Promise<void>;
}

// Invariant: I56
export async function rollingPass(checking: Checking, contracts: readonly TableContract[], events: PassEvents): Promise<void> {
  const left = [...contracts];
  const lane = async (): Promise<void> => {
    for (let contract = left.shift(); contract !== undefined; contract = left.shift()) await passTable(checking, contract, events);
  };
  await allOf(Array.from({ length: Math.min(PASSED_AT_ONCE, contracts.length) }, lane));
}

async function passTable(checking: Checking, contract: TableContract, events: PassEvents): Promise<void> {
  if (hasIntegerKey(contract) && (await checking.source.ask({ kind: 'onlyIntegers', contract }))) await byRanges(checking, contract, events);
  else await byPages(checking, contract, events);
  await quarantined(checking, contract, events);
}

/** Rows in the quarantine: the source must still have them, and the target not. */
async function quarantined(checking: Checking, contract: TableContract, events: PassEvents): Promise<void> {
  let keys: (readonly ExactCell[])[] = [];
  const check = async (): Promise<void> => {
    if (keys.length > 0) await events.diverged((await checkKeys(checking, contract, keys)).divergences);
    keys = [];
  };
  for await (const key of quarantineOfTable(checking.pool, checking.g, { ...contract, key: storedKeyNames(contract) })) {
    keys.push(key);
    if (keys.length >= KEYS) await check();
  }
  await check();
}

/** By rows and not by the keys' distance: one key may be 0 and the next one a number made of the time. */
async function byRanges(checking: Checking, contract: TableContract, events: PassEvents): Promise<void> {
  // The next range's source is read while the server is at work on this one.
  let running: Promise<void> | undefined;
  // What the target has outside of the source's keys is extra, or newer: the outer ranges reach to the ends.
  for (let from = LEAST, to = LEAST; to < MOST; from = to + 1n) {
    to = (await checking.source.ask({ kind: 'rangeEnd', contract, low: from, rows: RANGE_ROWS })) ?? MOST;
    const next = checkRange(checking, contract, from, to, events);
    // Awaited one lap later, or never where this lap fails.
    next.catch(() => {});
    await Promise.all([running, events.breathe()]);
    running = next;
  }
  await running;
}

async function checkRange(checking: Checking, contract: TableContract, low: bigint, high: bigint, events: PassEvents): Promise<void> {
  const { pool, g, source, positions } = checking;
  const here = await source.ask({ kind: 'sum', contract, low, high });
  await positions.reach(here.position);
  const there = await inSnapshot(pool, g, ({ client }) => rangeSum(client, contract, low, high));
  if (here.uncanonical > 0 || here.rows !== there.rows || here.sum !== there.sum) {
    const hints = await differingKeys(checking, contract, low, high);
    for (let at = 0; at < hints.length; at += KEYS) await events.diverged((await checkKeys(checking, contract, hints.slice(at, at + KEYS))).divergences);
  }
  events.rows(here.rows);
}

async function differingKeys(checking: Checking, contract: TableContract, low: bigint, high: bigint): Promise<ExactCell[][]> {
  const { pool, g, source, positions } = checking;
  const here = await source.ask({ kind: 'list', contract, low, high });
  await positions.reach(here.position);
  const there = await inSnapshot(pool, g, ({ client }) => rangeList(client, contract, low, high));
  const keys = new Set(here.uncanonical);
  here.keys.forEach((key, i) => {
    if (there.get(key) !== here.digests[i]) keys.add(key);
    there.delete(key);
  });
  for (const key of there.keys()) keys.add(key);
  const name = contract.key[0] as string;
  return [...keys].map((key) => [{ name, class: 'integer', bytes: Buffer.from(String(key)) }]);
}

async function byPages(checking: Checking, contract: TableContract, events: PassEvents): Promise<void> {
  const { source, positions } = checking;
  const { position } = await source.ask({ kind: 'end' });
  const release = positions.hold(position);
  const begun = await primaryAttempt(checking.pool, checking.g.migration);
  const matches: BigInt64Array[] = [];
  try {
    for (let after: readonly ExactCell[] | null = null; ; ) {
      const attempt = await primaryAttempt(checking.pool, checking.g.migration);
      const page: LiveAnswers['page'] = await source.ask({ kind: 'page', contract, after, limit: PAGE_ROWS });
      if (page.rows.length > 0) {
        const checked = await checkKeys(checking, contract, [], { ...page, attempt });
        await events.diverged(checked.divergences);
        events.rows(page.rows.length);
        matches.push(BigInt64Array.from(page.rows.flatMap((row) => (row.match === null ? [] : [row.match]))));
      }
      await events.breathe();
      if (page.next === null) break;
      after = page.next;
    }
    await events.diverged(await sweepExtras(checking, contract, matches, position, begun));
  } finally {
    release();
  }
}
