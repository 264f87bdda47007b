/**
 * The steps of a cutover or a rollback as the record keeps them: before and after each, so that status, report and the
 * next run know what was done, how long it took and where it was cut off. Not what decides: that are the facts.
 */
import { failPoint } from '@causeway/runtime/fail-point';
import type pg from 'pg';

export type StepState = 'running' | 'done' | 'failed' | 'undone';

export interface StepRecord {
  readonly attempt: bigint;
  readonly step: string;
  readonly state: StepState;
  readonly beganAt: Date;
  /** Milliseconds, until now while it runs. */
  readonly ms: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface StepPlace {
  readonly migration: string;
  readonly attempt: bigint;
  readonly direction: 'cutover' | 'rollback';
}

/** Performs a step between its two records, where it is called `cutover_…` or `rollback_…`. A repeat begins anew; one that fails is recorded and thrown. */
// Invariant: I63
export async function recordedStep<T>(pool: pg.Pool, place: StepPlace, step: string, work: () => Promise<T>, detailOf: (result: T) => Readonly<Record<string, unknown>> = () => ({})): Promise<T> {
  const name = `${place.direction}_${step}`;
  await beginStep(pool, place, name);
  failPoint(`${place.direction}.${step}.before`);
  try {
    const result = await work();
    failPoint(`${place.direction}.${step}.after`);
    await endStep(pool, place, name, 'done', detailOf(result));
    return result;
  } catch (error) {
    // Beside the failure itself, which an unreachable record must not replace.
    await endStep(pool, place, name, 'failed', { code: (error as { code?: string }).code ?? 'INTERNAL' }).catch(() => {});
    throw error;
  }
}

export async function beginStep(pool: pg.Pool, { migration, attempt }: StepPlace, step: string): Promise<void> {
  await pool.query(
    `INSERT INTO causeway.step (migration, attempt, step, state) VALUES ($1, $2, $3, 'running')
     ON CONFLICT (migration, attempt, step) DO UPDATE SET state = 'running', began_at = clock_timestamp(), ended_at = NULL, detail = '{}'`,
    [migration, attempt, step],
  );
}

export async function endStep(pool: pg.Pool, { migration, attempt }: StepPlace, step: string, state: StepState, detail: Readonly<Record<string, unknown>>): Promise<void> {
  await pool.query('UPDATE causeway.step SET state = $4, ended_at = clock_timestamp(), detail = $5 WHERE migration = $1 AND attempt = $2 AND step = $3', [migration, attempt, step, state, JSON.stringify(detail)]);
}

/** In the order in which they began. */
export async function readSteps(client: pg.Pool | pg.ClientBase, migration: string): Promise<StepRecord[]> {
  const result = await client.query(
    `SELECT attempt, step, state, began_at AS "beganAt", (extract(epoch FROM coalesce(ended_at, clock_timestamp()) - began_at) * 1000)::float8 AS ms, detail
       FROM causeway.step WHERE migration = $1 ORDER BY attempt, began_at`,
    [migration],
  );
  return result.rows as StepRecord[];
}
