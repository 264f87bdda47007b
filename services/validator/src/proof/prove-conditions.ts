/**
 * Proves translated conditions (CHECK, WHERE of a partial index) on every row: both databases count how often each
 * holds, fails and is unknown. Rows in the quarantine are on one side only, so their table's conditions stay unproved.
 */
import { type ObjectProof, readProofs, setProofOutcome } from '@causeway/control/record/object-record';
import type { Generation } from '@causeway/control/record/table-record';
import type { Log } from '@causeway/runtime/log';
import { messageOf, oneStatement } from '@causeway/runtime/postgres-pool';
import { openSource, type SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type pg from 'pg';
import type { TableVerification } from '../report/table-verification.ts';

interface Counts {
  readonly holds: number;
  readonly fails: number;
  readonly unknown: number;
}

export async function proveConditions(pool: pg.Pool, g: Generation, sourceFile: string, tables: readonly TableVerification[], log: Log): Promise<void> {
  const proofs = await readProofs(pool, g);
  if (proofs.length === 0) return;
  const db = openSource(sourceFile);
  try {
    for (const { number, table, kind, proof } of proofs) {
      const verified = tables.find((t) => t.table === table);
      if (verified === undefined || !verified.equal) continue;
      const outcome = verified.quarantinedRows > 0 ? { note: `left out, ${verified.quarantinedRows} row(s) of the table are in the quarantine`, holds: true } : await prove(pool, db, proof);
      await setProofOutcome(pool, g, number, outcome.note, outcome.holds);
      if (!outcome.holds) log.warn({ table, kind }, 'a translated condition answers otherwise on some rows');
    }
  } finally {
    db.close();
  }
}

/** One statement that only reads, whatever the plan holds. */
async function ask(pool: pg.Pool, sql: string): Promise<unknown> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN READ ONLY');
    return (await client.query(oneStatement(sql))).rows[0];
  } finally {
    await client.query('ROLLBACK').catch(() => {});
    client.release();
  }
}

async function prove(pool: pg.Pool, db: SourceDatabase, proof: ObjectProof): Promise<{ note: string; holds: boolean }> {
  let source: Counts;
  let target: Counts;
  try {
    source = db.prepare(proof.sqlite).get() as Counts;
    const row = (await ask(pool, proof.postgres)) as Record<keyof Counts, bigint>;
    target = { holds: Number(row.holds), fails: Number(row.fails), unknown: Number(row.unknown) };
  } catch (error) {
    // A function of the application's own, for example: the object itself was made, or failed, with its own reason.
    return { note: `not possible, ${messageOf(error).replaceAll(';', ',')}`, holds: true };
  }
  const rows = source.holds + source.fails + source.unknown;
  if (source.holds === target.holds && source.fails === target.fails && source.unknown === target.unknown) return { note: `same answer on all ${rows} rows`, holds: true };
  return { note: `holds on ${source.holds} rows in SQLite and on ${target.holds} in PostgreSQL, of ${rows}`, holds: false };
}
