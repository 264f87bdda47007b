/** How the application's gate stands, from the steps that closed and opened it last, of whatever attempt. */
import type pg from 'pg';
import type { GateFact } from './transition.ts';

export const CLOSE_GATE = 'gate';
export const OPEN_GATE = 'gate_open';

export async function gateFact(client: pg.Pool | pg.ClientBase, migration: string, attempt: bigint): Promise<Exclude<GateFact, 'none'>> {
  const found = await client.query(
    `SELECT attempt, state, step LIKE '%gate_open' AS opened FROM causeway.step
      WHERE migration = $1 AND step = ANY ($2) ORDER BY attempt DESC, began_at DESC LIMIT 1`,
    [migration, ['cutover', 'rollback'].flatMap((direction) => [`${direction}_${CLOSE_GATE}`, `${direction}_${OPEN_GATE}`])],
  );
  const newest = found.rows[0] as { attempt: bigint; state: string; opened: boolean } | undefined;
  if (newest === undefined || (newest.opened && newest.state === 'done')) return 'open';
  // Begun and not ended, or failed: nobody knows, so it counts as neither.
  return !newest.opened && newest.state === 'done' && newest.attempt === attempt ? 'closed' : 'left';
}
