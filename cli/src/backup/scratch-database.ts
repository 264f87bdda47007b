/** A database beside the backed-up one, for the time of a proof. */
import { randomBytes } from 'node:crypto';
import { Failure } from '@causeway/contracts/failures';
import { quoteIdentifier, quoteLiteral } from '@causeway/contracts/identifier';
import { withDatabase } from '@causeway/runtime/postgres-address';
import { messageOf } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';

/** The time of making, in seconds, is part of the name: what a killed proof left behind is known by it. */
const NAME = /^causeway_proof_(\d+)_[0-9a-f]+$/;
const DAY_S = 86_400;

/** Made from template0 with the same encoding and collation; gone when `work` is done, however it ends. */
export async function withScratch<T>(pool: pg.Pool, url: string, work: (scratchUrl: string) => Promise<T>): Promise<T> {
  const name = `causeway_proof_${Math.floor(Date.now() / 1000)}_${randomBytes(4).toString('hex')}`;
  try {
    await sweep(pool);
    await pool.query(`CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0 ${await likeThis(pool)}`);
  } catch (cause) {
    throw new Failure('BACKUP_FAILED', `no scratch database could be made to prove the backup in: ${messageOf(cause)}; the role needs CREATEDB, or say --no-verify`, { cause });
  }
  try {
    return await work(withDatabase(url, name));
  } finally {
    await drop(pool, name).catch(() => {});
  }
}

/** Another collation would make other indexes, or refuse what was unique. */
async function likeThis(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query('SELECT pg_encoding_to_char(encoding) AS encoding, to_jsonb(d) AS d FROM pg_database d WHERE datname = current_database()');
  const { encoding, d } = rows[0] as { encoding: string; d: Readonly<Record<string, string | null>> };
  const icu = d['daticulocale'] ?? d['datlocale'];
  const provider = d['datlocprovider'] === 'i' && icu !== null && icu !== undefined ? ` LOCALE_PROVIDER icu ICU_LOCALE ${quoteLiteral(icu)}` : '';
  return `ENCODING ${quoteLiteral(encoding)} LC_COLLATE ${quoteLiteral(d['datcollate'] ?? 'C')} LC_CTYPE ${quoteLiteral(d['datctype'] ?? 'C')}${provider}`;
}

async function sweep(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query("SELECT datname FROM pg_database WHERE datname LIKE 'causeway\\_proof\\_%' AND pg_get_userbyid(datdba) = current_user");
  for (const { datname } of rows as { datname: string }[]) {
    const made = NAME.exec(datname);
    if (made !== null && Date.now() / 1000 - Number(made[1]) > DAY_S) await drop(pool, datname);
  }
}

async function drop(pool: pg.Pool, name: string): Promise<void> {
  await pool.query(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`);
}
