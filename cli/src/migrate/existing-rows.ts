/**
 * Rows that already stand in the application's tables. They are replaced only where the plan or `--replace` says so, or
 * where they are what an unfinished run of the same migration has put there.
 */
import { Failure } from '@causeway/contracts/failures';
import { qualifiedName } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { PlanDocument } from '@causeway/control/plan/plan-document';
import type pg from 'pg';

export interface ExistingRowsRequest {
  readonly migration: string;
  readonly plan: PlanDocument;
  readonly contracts: readonly TableContract[];
  readonly replace: readonly string[];
}

/** The plan with every table marked whose rows the loader may delete. Throws TARGET_NOT_EMPTY with tables and counts. */
export async function markReplaced(client: pg.ClientBase, request: ExistingRowsRequest): Promise<PlanDocument> {
  const ours = await halfLoaded(client, request.migration);
  const refused: string[] = [];
  const marked = new Set<string>();
  for (const contract of request.contracts) {
    const name = qualifiedName(contract.targetSchema, contract.target);
    const found = await client.query(`SELECT count(*) AS rows, $1::text::regclass::oid AS oid FROM ${name}`, [name]);
    const { rows, oid } = found.rows[0] as { rows: bigint; oid: number };
    if (rows === 0n) continue;
    const named = request.replace.includes(contract.target) || request.replace.includes('*');
    const planned = request.plan.tables.some((t) => t.name === contract.source && t.replace);
    if (named || planned || ours.has(oid)) marked.add(contract.source);
    else refused.push(`${name} (${rows} row${rows === 1n ? '' : 's'})`);
  }
  if (refused.length > 0) throw new Failure('TARGET_NOT_EMPTY', `rows are already there: ${refused.join(', ')}; --replace or \`replace: true\` in the plan deletes them`);
  return { ...request.plan, tables: request.plan.tables.map((t) => (marked.has(t.name) ? { ...t, replace: true } : t)) };
}

/** Once a migration is completed the tables are the application's, and so are their rows. */
async function halfLoaded(client: pg.ClientBase, migration: string): Promise<Set<number>> {
  const result = await client.query(
    `SELECT t.target_oid FROM causeway.table_contract t JOIN causeway.migration m ON m.id = t.migration
      WHERE m.id = $1 AND m.settings->>'schema' = 'existing' AND m.phase <> 'completed' AND t.target_oid IS NOT NULL`,
    [migration],
  );
  return new Set(result.rows.map((row) => row.target_oid as number));
}
