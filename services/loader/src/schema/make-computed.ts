/**
 * Makes the trigger of a generated column once its expression is proved: on every row that is there it must give the value
 * that came from SQLite. One that differs is not made, and told with rows as examples.
 */
import type { TableContract } from '@causeway/contracts/table-contract';
import type { ObjectProof } from '@causeway/control/record/object-record';
import type { Generation } from '@causeway/control/record/table-record';
import { disableApplicationTriggers } from '@causeway/control/target/application-triggers';
import { inTransaction, oneStatement } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';

export interface ComputedInput {
  readonly pool: pg.Pool;
  readonly g: Generation;
  readonly contracts: readonly TableContract[];
  /** Changes follow: the trigger stands aside in the transaction that makes it. */
  readonly live: boolean;
}

/** Null where it was made; else why not. Throws what PostgreSQL says. */
export async function makeComputed({ pool, g, contracts, live }: ComputedInput, object: { readonly targetSql: string; readonly proof: ObjectProof | null }): Promise<string | null> {
  const differing = object.proof === null ? null : await provedOtherwise(pool, object.proof);
  if (differing !== null) return differing;
  await inTransaction(pool, async (client) => {
    await client.query(oneStatement(object.targetSql));
    // Invariant: I47
    if (live) await disableApplicationTriggers(client, g, contracts);
  });
  return null;
}

/** One statement that only reads, whatever the plan holds. */
async function provedOtherwise(pool: pg.Pool, proof: ObjectProof): Promise<string | null> {
  const counted = await inTransaction(pool, async (client) => {
    await client.query('SET TRANSACTION READ ONLY');
    return (await client.query(oneStatement(proof.postgres))).rows[0] as { holds: unknown; fails: unknown; examples?: string | null };
  });
  const [holds, fails] = [Number(counted.holds), Number(counted.fails)];
  if (fails === 0) return null;
  const examples = counted.examples ? `, for example in row ${counted.examples}` : '';
  return `not made: the translated expression gives another value on ${fails} of ${holds + fails} rows${examples}; nothing computes the column in PostgreSQL`;
}
