/** Everything that the statistics of a target say could be better, the most costly first within its kind. */
import type pg from 'pg';
import type { Advice, AdviceReport } from './advice.ts';
import { indexAdvice } from './index-advice.ts';
import { slowStatements, tableAdvice } from './load-advice.ts';
import { settingAdvice } from './setting-advice.ts';

const ORDER: readonly Advice['kind'][] = ['invalid_index', 'missing_index', 'slow_query', 'read_in_full', 'statistics', 'duplicate_index', 'unused_index', 'setting'];

/** Statistics of less time than this say little about what is never used. */
const FEW_HOURS = 24 * 7;

const STATEMENTS: Readonly<Record<AdviceReport['statements'], string | null>> = {
  available: null,
  not_created: 'slow statements are not known: CREATE EXTENSION pg_stat_statements, with the library in shared_preload_libraries',
  not_loaded: "slow statements are not known: put pg_stat_statements into shared_preload_libraries and restart the server",
  not_readable: 'slow statements are not known: GRANT pg_read_all_stats to the role',
};

export async function advise(pool: pg.Pool): Promise<AdviceReport> {
  const counted = await pool.query('SELECT extract(epoch FROM clock_timestamp() - coalesce(stats_reset, (SELECT pg_postmaster_start_time())))::float8 / 3600 AS hours FROM pg_stat_database WHERE datname = current_database()');
  const countedHours = (counted.rows[0]?.hours as number | undefined) ?? null;
  const slow = await slowStatements(pool);
  const advice = [...(await indexAdvice(pool)), ...slow.advice, ...(await tableAdvice(pool)), ...(await settingAdvice(pool))];
  const young = countedHours !== null && countedHours < FEW_HOURS && advice.some((a) => a.kind === 'unused_index');
  const notes = [STATEMENTS[slow.statements], young ? `the server has counted for ${countedHours.toFixed(0)} hours only: an index that is not used yet may be one of a month's end` : null].filter((note) => note !== null);
  return { countedHours, statements: slow.statements, advice: advice.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || b.weight - a.weight), notes };
}
