/** Opens the target at the end: keyless tables lose the identity that only the migration needed, and other roles get back what default privileges had given them. */
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import { readContracts } from '@causeway/control/record/table-record';
import { endRowids } from '@causeway/control/target/rowid-column';
import { restorePrivileges } from '@causeway/control/target/revoked-privileges';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';

export async function openTarget(pool: pg.Pool, record: MigrationRecord): Promise<void> {
  const g = { migration: record.id, generation: record.generation };
  const contracts = await readContracts(pool, g);
  await inTransaction(pool, async (client) => {
    await endRowids(client, g, contracts);
    await restorePrivileges(client, g);
  });
}
