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

/**
 * How often the stored value of a generated column is what PostgreSQL computes: in SQLite it is so by definition, and the
 * validator has proved the stored ones equal. `examples` names rows where it is not. `keyColumns` are quoted.
 */
export function generatedProof(generated: ExpressionTranslation, tables: { readonly sqlite: string; readonly postgres: string }, quotedColumn: string, keyColumns: readonly string[]): ProofQuery | null {
  if (generated.sql === null) return null;
  const same = `(${quotedColumn} IS NOT DISTINCT FROM (${generated.sql}))`;
  const key = keyColumns.length === 0 ? "''" : `concat_ws(', ', ${keyColumns.map((c) => `${c}::text`).join(', ')})`;
  const examples = `(SELECT string_agg(key, '; ') FROM (SELECT ${key} AS key FROM ${tables.postgres} WHERE NOT ${same} LIMIT ${EXAMPLES}) AS differing)`;
  return {
    sqlite: `SELECT count(*) AS holds, 0 AS fails, 0 AS unknown FROM ${tables.sqlite}`,
    postgres: `SELECT count(*) FILTER (WHERE ${same}) AS holds, count(*) FILTER (WHERE NOT ${same}) AS fails, 0 AS unknown, ${examples} AS examples FROM ${tables.postgres}`,
  };
}

const EXAMPLES = 3;
