/** Tells what of the application's own objects is not, or not yet, as it was before the load. */
import { qualifiedName, quoteIdentifier } from '@causeway/contracts/identifier';
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import { readSuspended } from '@causeway/control/record/suspended-object';
import type pg from 'pg';

/** After a run that failed: nothing is lost, and the next run gives it back. */
export async function notesAfterFailure(pool: pg.Pool, migration: string): Promise<string[]> {
  const waiting = await readSuspended(pool, migration);
  if (waiting.length === 0) return [];
  return [`${waiting.length} index(es), constraint(s) and trigger(s) of the existing tables stand aside, recorded in causeway.suspended_object; the same command, run again, gives them back`];
}

/** After a run that succeeded: what PostgreSQL refused to make again, or only with NOT VALID. */
export async function notesAfterRestore(pool: pg.Pool, record: MigrationRecord): Promise<string[]> {
  const failed = (await readSuspended(pool, record.id)).map((o) => `${o.kind} ${quoteIdentifier(o.name)} of ${qualifiedName(o.schema, o.table)} could not be made again; see the report`);
  const weakened = await pool.query("SELECT name FROM causeway.schema_object WHERE migration = $1 AND generation = $2 AND kind = 'foreign_key' AND fidelity = 'approximated' AND state = 'made' ORDER BY object_no", [record.id, record.generation]);
  return [...failed, ...weakened.rows.map((row) => `foreign key ${quoteIdentifier(row.name as string)} is NOT VALID: rows that were moved break it`)];
}
