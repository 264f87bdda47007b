/** What costs the server most: slow statements, tables that are read in full again and again, statistics that are missing. */
import { isConnectionError } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import type { Advice, AdviceReport } from './advice.ts';
import { APPLICATION_SCHEMAS } from './index-advice.ts';

/** Below this a statement is slow for nobody. */
const SLOW_MS = 50;
const MOST = 15;

/** Statements come with their values taken out by the server. */
const statements = (schema: string): string => `
  SELECT query, calls::float8 AS calls, mean_exec_time AS mean, total_exec_time AS total, rows::float8 AS rows
    FROM ${schema}.pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
   WHERE d.datname = current_database() AND mean_exec_time >= ${SLOW_MS} AND query ~* '^\\s*(select|insert|update|delete|with)\\y' AND query !~ 'causeway\\.'
   ORDER BY total_exec_time DESC LIMIT ${MOST}`;

export async function slowStatements(pool: pg.Pool): Promise<{ statements: AdviceReport['statements']; advice: Advice[] }> {
  const found = await pool.query("SELECT quote_ident(n.nspname) AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'");
  if (found.rows.length === 0) return { statements: 'not_created', advice: [] };
  try {
    const { rows } = await pool.query(statements(found.rows[0].schema as string));
    return { statements: 'available', advice: (rows as Statement[]).map(slowQuery) };
  } catch (error) {
    if (isConnectionError(error)) throw error;
    // 55000: the library is not in shared_preload_libraries.
    return { statements: (error as { code?: string }).code === '55000' ? 'not_loaded' : 'not_readable', advice: [] };
  }
}

interface Statement {
  readonly query: string;
  readonly calls: number;
  readonly mean: number;
  readonly total: number;
  readonly rows: number;
}

const LONGEST = 500;

function slowQuery(row: Statement): Advice {
  const text = row.query.replaceAll(/\s+/g, ' ').trim();
  return {
    kind: 'slow_query',
    subject: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text,
    why: `${row.calls} calls of ${row.mean.toFixed(0)} ms in the mean, ${(row.total / 1000).toFixed(1)} s in all, ${(row.rows / Math.max(1, row.calls)).toFixed(0)} rows a call`,
    ddl: null,
    weight: row.total,
  };
}

const READ_IN_FULL = `
  SELECT format('%I.%I', schemaname, relname) AS subject, seq_scan::float8 AS scans, seq_tup_read::float8 AS read, n_live_tup::float8 AS rows, coalesce(idx_scan, 0)::float8 AS "indexScans"
    FROM pg_stat_user_tables WHERE schemaname NOT IN ('causeway') AND n_live_tup > 10000 AND seq_scan > 50 AND seq_tup_read / seq_scan > n_live_tup / 2 ORDER BY seq_tup_read DESC LIMIT ${MOST}`;

const NO_STATISTICS = `
  SELECT format('%I.%I', n.nspname, c.relname) AS subject, c.reltuples::float8 AS rows FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_stat_user_tables s ON s.relid = c.oid
   WHERE c.relkind = 'r' AND ${APPLICATION_SCHEMAS} AND s.last_analyze IS NULL AND s.last_autoanalyze IS NULL AND pg_relation_size(c.oid) > 65536
     AND NOT EXISTS (SELECT 1 FROM pg_statistic p WHERE p.starelid = c.oid) ORDER BY pg_relation_size(c.oid) DESC LIMIT ${MOST}`;

export async function tableAdvice(pool: pg.Pool): Promise<Advice[]> {
  const full = (await pool.query(READ_IN_FULL)).rows as { subject: string; scans: number; read: number; rows: number; indexScans: number }[];
  // pg_statistic is closed to ordinary roles: then nothing is known, and nothing is said.
  const bare = (await pool.query(NO_STATISTICS).catch((error: unknown) => {
    if (isConnectionError(error)) throw error;
    return { rows: [] };
  })).rows as { subject: string }[];
  return [
    ...full.map((row): Advice => ({ kind: 'read_in_full', subject: row.subject, why: `read from end to end ${row.scans} times, ${row.rows} rows each, and by an index ${row.indexScans} times: see which statement does it`, ddl: null, weight: row.read })),
    ...bare.map((row): Advice => ({ kind: 'statistics', subject: row.subject, why: 'never analyzed: its plans are guesses', ddl: `ANALYZE ${row.subject};`, weight: 0 })),
  ];
}
