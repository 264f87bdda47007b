/**
 * The repair while PostgreSQL is the primary: keys of diverged rows go into the queue of the way back once more, are read
 * there, published, and written to SQLite like any change. Queueing a key too often is harmless.
 */
import { realText } from '@causeway/contracts/real-text';
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import { type StoredCell, storedName } from '../record/quarantine-record.ts';
import type { Generation } from '../record/table-record.ts';
import { backKeyColumns } from '../target/reverse-capture-sql.ts';
import type { DivergenceRecord } from './divergence-record.ts';

/** As the trigger writes its keys (see captureFunction). */
const SETTINGS = "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL IntervalStyle = 'iso_8601'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'";

/** Those whose key has no form in the queue stay as they are: a key of moments that are counted, or one that is no value of its type. */
export async function queueKeysAgain(pool: pg.Pool, g: Generation, contracts: readonly TableContract[], divergences: readonly DivergenceRecord[]): Promise<void> {
  for (const { table, key } of divergences) {
    const contract = contracts.find((c) => c.table === table);
    if (contract === undefined) continue;
    const names = contract.keyless ? ['rowid'] : contract.key;
    const texts = backKeyColumns(contract).map((column, i) => keyText(column, key[storedName(names[i] as string)]));
    if (!texts.includes(null)) await queueKey(pool, g, contract, texts as string[]);
  }
}

async function queueKey(pool: pg.Pool, g: Generation, contract: TableContract, texts: readonly string[]): Promise<void> {
  // By the bare name of the type: with a length or a scale the cast would cut the key.
  const parts = backKeyColumns(contract).map(({ type }, i) => `$${i + 3}::text::${type.kind}::text`);
  try {
    await inTransaction(pool, async (client) => {
      await client.query(SETTINGS);
      await client.query(`INSERT INTO causeway.back_queue (migration, table_no, key) VALUES ($1, $2, jsonb_build_array(${parts.join(', ')}))`, [g.migration, contract.table, ...texts]);
    });
  } catch (error) {
    // A text that is no value of the key's type.
    if (!((error as { code?: string }).code ?? '').startsWith('22')) throw error;
  }
}

/** Null where the cell cannot be said in PostgreSQL's words here. */
function keyText({ type, form = 'plain' }: Pick<ColumnContract, 'target' | 'type'> & Partial<Pick<ColumnContract, 'form'>>, cell: StoredCell | undefined): string | null {
  if (cell === undefined || cell.class === 'null' || (form !== 'plain' && form !== 'any')) return null;
  const bytes = Buffer.from(cell.base64, 'base64');
  if (cell.class === 'real') return type.kind === 'text' ? realText(bytes.readDoubleBE(0)) : String(bytes.readDoubleBE(0));
  if (type.kind === 'bytea') return `\\x${bytes.toString('hex')}`;
  return cell.class === 'blob' ? bytes.toString('hex') : bytes.toString('utf8');
}
