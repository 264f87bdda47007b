/** Objects of the schema: what the plan says about each, and what became of it. */
import type pg from 'pg';
import type { Generation } from './table-record.ts';

export interface SchemaObject {
  readonly kind: string;
  readonly table: number | null;
  readonly name: string;
  readonly fidelity: string;
  readonly sourceSql: string | null;
  readonly targetSql: string | null;
  readonly notes: string;
  /** planned: to be made after the load; listed: reported only; made; failed. */
  readonly state: 'planned' | 'listed' | 'made' | 'failed';
  /** Queries of equal counts; null: nothing to prove. */
  readonly proof?: ObjectProof | null;
}

export interface ObjectProof {
  readonly sqlite: string;
  readonly postgres: string;
}

const INSERT = `INSERT INTO causeway.schema_object (migration, generation, object_no, kind, table_no, name, fidelity, source_sql, target_sql, notes, state, proof)
  SELECT $1, $2, coalesce((SELECT max(object_no) FROM causeway.schema_object WHERE migration = $1 AND generation = $2), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11`;

export async function recordObject(client: pg.ClientBase, g: Generation, object: SchemaObject): Promise<void> {
  await client.query(INSERT, [g.migration, g.generation, object.kind, object.table, object.name, object.fidelity, object.sourceSql, object.targetSql, object.notes, object.state, object.proof == null ? null : JSON.stringify(object.proof)]);
}

/** Objects to make, in the order of the plan. */
export async function readPlannedObjects(pool: pg.Pool, g: Generation): Promise<{ number: number; kind: string; targetSql: string; proof: ObjectProof | null }[]> {
  const result = await pool.query(
    `SELECT object_no AS number, kind, target_sql AS "targetSql", proof FROM causeway.schema_object
      WHERE migration = $1 AND generation = $2 AND state = 'planned' AND target_sql IS NOT NULL ORDER BY object_no`,
    [g.migration, g.generation],
  );
  return result.rows;
}

export async function setObjectState(pool: pg.Pool, g: Generation, number: number, state: 'made' | 'failed', fidelity: string | null, note: string): Promise<void> {
  await pool.query(
    `UPDATE causeway.schema_object SET state = $4, fidelity = coalesce($5, fidelity), notes = concat_ws('; ', nullif(notes, ''), nullif($6, ''))
      WHERE migration = $1 AND generation = $2 AND object_no = $3`,
    [g.migration, g.generation, number, state, fidelity, note],
  );
}

export async function readObjects(pool: pg.Pool, g: Generation): Promise<SchemaObject[]> {
  const result = await pool.query(
    `SELECT kind, table_no AS "table", name, fidelity, source_sql AS "sourceSql", target_sql AS "targetSql", notes, state
       FROM causeway.schema_object WHERE migration = $1 AND generation = $2 ORDER BY object_no`,
    [g.migration, g.generation],
  );
  return result.rows as SchemaObject[];
}

/** Objects whose condition is to be proved on every row, with their table. */
export async function readProofs(pool: pg.Pool, g: Generation): Promise<{ number: number; table: number | null; kind: string; proof: ObjectProof }[]> {
  const result = await pool.query(
    `SELECT object_no AS number, table_no AS "table", kind, proof FROM causeway.schema_object
      WHERE migration = $1 AND generation = $2 AND proof IS NOT NULL ORDER BY object_no`,
    [g.migration, g.generation],
  );
  return result.rows;
}

/** What the proof has shown, as the last note; a condition that answers otherwise on some row is no exact translation. */
export async function setProofOutcome(pool: pg.Pool, g: Generation, number: number, note: string, holds: boolean): Promise<void> {
  await pool.query(
    `UPDATE causeway.schema_object SET fidelity = CASE WHEN $5 THEN fidelity ELSE 'needs_decision' END,
            notes = concat_ws('; ', nullif(regexp_replace(notes, '(^|; )proof: [^;]*', '', 'g'), ''), $4::text)
      WHERE migration = $1 AND generation = $2 AND object_no = $3`,
    [g.migration, g.generation, number, `proof: ${note}`, holds],
  );
}
