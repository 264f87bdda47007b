/** The id of a migration: the one it has, the one that was asked for, or a random one. */
import { randomBytes } from 'node:crypto';
import { Failure } from '@causeway/contracts/failures';
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import type pg from 'pg';

/** Ids are parts of topic names. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Throws USAGE: a new generation drops the tables of its id, so an id must never be taken from another migration. */
export async function chooseId(pool: pg.Pool, name: string, found: MigrationRecord | null, wanted: string | undefined): Promise<string> {
  if (wanted === undefined) return found?.id ?? randomBytes(6).toString('hex');
  if (!ID.test(wanted)) throw new Failure('USAGE', `--id ${JSON.stringify(wanted)} must be letters, digits, dots, dashes and underscores, at most 64`);
  if (found !== null && found.id !== wanted) throw new Failure('USAGE', `migration ${JSON.stringify(name)} has the id ${found.id}, not ${wanted}`);
  // Invariant: I14
  const taken = await pool.query('SELECT name FROM causeway.migration WHERE id = $1 AND name <> $2', [wanted, name]);
  if (taken.rows[0] !== undefined) throw new Failure('USAGE', `the id ${wanted} belongs to migration ${JSON.stringify(taken.rows[0].name)}`);
  return wanted;
}
