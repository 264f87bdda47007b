/** Proves before the first comparison that the target's hash is the one that row-digest.ts computes. */
import { Failure } from '@causeway/contracts/failures';
import { RowDigest } from '@causeway/contracts/row-digest';
import type pg from 'pg';

/** Longer than a block, not a multiple of one, with bytes above 127: every branch and every sign shows. */
const PROBE = 'causeway ÷ éö€😀';

/** Throws TARGET_REFUSED on a machine whose byte order gives another hash: all rows would seem to differ. */
export async function checkHash(pool: pg.Pool): Promise<void> {
  const digest = new RowDigest();
  digest.text(PROBE);
  digest.bigint(-2n);
  const result = await pool.query({
    text: "SELECT pg_catalog.hash_record_extended(ROW(pg_catalog.convert_to($1::text, 'UTF8'), pg_catalog.int8send(-2::int8)), 0)::text",
    values: [PROBE],
    rowMode: 'array',
  });
  if (result.rows[0]?.[0] !== String(BigInt.asIntN(64, digest.value))) {
    throw new Failure('TARGET_REFUSED', 'PostgreSQL hashes bytes in another way than on a little-endian machine; rows cannot be compared');
  }
}
