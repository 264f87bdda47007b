/** Privileges that were taken from others when a table was made, kept so that opening the target gives them back. */
import { quoteIdentifier, qualifiedName } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';
import type { Generation } from '../record/table-record.ts';

/** Default privileges may have let others in; until the target is opened only its owner writes here. */
export async function revokeFromOthers(client: pg.ClientBase, g: Generation, table: Pick<TableContract, 'targetSchema' | 'target'>): Promise<void> {
  const name = qualifiedName(table.targetSchema, table.target);
  const revoked = await client.query(
    `INSERT INTO causeway.revoked_privilege (migration, generation, schema_name, table_name, grantee, privilege, grantable)
     SELECT $1, $2, $3, $4, CASE WHEN a.grantee = 0 THEN '' ELSE pg_get_userbyid(a.grantee)::text END, a.privilege_type, a.is_grantable
       FROM pg_class c, aclexplode(c.relacl) a
      WHERE c.oid = $5::text::regclass AND a.grantee <> c.relowner AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
     ON CONFLICT DO NOTHING RETURNING grantee`,
    [g.migration, g.generation, table.targetSchema, table.target, name],
  );
  for (const grantee of new Set(revoked.rows.map((row) => row.grantee as string))) await client.query(`REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${name} FROM ${granteeSql(grantee)}`);
}

/** Gives back what `revokeFromOthers` took, as far as tables and roles are still there. Idempotent. */
export async function restorePrivileges(client: pg.ClientBase, g: Generation): Promise<void> {
  const result = await client.query(
    `SELECT schema_name AS schema, table_name AS table, grantee, privilege, grantable FROM causeway.revoked_privilege p
      WHERE migration = $1 AND generation = $2 AND to_regclass(quote_ident(schema_name) || '.' || quote_ident(table_name)) IS NOT NULL
        AND (grantee = '' OR EXISTS (SELECT 1 FROM pg_roles r WHERE r.rolname = p.grantee)) ORDER BY schema_name, table_name, grantee`,
    [g.migration, g.generation],
  );
  for (const row of result.rows) {
    await client.query(`GRANT ${row.privilege} ON ${qualifiedName(row.schema, row.table)} TO ${granteeSql(row.grantee)}${row.grantable ? ' WITH GRANT OPTION' : ''}`);
  }
}

/** '' is PUBLIC, which is no role. */
const granteeSql = (grantee: string): string => (grantee === '' ? 'PUBLIC' : quoteIdentifier(grantee));
