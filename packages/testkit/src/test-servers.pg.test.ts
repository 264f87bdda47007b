import { expect, test } from '@jest/globals';
import pg from 'pg';
import { freshDatabase } from './test-servers.ts';

test('a fresh database is empty, in UTF8, and can be dropped while it is in use', async () => {
  const database = await freshDatabase();
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query("SELECT pg_catalog.current_setting('server_encoding') AS encoding, count(*)::int AS tables FROM pg_catalog.pg_tables WHERE schemaname = 'public'");
  expect(rows).toEqual([{ encoding: 'UTF8', tables: 0 }]);
  await database.drop();
  const again = new pg.Client({ connectionString: database.url });
  await expect(again.connect()).rejects.toMatchObject({ code: '3D000' });
});
