/**
 * Whether a role may write with session_replication_role = replica: then foreign keys and triggers stand aside for the
 * change stream, which proves them itself. Superusers may; others by GRANT SET ON PARAMETER (PostgreSQL 15).
 */
import type pg from 'pg';

export const REPLICA_ROLE_GRANT = (role: string): string => `GRANT SET ON PARAMETER session_replication_role TO ${role}`;

export async function maySetReplicaRole(client: pg.Pool | pg.ClientBase): Promise<boolean> {
  const result = await client.query("SELECT has_parameter_privilege('session_replication_role', 'SET') AS may");
  return result.rows[0].may === true;
}
