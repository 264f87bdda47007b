/** Entries that the loader described by key get the row's original classes and bytes. */
import { ensureControlSchema } from '@causeway/control/record/control-schema';
import { insertMigration, type MigrationRecord } from '@causeway/control/record/migration-record';
import type { TableContract } from '@causeway/contracts/table-contract';
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import { freshDatabase } from '@causeway/testkit/test-servers';
import { expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { completeLiveQuarantine } from './follow-quarantine.ts';
import { textDecoding } from '@causeway/control/source/text-decoding';

const base = { targetSchema: 'public', speculative: false, order: { kind: 'rowid', alias: 'rowid' } } as const;
const column = (name: string, kind: 'text' | 'jsonb'): TableContract['columns'][number] => ({ source: name, target: name, type: { kind }, form: 'plain', notNull: false });
const contracts: TableContract[] = [
  { ...base, table: 0, source: 'keyed', target: 'keyed', columns: [column('k', 'text'), column('doc', 'jsonb')], key: ['k'], keyless: false },
  { ...base, table: 1, source: 'bare', target: 'bare', columns: [column('doc', 'jsonb')], key: [], keyless: true },
];

test('by key, by rowid, and not for a row that has gone', async () => {
  const database = await freshDatabase('quarantine');
  const pool = createPool({ url: database.url, max: 2, applicationName: 'test' });
  try {
    await ensureControlSchema(pool);
    await inTransaction(pool, (client) => insertMigration(client, { id: 'm', name: 'm', generation: 1, phase: 'built', source: {}, settings: {}, plan: {} } as unknown as MigrationRecord));
    const text = (value: string): object => ({ class: 'text', base64: Buffer.from(value).toString('base64') });
    const add = (table: number, key: object): Promise<unknown> =>
      pool.query("INSERT INTO causeway.quarantine (migration, generation, table_no, range_no, key, column_name, code, reason) VALUES ('m', 1, $1, -1, $2, '', 'SQLSTATE_22P05', '')", [table, JSON.stringify(key)]);
    await add(0, { k: text('a') });
    await add(0, { k: text('gone') });
    await add(1, { rowid: { class: 'integer', base64: Buffer.from('7').toString('base64') } });
    const db = new Database(':memory:');
    db.exec("CREATE TABLE keyed (k TEXT COLLATE NOCASE, doc); INSERT INTO keyed VALUES ('A', 1), ('a', x'00ff'); CREATE TABLE bare (doc); INSERT INTO bare (rowid, doc) VALUES (7, 'seven')");
    expect(await completeLiveQuarantine(pool, { migration: 'm', generation: 1 }, db, contracts, textDecoding('UTF-8'))).toBe(2);
    const rows = (await pool.query('SELECT cells FROM causeway.quarantine ORDER BY id')).rows.map((row) => row.cells);
    expect(rows).toEqual([{ k: text('a'), doc: { class: 'blob', base64: Buffer.from([0, 255]).toString('base64') } }, null, { doc: text('seven') }]);
  } finally {
    await pool.end();
    await database.drop();
  }
});
