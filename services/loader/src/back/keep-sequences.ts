/**
 * AUTOINCREMENT promises never to use a number again, also one that PostgreSQL gave to a row that is gone. So before the
 * application returns, `sqlite_sequence` goes at least as far as the sequences of PostgreSQL have come.
 */
import { qualifiedName } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { Database } from 'better-sqlite3';
import type pg from 'pg';

/** Source table → last number that its sequence in PostgreSQL gave. */
export async function readSequences(pool: pg.Pool, contracts: readonly TableContract[]): Promise<Map<string, bigint>> {
  const out = new Map<string, bigint>();
  for (const contract of contracts) {
    const column = contract.columns.find((c) => contract.order.kind === 'rowid' && c.source === contract.order.alias);
    if (column === undefined) continue;
    const name = qualifiedName(contract.targetSchema, contract.target);
    const found = await pool.query('SELECT pg_get_serial_sequence($1, $2) AS sequence', [name, column.target]);
    const sequence = found.rows[0].sequence as string | null;
    if (sequence === null) continue;
    const at = await pool.query(`SELECT last_value AS value, is_called FROM ${sequence}`);
    const { value, is_called } = at.rows[0] as { value: bigint; is_called: boolean };
    out.set(contract.source, is_called ? value : value - 1n);
  }
  return out;
}

/** In the caller's transaction. Tables without AUTOINCREMENT have no line there and get none. */
export function keepSequences(db: Database, sequences: ReadonlyMap<string, bigint>): void {
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").get() === undefined) return;
  const raise = db.prepare('UPDATE sqlite_sequence SET seq = ? WHERE name = ? AND seq < ?');
  for (const [table, last] of sequences) raise.run(last, table, last);
}
