/** The pool's connections as metrics, and whether its server answers. */
import type pg from 'pg';
import type { MetricSet } from './metric-set.ts';

export function measurePool(pool: pg.Pool, metrics: MetricSet): void {
  const connections = metrics.gauge('pool_connections');
  const waiting = metrics.gauge('pool_waiting_requests');
  const errors = metrics.counter('pool_errors_total');
  pool.on('error', () => errors.inc());
  metrics.onScrape(() => {
    connections.set({ state: 'idle' }, pool.idleCount);
    connections.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
    waiting.set(pool.waitingCount);
  });
}

export async function answers(pool: pg.Pool): Promise<boolean> {
  await pool.query('SELECT 1');
  return true;
}
