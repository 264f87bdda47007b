/**
 * Changes of a table that the application works with. What they need is the table for themselves for a moment: whoever
 * waits for that holds up everybody who comes later, and two that wait for each other's tables end in a deadlock, of which
 * the application may be the victim. So it is tried for less than the second after which PostgreSQL looks for deadlocks,
 * and again after a pause in which all others go on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';

const PATIENCE_MS = 60_000;
const WAIT_MS = 200;
const PAUSE_MS = 300;
const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK = '40P01';

/** In a transaction of its own, for one table. Throws TARGET_BUSY when somebody has kept it for as long as this. */
export async function betweenStatements(pool: pg.Pool, work: (client: pg.ClientBase) => Promise<void>, withinMs = PATIENCE_MS): Promise<void> {
  for (const until = performance.now() + withinMs; ; ) {
    try {
      await inTransaction(pool, async (client) => {
        await client.query(`SET LOCAL lock_timeout = ${WAIT_MS}`);
        await work(client);
      });
      return;
    } catch (error) {
      if (![LOCK_NOT_AVAILABLE, DEADLOCK].includes((error as { code?: string }).code ?? '')) throw error;
      if (performance.now() > until) throw new Failure('TARGET_BUSY', 'somebody holds a table in a transaction that does not end', { cause: error });
    }
    await sleep(PAUSE_MS);
  }
}
