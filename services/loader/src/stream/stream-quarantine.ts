/** Quarantine entries of changed rows, as steps of the transaction that applies them. */
import { exactCellJson, type ExactCell } from '@causeway/contracts/source-value';
import { LIVE_RANGE, storedName } from '@causeway/control/record/quarantine-record';
import type { Generation } from '@causeway/control/record/table-record';
import type { RejectedRow } from '../consume/block.ts';
import type { Step } from './pipeline.ts';

export type StoredCells = Readonly<Record<string, ReturnType<typeof exactCellJson>>>;

export const storedCells = (cells: readonly ExactCell[]): StoredCells => Object.fromEntries(cells.map((cell) => [storedName(cell.name), exactCellJson(cell)]));

/** A later version of a row decides anew where it belongs, so the entries of all changed keys go. */
export function removeEntries(g: Generation, table: number, keys: readonly (readonly ExactCell[])[]): Step {
  return {
    text: 'DELETE FROM causeway.quarantine WHERE migration = $1 AND generation = $2::int AND table_no = $3::int AND key = ANY (SELECT jsonb_array_elements($4::jsonb))',
    prepared: true,
    values: [g.migration, String(g.generation), String(table), JSON.stringify(keys.map(storedCells))],
  };
}

export interface Entry {
  readonly key: StoredCells;
  readonly column: string;
  readonly code: string;
  readonly reason: string;
  /** Null where the loader found the row: the extractor, which can read the source, completes it. */
  readonly cells: StoredCells | null;
}

export const entryOf = (reject: RejectedRow): Entry => ({ key: storedCells(reject.key), column: storedName(reject.column), code: reject.code, reason: reject.reason, cells: storedCells(reject.values) });

export function addEntries(g: Generation, table: number, entries: readonly Entry[]): Step {
  return {
    text: `INSERT INTO causeway.quarantine (migration, generation, table_no, range_no, key, column_name, code, reason, cells)
           SELECT $1, $2::int, $3::int, ${LIVE_RANGE}, e->'key', e->>'column', e->>'code', e->>'reason', nullif(e->'cells', 'null') FROM jsonb_array_elements($4::jsonb) AS e`,
    prepared: true,
    values: [g.migration, String(g.generation), String(table), JSON.stringify(entries)],
  };
}
