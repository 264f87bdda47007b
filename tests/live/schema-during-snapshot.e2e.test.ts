/** The application changes its schema while the snapshot is taken: it is followed, or the command ends and says so; nothing is lost. */
import { FollowedFile } from '@causeway/testkit/followed-file';
import { afterEach, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

let app: FollowedFile;
afterEach(() => app.close());

const START = `
  CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL);
  INSERT INTO item SELECT value, 'n' || value, value / 4.0 FROM (WITH RECURSIVE g(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM g WHERE value < 300) SELECT value FROM g);
  CREATE TABLE note (body TEXT, n INTEGER);
  INSERT INTO note VALUES ('x', 1), ('x', 1), (NULL, 2), ('y', 3);
  CREATE TABLE gone (x)`;

/** Does something of the application at each of these points, while the process that passes it waits for a second. */
async function at(doings: Readonly<Record<string, string>>): Promise<void> {
  const trace = join(app.bench.folder, 'trace');
  app.follow({ FAILPOINT: Object.keys(doings).map((point) => `${point}:delay`).join(), FAILPOINT_TRACE: trace });
  for (const [point, sql] of Object.entries(doings)) {
    while (!existsSync(trace) || !readFileSync(trace, 'utf8').includes(`!${point}`)) await sleep(5);
    app.sql(sql);
  }
}

test('columns and tables that come, go, get other names or are rebuilt while the snapshot is loaded', async () => {
  app = await FollowedFile.open('schema_snapshot', START);
  await at({
    'loader.mid_copy': `ALTER TABLE item ADD COLUMN stock INTEGER NOT NULL DEFAULT 7; UPDATE item SET stock = 8 WHERE id < 10; INSERT INTO item (id, name) VALUES (1000, 'after');
      CREATE TABLE orders (id INTEGER PRIMARY KEY, item INTEGER REFERENCES item); INSERT INTO orders (item) SELECT id FROM item; DELETE FROM orders WHERE id = 5`,
    'loader.before_loaded': `PRAGMA foreign_keys = OFF; BEGIN; CREATE TABLE new_item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL, stock INTEGER, extra TEXT DEFAULT 'e');
      INSERT INTO new_item (id, name, price, stock) SELECT id, upper(name), price, stock FROM item WHERE id <> 7; DROP TABLE item; ALTER TABLE new_item RENAME TO item; COMMIT;
      DELETE FROM item WHERE id = 8; UPDATE item SET price = 1 WHERE id = 9`,
    'loader.before_objects': "ALTER TABLE item RENAME COLUMN name TO title; UPDATE item SET title = 'renamed' WHERE id = 5; ALTER TABLE item DROP COLUMN price",
    'loader.before_following': "ALTER TABLE note RENAME TO remark; INSERT INTO remark VALUES ('z', 4); DROP TABLE gone",
  });
  await app.untilFollowing();
  await app.untilEqual('followed');
  await app.untilVerified();
  expect(await app.divergences()).toEqual([]);
}, 300_000);

test('what the snapshot was about to read and is no longer there is told as a change of the schema', async () => {
  app = await FollowedFile.open('schema_snapshot_gone', START);
  await at({ 'cli.after_capture': "ALTER TABLE item RENAME COLUMN name TO title; UPDATE item SET title = 'renamed' WHERE id = 5" });
  const ended = await app.ended;
  expect([ended.code, ended.stderr]).toEqual([3, expect.stringMatching(/SCHEMA_CHANGED.*no such column: "?name/)]);
  app.follow({}, ['--restart']);
  await app.untilFollowing();
  await app.untilEqual('begun anew');
  await app.untilVerified();
  expect(await app.divergences()).toEqual([]);
}, 300_000);
