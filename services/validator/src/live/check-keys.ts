/**
 * Checks rows by key at one position (rules 14 and 15): the source's rows with the log's newest id p in one read
 * transaction; the target once it has applied p, position and rows in one snapshot that stands at q; keys that changed
 * in (p, q] are set aside, and everything where SQLite was not the primary throughout. What differs is read again the same way, and only what differs twice is a divergence.
 */
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { Generation } from '@causeway/control/record/table-record';
import type pg from 'pg';
import { judgeRow, type Verdict } from './judge-row.ts';
import type { Positions } from './positions.ts';
import { keyName, type SourceRowState } from './row-state.ts';
import type { LiveAnswers } from './source/live-messages.ts';
import type { LiveSource } from './source/live-source.ts';
import { findRows, inSnapshot, primaryAttempt } from './target/live-snapshot.ts';

export interface Checking {
  readonly pool: pg.Pool;
  readonly g: Generation;
  readonly source: LiveSource;
  readonly positions: Positions;
}

export interface Divergence extends Verdict {
  readonly contract: TableContract;
  readonly key: readonly ExactCell[];
  /** The log's position at which it was seen for the second time; null while PostgreSQL is the primary. */
  readonly position: bigint | null;
}

export interface KeysChecked {
  /** Position of the source's rows. */
  readonly position: bigint;
  readonly equal: number;
  /** Keys that changed meanwhile: the log names them again. */
  readonly aside: readonly (readonly ExactCell[])[];
  readonly divergences: readonly Divergence[];
}

type Key = readonly ExactCell[];
type SourceRead = Pick<LiveAnswers['states'], 'position' | 'rows'>;

/** `read`: rows of the source that were read already, as the answer of one request. */
export async function checkKeys(checking: Checking, contract: TableContract, keys: readonly Key[], read?: SourceRead & { readonly attempt: bigint | null }): Promise<KeysChecked> {
  const first = await round(checking, contract, keys, false, read);
  if (first.suspects.length === 0) return { position: first.position, equal: first.equal, aside: first.aside, divergences: [] };
  const second = await round(checking, contract, first.suspects.map((s) => s.key), true);
  return {
    position: first.position,
    equal: first.equal + second.equal,
    aside: [...first.aside, ...second.aside],
    divergences: second.suspects.map(({ key, verdict }) => ({ contract, key, ...verdict, position: second.position })),
  };
}

interface Round {
  readonly position: bigint;
  readonly equal: number;
  readonly aside: readonly Key[];
  readonly suspects: readonly { readonly key: Key; readonly verdict: Verdict }[];
}

async function round(checking: Checking, contract: TableContract, keys: readonly Key[], elements: boolean, read?: SourceRead & { readonly attempt: bigint | null }): Promise<Round> {
  const { pool, g, source, positions } = checking;
  // Held from before the read: a position that is read later is no older.
  const release = positions.hold(positions.applied);
  try {
    const before = read === undefined ? await primaryAttempt(pool, g.migration) : read.attempt;
    const { position, rows } = read ?? (await source.ask({ kind: 'states', contract, keys, elements }));
    const asked = rows.map((row) => row.key);
    await positions.reach(position);
    const { found, newest, attempt } = await inSnapshot(pool, g, async (snapshot) => ({
      newest: snapshot.newest,
      attempt: snapshot.attempt,
      found: await findRows(snapshot.client, g, contract, asked, rows.map((row) => row.match), elements),
    }));
    const judged = rows.map((row, i) => ({ key: row.key, verdict: judgeRow(contract, row, targetOf(row, found.rows), found.quarantined.has(i)) }));
    const unequal = judged.filter((row): row is { key: Key; verdict: Verdict } => row.verdict !== null);
    // Invariant: I55
    const changed = await source.ask({ kind: 'between', table: contract.table, width: contract.key.length, after: position, upTo: newest });
    const names = new Set(changed.keys);
    // Invariant: I57
    const unsure = changed.gap || attempt === null || attempt !== before;
    const isAside = (key: Key): boolean => unsure || names.has(keyName(key));
    return {
      position,
      equal: judged.length - judged.filter((row) => row.verdict !== null || isAside(row.key)).length,
      aside: judged.filter((row) => isAside(row.key)).map((row) => row.key),
      suspects: unequal.filter((row) => !isAside(row.key)),
    };
  } finally {
    release();
  }
}

function targetOf(row: SourceRowState, rows: Awaited<ReturnType<typeof findRows>>['rows']): NonNullable<ReturnType<typeof rows.get>> {
  return row.match === null ? [] : (rows.get(row.match) ?? []);
}
