/** Rows of a table that the load works on, from both ends of its key: its oldest and its newest. */
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { isAskable, keyText } from './load-key.ts';
import type { LoadTable } from './load-table.ts';

export interface SampledRows {
  /** Never written: the values that others take. */
  readonly donors: string[];
  readonly rows: string[];
}

const EACH_END = 1_000;
const DONORS = 50;

export function sampleRows(db: SourceDatabase, table: LoadTable): SampledRows {
  const columns = table.key.map((c) => c.sqlite).join(', ');
  const by = (direction: string): string => table.key.map((c) => `${c.sqlite} ${direction}`).join(', ');
  const ends = ['ASC', 'DESC'].flatMap((direction) => db.prepare(`SELECT ${columns} FROM ${table.sqlite} ORDER BY ${by(direction)} LIMIT ${EACH_END}`).safeIntegers().raw().all() as (readonly unknown[])[]);
  const keys = [...new Set(ends.flatMap((key) => (isAskable(key) ? [keyText(key)] : [])))];
  // A small table gives half of its rows as donors.
  const every = Math.max(2, Math.ceil(keys.length / DONORS));
  return { donors: keys.filter((_, i) => i % every === 0), rows: keys.filter((_, i) => i % every !== 0) };
}
