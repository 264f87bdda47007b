/** The SQLite side of a comparison: prepared once, read-only, in this process, as an application reads it. */
import { Failure } from '@causeway/contracts/failures';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { SqliteCell } from './canonical-cell.ts';
import type { ResultTable } from './compare-results.ts';
import type { Sample } from './sample-values.ts';

export interface SqliteQuery {
  /** Milliseconds until all rows are there, as an application gets them. */
  time(sample: Sample): number;
  result(sample: Sample): ResultTable;
  plan(sample: Sample): string[];
}

/** Throws USAGE where SQLite does not take the text, or it is no query. */
export function prepareSqlite(db: SourceDatabase, name: string, sql: string): SqliteQuery {
  let statement: ReturnType<SourceDatabase['prepare']>;
  let exact: ReturnType<SourceDatabase['prepare']>;
  try {
    statement = db.prepare(sql);
    exact = db.prepare(sql);
  } catch (cause) {
    throw new Failure('USAGE', `${name}: SQLite: ${(cause as Error).message}`, { cause });
  }
  // The connection is read-only as well; this says it before anything runs.
  if (!statement.reader || !statement.readonly) throw new Failure('USAGE', `${name}: only statements that read are compared`);
  const rows = statement.raw();
  exact.raw().safeIntegers();
  return {
    time(sample) {
      const started = performance.now();
      rows.all(Object.fromEntries(sample));
      return performance.now() - started;
    },
    result: (sample) => ({ columns: exact.columns().map((c) => c.name), rows: exact.all(Object.fromEntries(sample)) as SqliteCell[][] }),
    plan: (sample) => planLines(db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(Object.fromEntries(sample)) as PlanRow[]),
  };
}

interface PlanRow {
  readonly id: number;
  readonly parent: number;
  readonly detail: string;
}

function planLines(rows: readonly PlanRow[]): string[] {
  const depth = new Map<number, number>([[0, -1]]);
  return rows.map((row) => {
    const level = (depth.get(row.parent) ?? -1) + 1;
    depth.set(row.id, level);
    return `${'  '.repeat(level)}${row.detail}`;
  });
}
