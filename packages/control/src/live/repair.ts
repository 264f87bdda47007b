/**
 * Puts diverged rows right through the change stream (rule 13): their keys go into the source's log once more, in a
 * short write transaction, and are read, published, applied and verified like any change. Logging a key too often is
 * harmless, and nothing else ever writes into the target.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { LOG_TABLE } from '@causeway/contracts/live/source-objects';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { type StoredCell, storedName } from '../record/quarantine-record.ts';
import type { DivergenceRecord } from './divergence-record.ts';

/** Keys in one transaction: the application's writers wait for it. */
const KEYS = 500;

/** Returns the newest id that was written; 0 where nothing was. */
export function logKeysAgain(db: SourceDatabase, contracts: readonly TableContract[], divergences: readonly Pick<DivergenceRecord, 'table' | 'key'>[]): bigint {
  let last = 0n;
  for (let from = 0; from < divergences.length; from += KEYS) {
    const write = db.transaction((some: typeof divergences) => {
      for (const { table, key } of some) {
        const contract = contracts.find((c) => c.table === table);
        if (contract === undefined) continue;
        const cells = keyNames(contract).map((name) => key[storedName(name)] ?? { class: 'null' as const, base64: '' });
        const columns = cells.map((_, i) => `k${i}`);
        const values = cells.map((cell) => (cell.class === 'text' ? 'CAST(? AS TEXT)' : '?'));
        const insert = db.prepare(`INSERT INTO ${quoteIdentifier(LOG_TABLE)} (t, ${columns.join(', ')}) VALUES (?, ${values.join(', ')})`);
        last = BigInt(insert.run(table, ...cells.map((cell) => bound(cell, db))).lastInsertRowid);
      }
    });
    write.immediate(divergences.slice(from, from + KEYS));
  }
  return last;
}

function keyNames(contract: TableContract): readonly string[] {
  return contract.key.length === 0 ? ['rowid'] : contract.key;
}

/** Text is bound as bytes of the file's own encoding, so that what is not valid Unicode is logged as it is. */
function bound(cell: StoredCell, db: SourceDatabase): unknown {
  const bytes = Buffer.from(cell.base64, 'base64');
  switch (cell.class) {
    case 'null':
      return null;
    case 'integer':
      return BigInt(bytes.toString());
    case 'real':
      return bytes.readDoubleBE(0);
    case 'blob':
      return bytes;
    case 'text': {
      const encoding = String(db.pragma('encoding', { simple: true }));
      if (encoding === 'UTF-8') return bytes;
      const text = Buffer.from(bytes.toString('utf8'), 'utf16le');
      return encoding === 'UTF-16be' ? text.swap16() : text;
    }
  }
}
