/** Holds one side against what the ledger says: what is missing, what should not be there, what is another. */
import { cellsOf, keyOf, type Row } from '../cells.ts';
import { archiveRow } from '../first-rows.ts';
import type { Replayed } from '../ledger/replay-ledger.ts';
import { type AppTable, TABLES } from '../tables.ts';
import type { World } from '../world.ts';
import type { Side } from './read-rows.ts';

export interface SideVerdict {
  readonly side: Side['name'];
  /** Rows that are missing, or older than acknowledged. */
  readonly lost: number;
  /** Rows that are there twice, or that were removed, or that nobody wrote. */
  readonly doubled: number;
  /** Rows of the right version with other cells. */
  readonly different: number;
  readonly rows: number;
  /** Writes of unknown outcome that were found. */
  readonly unknownFound: readonly number[];
  /** The first few, by table, key and column; never more than a screen. */
  readonly details: readonly string[];
}

const MOST_DETAILS = 20;

/** `expected` is changed: the writes of unknown outcome that this side holds are put in, all of their rows or none. */
export async function compareSide(side: Side, ledger: Replayed, expected: World): Promise<SideVerdict> {
  const unknownFound = await settle(side, ledger, expected);
  const tally = { lost: 0, doubled: 0, different: 0, rows: 0, details: [] as string[] };
  for (const table of TABLES) await compareTable(side, table, tally, table.name === 'archive' ? archiveOf(expected, ledger.start?.ballast ?? 0) : plain(expected, table));
  return { side: side.name, ...tally, unknownFound };
}

async function settle(side: Side, ledger: Replayed, expected: World): Promise<number[]> {
  if (ledger.unknown.length === 0) return [];
  const numbers = new Set<string>();
  const writes = TABLES.find((t) => t.name === 'writes') as AppTable;
  for await (const row of side.rows(writes)) numbers.add(row['n'] as string);
  const found = ledger.unknown.filter((intent) => numbers.has(String(intent.i)));
  for (const intent of found) expected.apply(intent.o);
  return found.map((intent) => intent.i);
}

interface Expected {
  readonly get: (key: string) => Row | undefined;
  readonly missing: (seen: ReadonlySet<string>) => Iterable<string>;
}

function plain(world: World, table: AppTable): Expected {
  const rows = world.rows(table.name);
  return { get: (key) => rows.get(key), missing: (seen) => [...rows.values()].map((row) => keyOf(table, row)).filter((key) => !seen.has(key)) };
}

/** The ballast is never removed, and nothing is added to it. */
function archiveOf(world: World, ballast: number): Expected {
  const idOf = (key: string): number => Number((JSON.parse(key) as string[])[0]);
  return {
    get: (key) => world.rows('archive').get(key) ?? (idOf(key) >= 1 && idOf(key) <= ballast ? archiveRow(idOf(key)) : undefined),
    *missing(seen) {
      for (let id = 1; id <= ballast && seen.size < ballast; id++) if (!seen.has(JSON.stringify([String(id)]))) yield JSON.stringify([String(id)]);
    },
  };
}

interface Tally {
  lost: number;
  doubled: number;
  different: number;
  rows: number;
  readonly details: string[];
}

async function compareTable(side: Side, table: AppTable, tally: Tally, expected: Expected): Promise<void> {
  const tell = (what: string, key: string): void => {
    if (tally.details.length < MOST_DETAILS) tally.details.push(`${side.name} ${table.name} ${key}: ${what}`);
  };
  const seen = new Set<string>();
  for await (const row of side.rows(table)) {
    tally.rows++;
    const key = keyOf(table, row);
    const must = expected.get(key);
    if (must === undefined || seen.has(key)) {
      tally.doubled++;
      tell(must === undefined ? `should not be there (version ${row['version'] ?? 'none'})` : 'is there twice', key);
    } else if (JSON.stringify(cellsOf(table, must)) !== JSON.stringify(cellsOf(table, row))) {
      const older = Number(row['version'] ?? 0) < Number(must['version'] ?? 0);
      tally[older ? 'lost' : 'different']++;
      tell(`${older ? 'older than acknowledged' : 'different'}: ${Object.keys(table.columns).filter((c) => row[c] !== must[c]).map((c) => `${c} is ${row[c]}, not ${must[c]}`).join('; ')}`, key);
    }
    seen.add(key);
  }
  for (const key of expected.missing(seen)) {
    tally.lost++;
    tell('is missing', key);
  }
}
