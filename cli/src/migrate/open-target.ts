/** Opens the target at the end: keyless tables lose the identity that only the migration needed, and other roles get back what default privileges had given them. */
import { qualifiedName, quoteIdentifier } from '@causeway/contracts/identifier';
import { ROWID_COLUMN } from '@causeway/contracts/table-contract';
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import { readContracts } from '@causeway/control/record/table-record';
import { restorePrivileges } from '@causeway/control/target/revoked-privileges';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';

export async function openTarget(pool: pg.Pool, record: MigrationRecord): Promise<void> {
  const g = { migration: record.id, generation: record.generation };
  const contracts = await readContracts(pool, g);
  await inTransaction(pool, async (client) => {
    for (const contract of contracts.filter((c) => c.keyless)) {
      await client.query(`ALTER TABLE ${qualifiedName(contract.targetSchema, contract.target)} DROP COLUMN IF EXISTS ${quoteIdentifier(ROWID_COLUMN)}`);
    }
    await restorePrivileges(client, g);
  });
}
