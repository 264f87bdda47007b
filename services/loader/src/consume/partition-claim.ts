/**
 * Ownership of a partition: the epoch grows with every claim, and every load transaction tests it on the row that it
 * updates. A loader that was taken over cannot commit, whatever it still has in hand.
 */
import type { Generation } from '@causeway/control/record/table-record';
import type pg from 'pg';

export interface PartitionClaim {
  readonly partition: number;
  readonly epoch: bigint;
  readonly nextOffset: bigint;
}

export async function claimPartition(pool: pg.Pool, g: Generation, partition: number): Promise<PartitionClaim> {
  // Invariant: I3
  const result = await pool.query(
    `INSERT INTO causeway.consumed AS c (migration, generation, partition, epoch, next_offset) VALUES ($1, $2, $3, 1, 0)
     ON CONFLICT (migration, generation, partition) DO UPDATE SET epoch = c.epoch + 1
     RETURNING epoch, next_offset`,
    [g.migration, g.generation, partition],
  );
  const row = result.rows[0] as { epoch: bigint; next_offset: bigint };
  return { partition, epoch: row.epoch, nextOffset: row.next_offset };
}
