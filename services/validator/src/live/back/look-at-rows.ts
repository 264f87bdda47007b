/**
 * One look at some rows while PostgreSQL is the primary: PostgreSQL's rows in one snapshot; then SQLite's, once it has
 * taken in all that was published before that snapshot; then, in a later snapshot, which keys were written meanwhile.
 * Those are set aside, and so are rows that are told as problems of the way back: what is left must be equal.
 *
 * Whatever came to SQLite since the first snapshot was queued in PostgreSQL before it travelled, and is still in the
 * queue, or among the keys that have left it, when the last one is taken.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { Generation } from '@causeway/control/record/table-record';
import type pg from 'pg';
import type { Verdict } from '../judge-row.ts';
import type { SourceRowState, TargetRowState } from '../row-state.ts';
import { keySpellings } from '../source/key-spellings.ts';
import type { AskedRow, BackPlace } from '../source/live-messages.ts';
import type { LiveSource } from '../source/live-source.ts';
import { type BackSnapshot, changedSince, computedAmong, inBackSnapshot, type KeyTexts, matchesOf, problemsOf, rowsOf } from '../target/back-snapshot.ts';
import { findRows, quarantinedAmong, storedKey } from '../target/live-snapshot.ts';
import { judgeBack } from './judge-back.ts';

/** A row, by its key as PostgreSQL prints it, or as SQLite holds it with the key's digest. */
export type BackKey = { readonly texts: KeyTexts } | { readonly cells: readonly ExactCell[]; readonly match: bigint | null };

export interface BackChecking {
  readonly pool: pg.Pool;
  readonly g: Generation;
  readonly source: LiveSource;
  readonly signal: AbortSignal;
}

export interface LookedAt<K extends BackKey = BackKey> {
  readonly asked: K;
  /** Nothing can be said of it now: it has changed, and will be looked at again for that. */
  readonly aside: boolean;
  readonly verdict: Verdict | null;
  /** As SQLite spells the key, or would. */
  readonly key: readonly ExactCell[];
}

const POLL_MS = 10;
const PATIENCE_MS = 300;

/** Null where nothing can be said at all: SQLite is behind, or PostgreSQL is not the primary. */
// Invariant: I91
export async function lookAtRows<K extends BackKey>(checking: BackChecking, contract: TableContract, keys: readonly K[], thorough: boolean): Promise<LookedAt<K>[] | null> {
  const { pool, g, source } = checking;
  const { fence } = await source.ask({ kind: 'backPlace' });
  const first = await inBackSnapshot(pool, g, async (snapshot) => ({ snapshot, ...(await targetStates(snapshot, g, contract, keys, thorough)) }));
  if (!isPrimary(first.snapshot) || !(await arrived(checking, first.snapshot))) return null;
  const asked = keys.map((key, i): AskedRow => ('cells' in key ? { cells: key.cells } : { match: first.matches[i] as bigint, spellings: keySpellings(contract, key.texts) }));
  const here = await source.ask({ kind: 'backStates', contract, asked, elements: thorough, thorough });
  const last = await inBackSnapshot(pool, g, async (snapshot) => ({ snapshot, ...(await setAside(snapshot, g, contract, keys, first, here.rows)) }));
  if (fence === 0n || here.place.fence !== fence || !isPrimary(last.snapshot)) return null;
  return keys.map((key, i) => {
    const match = first.matches[i] ?? null;
    const rows = here.rows[i] ?? [];
    const target = match === null ? [] : (first.rows.get(match) ?? []);
    return {
      asked: key,
      aside: match !== null && last.aside.has(match),
      verdict: judgeBack(contract, rows, target, last.quarantined.has(i)),
      key: rows[0]?.key ?? ('cells' in key ? key.cells : spelled(contract, key.texts)),
    };
  });
}

const isPrimary = ({ phase }: BackSnapshot): boolean => phase === 'switched' || phase === 'returning';

const textsOf = (keys: readonly BackKey[]): KeyTexts[] => keys.flatMap((key) => ('texts' in key ? [key.texts] : []));
const cellsOf = (keys: readonly BackKey[]): (readonly ExactCell[])[] => keys.flatMap((key) => ('cells' in key ? [key.cells] : []));

interface TargetStates {
  /** Digest of each key; null where it has no canonical form, so that PostgreSQL cannot hold it. */
  readonly matches: readonly (bigint | null)[];
  readonly rows: ReadonlyMap<bigint, readonly TargetRowState[]>;
}

async function targetStates({ client }: BackSnapshot, g: Generation, contract: TableContract, keys: readonly BackKey[], elements: boolean): Promise<TargetStates> {
  const texts = textsOf(keys);
  const printed = texts.length === 0 ? [] : await matchesOf(client, contract, texts);
  const rows = texts.length === 0 ? new Map<bigint, TargetRowState[]>() : await rowsOf(client, contract, texts, elements);
  const held = keys.flatMap((key) => ('cells' in key ? [key] : []));
  if (held.length > 0) {
    const found = await findRows(client, g, contract, held.map((k) => k.cells), held.map((k) => k.match), elements);
    for (const [match, states] of found.rows) rows.set(match, [...states]);
  }
  let next = 0;
  return { rows, matches: keys.map((key) => ('texts' in key ? (printed[next++] ?? null) : key.match)) };
}

async function setAside({ client }: BackSnapshot, g: Generation, contract: TableContract, keys: readonly BackKey[], first: TargetStates & { snapshot: BackSnapshot }, here: readonly (readonly SourceRowState[])[]): Promise<{ aside: Set<bigint>; quarantined: Set<number> }> {
  const aside = await changedSince(client, g, contract, first.snapshot.newest);
  for (const match of await problemsOf(client, g, contract)) aside.add(match);
  for (const match of await computedAmong(client, g, contract, textsOf(keys), cellsOf(keys).map((cells) => storedKey(contract, cells)))) aside.add(match);
  // Only a row that PostgreSQL does not have can be one that it never took.
  const only = here.flatMap((rows, i) => (rows[0] !== undefined && (first.rows.get(first.matches[i] as bigint) ?? []).length === 0 ? [{ i, key: rows[0].key }] : []));
  const named = only.length === 0 ? new Set<number>() : await quarantinedAmong(client, g, contract, only.map((row) => row.key));
  return { aside, quarantined: new Set([...named].map((n) => only[n]?.i as number)) };
}

/** SQLite has applied what was published before PostgreSQL's snapshot. */
async function arrived({ source, signal }: BackChecking, snapshot: BackSnapshot): Promise<boolean> {
  for (const until = performance.now() + PATIENCE_MS; ; ) {
    if (hasCome(await source.ask({ kind: 'backPlace' }), snapshot)) return true;
    if (performance.now() >= until) return false;
    await sleep(POLL_MS, undefined, { signal });
  }
}

function hasCome(place: BackPlace, { publishedEpoch, publishedBatch }: BackSnapshot): boolean {
  return place.epoch > publishedEpoch || (place.epoch === publishedEpoch && place.batch >= publishedBatch);
}

/** The usual spelling of a key that SQLite does not have. */
function spelled(contract: TableContract, texts: KeyTexts): ExactCell[] {
  return keySpellings(contract, texts).map((list, i) => list?.[0] ?? { name: contract.key[i] as string, class: 'text', bytes: Buffer.from(texts[i] ?? '') });
}
