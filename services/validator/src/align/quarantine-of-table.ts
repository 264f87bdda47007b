/** Reads the keys of a table's quarantined rows from the control record, in pages: there may be a million. */
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import { type StoredCell, storedName } from '@causeway/control/record/quarantine-record';
import type { Generation } from '@causeway/control/record/table-record';
import type pg from 'pg';

const PAGE_ROWS = 5_000;

export async function* quarantineOfTable(pool: pg.Pool, g: Generation, contract: TableContract): AsyncGenerator<readonly ExactCell[]> {
  const names = contract.key.length === 0 ? ['rowid'] : contract.key;
  let after = '0';
  for (;;) {
    const page = await pool.query({
      text: `SELECT q.id::text, q.key FROM causeway.quarantine q
              WHERE migration = $1 AND generation = $2 AND table_no = $3 AND q.id > $4 ORDER BY q.id LIMIT ${PAGE_ROWS}`,
      values: [g.migration, g.generation, contract.table, after],
      rowMode: 'array',
    });
    const rows = page.rows as [id: string, key: Record<string, StoredCell>][];
    for (const [, key] of rows) yield names.map((name) => cellOf(name, key[storedName(name)]));
    const last = rows.at(-1);
    if (rows.length < PAGE_ROWS || last === undefined) return;
    after = last[0];
  }
}

function cellOf(name: string, stored: StoredCell | undefined): ExactCell {
  if (stored === undefined) return { name, class: 'null', bytes: new Uint8Array(0) };
  return { name, class: stored.class, bytes: Buffer.from(stored.base64, 'base64') };
}
