/** Queries by which a translation is proved on all rows: both sides count, and the counts must be equal. */
import type { ExpressionTranslation } from './translate-expression.ts';

export interface ProofQuery {
  /** One row with the columns `holds`, `fails`, `unknown`. */
  readonly sqlite: string;
  readonly postgres: string;
}

/**
 * How often a condition is true, false and NULL. `condition` must come from `translateCondition`; the tables are given
 * quoted and qualified for their side. Null where there is nothing to prove.
 */
export function conditionProof(condition: ExpressionTranslation, sqliteTable: string, postgresTable: string): ProofQuery | null {
  if (condition.sql === null || condition.sourceSql === null) return null;
  return { sqlite: truthCounts(condition.sourceSql, sqliteTable), postgres: truthCounts(condition.sql, postgresTable) };
}

function truthCounts(expression: string, table: string): string {
  // The newline ends a comment that the expression may end with.
  const e = `(${expression}\n)`;
  return `SELECT count(*) FILTER (WHERE ${e}) AS holds, count(*) FILTER (WHERE NOT ${e}) AS fails, count(*) FILTER (WHERE ${e} IS NULL) AS unknown FROM ${table}`;
}

/** PostgreSQL alone: rows whose materialised value, which the validator has proved, differs from the generated expression. */
export function generatedProof(generated: ExpressionTranslation, quotedColumn: string, postgresTable: string): string | null {
  if (generated.sql === null) return null;
  return `SELECT count(*) AS differing FROM ${postgresTable} WHERE ${quotedColumn} IS DISTINCT FROM (${generated.sql})`;
}
