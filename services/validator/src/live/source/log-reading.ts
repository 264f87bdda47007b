/** Reads the change log that the capture keeps inside the source. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { LOG_TABLE } from '@causeway/contracts/live/source-objects';
import type { ExactCell, StorageClass } from '@causeway/contracts/source-value';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { TextDecoding } from '../../measure/source/exact-text.ts';
import { type ChangedKey, keyName } from '../row-state.ts';
import type { LiveAnswers } from './live-messages.ts';

const LOG = quoteIdentifier(LOG_TABLE);

/** Newest id; 0 where nothing was ever logged. */
export function logEnd(db: SourceDatabase): bigint {
  return db.prepare(`SELECT coalesce(max(id), 0) FROM ${LOG}`).pluck().safeIntegers().get() as bigint;
}

/** Entries behind `after` are gone: ids have no holes, because an aborted transaction gives its ids back. */
export function hasGap(db: SourceDatabase, after: bigint): boolean {
  const oldest = db.prepare(`SELECT min(id) FROM ${LOG}`).pluck().safeIntegers().get() as bigint | null;
  return oldest !== null && oldest > after + 1n;
}

/** Keys behind `after`, each once. `widths`: columns of the key of each table, by its number. */
export function changesAfter(db: SourceDatabase, decode: TextDecoding, after: bigint, limit: number, widths: readonly number[]): LiveAnswers['changes'] {
  const end = logEnd(db);
  const readTo = end - after > BigInt(limit) ? after + BigInt(limit) : end;
  const most = Math.max(1, ...widths);
  const statement = db.prepare(`SELECT id, t, ${keyColumns(most)} FROM ${LOG} WHERE id > ? AND id <= ? ORDER BY id`).raw().safeIntegers();
  const found = new Map<string, { table: number; key: readonly ExactCell[]; first: bigint; last: bigint }>();
  for (const row of statement.iterate(after, readTo) as IterableIterator<unknown[]>) {
    const id = row[0] as bigint;
    const table = Number(row[1]);
    const key = keyCells(row, 2, widths[table] ?? most, decode);
    const name = `${table}/${keyName(key)}`;
    const known = found.get(name);
    if (known === undefined) found.set(name, { table, key, first: id, last: id });
    else known.last = id;
  }
  return { end, readTo, gap: hasGap(db, after), keys: [...found.values()] satisfies ChangedKey[] };
}

/** Names of the keys of one table that changed in (after, upTo]. */
export function changedBetween(db: SourceDatabase, decode: TextDecoding, table: number, width: number, after: bigint, upTo: bigint): LiveAnswers['between'] {
  if (upTo <= after) return { gap: false, keys: [] };
  const statement = db.prepare(`SELECT ${keyColumns(width)} FROM ${LOG} WHERE id > ? AND id <= ? AND t = ?`).raw().safeIntegers();
  const keys = new Set<string>();
  for (const row of statement.iterate(after, upTo, table) as IterableIterator<unknown[]>) keys.add(keyName(keyCells(row, 0, width, decode)));
  return { gap: hasGap(db, after), keys: [...keys] };
}

/** Each key column with its class behind it; TEXT as its stored bytes. */
function keyColumns(width: number): string {
  return Array.from({ length: width }, (_, i) => `CASE typeof(k${i}) WHEN 'text' THEN CAST(k${i} AS BLOB) ELSE k${i} END, typeof(k${i})`).join(', ');
}

function keyCells(row: readonly unknown[], from: number, width: number, decode: TextDecoding): ExactCell[] {
  return Array.from({ length: width }, (_, i) => exactCell(`k${i}`, row[from + 2 * i], row[from + 2 * i + 1] as StorageClass, decode));
}

/** A cell that was read with its class, TEXT as stored bytes. Its bytes are UTF-8 whatever the file's encoding is. */
export function exactCell(name: string, value: unknown, storage: StorageClass, decode: TextDecoding): ExactCell {
  const cell = (bytes: Uint8Array): ExactCell => ({ name, class: storage, bytes });
  switch (storage) {
    case 'null':
      return cell(new Uint8Array(0));
    case 'integer':
      return cell(Buffer.from(String(value)));
    case 'real': {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleBE(value as number);
      return cell(bytes);
    }
    case 'text': {
      const text = decode(value as Uint8Array);
      return cell(typeof text === 'string' ? Buffer.from(text, 'utf8') : text.bytes);
    }
    case 'blob':
      return cell(value as Uint8Array);
  }
}
