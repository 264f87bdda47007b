/** A database as the sample application sees it: one connection, one transaction at a time. */
import type { Cell } from '../cells.ts';
import type { CellKind } from '../tables.ts';

export interface Bound {
  readonly kind: CellKind;
  readonly cell: Cell;
}

export interface AppStore {
  readonly primary: 'sqlite' | 'postgres';
  begin(): Promise<void>;
  /** `?` stands for a bound value. The number of rows, and what RETURNING gives as text. */
  run(sql: string, bound: readonly Bound[]): Promise<{ readonly rows: number; readonly returned: string | null }>;
  commit(): Promise<void>;
  /** Never throws. */
  rollback(): Promise<void>;
  /** Whether transaction n is committed, once nobody can be committing it any more. */
  knows(n: number): Promise<boolean>;
  close(): Promise<void>;
}

/** What an error means to the application. */
export type ErrorMeaning = 'fenced' | 'busy' | 'lost' | 'wrong';

/** The fences of both sides begin with this word. */
const FENCE = /^causeway: .*\bclosed\b/;
const LOST = /^(57P0[123]|08...|53300|EPIPE|ECONN.*|ETIMEDOUT|EHOSTUNREACH)$/;

export function meaningOf(error: unknown): ErrorMeaning {
  const { code, message } = error as { code?: string; message?: string };
  if (FENCE.test(message ?? '')) return 'fenced';
  if (code === 'SQLITE_BUSY' || code === 'SQLITE_BUSY_SNAPSHOT' || code === '40P01' || code === '40001' || code === '55P03' || code === '53100') return 'busy';
  if (LOST.test(code ?? '') || /Connection terminated|connection timeout|not queryable|connection error/i.test(message ?? '')) return 'lost';
  return 'wrong';
}
