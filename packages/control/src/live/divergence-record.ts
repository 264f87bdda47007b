/** Rows that were found to differ at one position: open until a later check finds them equal. */
import type { StoredCell } from '../record/quarantine-record.ts';
import type { Generation } from '../record/table-record.ts';
import type pg from 'pg';

/** `repaired`: gone by `causeway repair`. */
export type DivergenceState = 'open' | 'repaired' | 'gone';

/** As in the quarantine: `{column: cell}`, `{"rowid": cell}` for a table without a key. */
export type DivergenceKey = Readonly<Record<string, StoredCell>>;

export interface DivergenceRecord {
  readonly table: number;
  readonly key: DivergenceKey;
  readonly kind: 'missing' | 'extra' | 'different';
  readonly columns: readonly string[];
  readonly state: DivergenceState;
  readonly foundAt: Date;
  readonly endedAt: Date | null;
}

const COLUMNS = 'table_no AS "table", key, kind, columns, state, found_at AS "foundAt", ended_at AS "endedAt"';

/** One open row for each key; what is known already only gets its newest kind and columns. True where it is new. */
export async function openDivergence(client: pg.Pool | pg.ClientBase, g: Generation, found: Pick<DivergenceRecord, 'table' | 'key' | 'kind' | 'columns'>): Promise<boolean> {
  const values = [g.migration, g.generation, found.table, JSON.stringify(found.key), found.kind, found.columns];
  const known = await client.query(`UPDATE causeway.divergence SET kind = $5, columns = $6 WHERE migration = $1 AND generation = $2 AND table_no = $3 AND key = $4 AND state = 'open'`, values);
  if ((known.rowCount ?? 0) > 0) return false;
  await client.query('INSERT INTO causeway.divergence (migration, generation, table_no, key, kind, columns) VALUES ($1, $2, $3, $4, $5, $6)', values);
  return true;
}

export async function openDivergences(client: pg.Pool | pg.ClientBase, g: Generation, limit: number): Promise<DivergenceRecord[]> {
  const result = await client.query(`SELECT ${COLUMNS} FROM causeway.divergence WHERE migration = $1 AND generation = $2 AND state = 'open' ORDER BY found_at LIMIT $3`, [g.migration, g.generation, limit]);
  return result.rows as DivergenceRecord[];
}

export async function countOpenDivergences(client: pg.Pool | pg.ClientBase, g: Generation): Promise<number> {
  const result = await client.query(`SELECT count(*)::int AS n FROM causeway.divergence WHERE migration = $1 AND generation = $2 AND state = 'open'`, [g.migration, g.generation]);
  return result.rows[0].n as number;
}

/** The keys were found equal: their open divergences are gone. Returns the keys of these. */
export async function endDivergences(client: pg.Pool | pg.ClientBase, g: Generation, table: number, keys: readonly DivergenceKey[]): Promise<DivergenceKey[]> {
  const result = await client.query(
    `UPDATE causeway.divergence SET state = 'gone', ended_at = clock_timestamp()
      WHERE migration = $1 AND generation = $2 AND table_no = $3 AND state = 'open' AND key IN (SELECT jsonb_array_elements($4::jsonb)) RETURNING key`,
    [g.migration, g.generation, table, JSON.stringify(keys)],
  );
  return result.rows.map((row) => row.key as DivergenceKey);
}

/** Those that are gone since `since` are so because of a repair. Returns how many. */
export async function markRepaired(client: pg.Pool | pg.ClientBase, g: Generation, table: number, keys: readonly DivergenceKey[], since: string): Promise<number> {
  const result = await client.query(
    `UPDATE causeway.divergence SET state = 'repaired'
      WHERE migration = $1 AND generation = $2 AND table_no = $3 AND state = 'gone' AND ended_at >= $5::timestamptz AND key IN (SELECT jsonb_array_elements($4::jsonb))`,
    [g.migration, g.generation, table, JSON.stringify(keys), since],
  );
  return result.rowCount ?? 0;
}
