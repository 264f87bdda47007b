/**
 * SQLite without foreign_keys = ON lets an application write orphans at any time. The target follows the source, not
 * the constraint: as in the snapshot, a foreign key that rows of the source break becomes NOT VALID, and is reported.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { StreamSession } from './stream-session.ts';

const NOTE = 'rows that the application wrote while it was followed violate it: it is NOT VALID, and holds for new rows';

export async function demoteForeignKeys(session: StreamSession, oids: ReadonlySet<string>): Promise<void> {
  if (oids.size === 0) return;
  for (const key of session.foreignKeys.filter((foreign) => oids.has(foreign.oid))) {
    const { rows } = await session.client.query('SELECT pg_get_constraintdef($1::oid) AS definition', [key.oid]);
    await session.client.query(`ALTER TABLE ${key.child} DROP CONSTRAINT ${quoteIdentifier(key.name)}`);
    // Invariant: I53
    await session.client.query(`ALTER TABLE ${key.child} ADD CONSTRAINT ${quoteIdentifier(key.name)} ${rows[0].definition} NOT VALID`);
    await session.client.query(
      `UPDATE causeway.schema_object SET fidelity = 'approximated', notes = concat_ws('; ', nullif(notes, ''), $4::text)
        WHERE migration = $1 AND generation = $2 AND kind = 'foreign_key' AND name = $3`,
      [session.g.migration, session.g.generation, key.name, NOTE],
    );
  }
  await session.readCatalogue();
}
