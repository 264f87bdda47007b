/** The application changes its schema while it is followed, by the real commands: what can be followed is, and nothing is lost or told wrongly. */
import { FollowedFile } from '@causeway/testkit/followed-file';
import { afterEach, expect, test } from '@jest/globals';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

let app: FollowedFile;
afterEach(() => app.close());

const START = `
  CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL);
  INSERT INTO item SELECT value, 'n' || value, value / 4.0 FROM (WITH RECURSIVE g(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM g WHERE value < 300) SELECT value FROM g);
  CREATE TABLE tag (item INTEGER REFERENCES item ON DELETE CASCADE, name TEXT, PRIMARY KEY (item, name)) WITHOUT ROWID;
  INSERT INTO tag SELECT id, 'a' FROM item WHERE id % 3 = 0;
  CREATE TABLE note (body TEXT, n INTEGER);
  INSERT INTO note VALUES ('x', 1), ('x', 1), (NULL, 2), ('y', 3);
  DELETE FROM note WHERE n = 2;
  CREATE TABLE line (id INTEGER PRIMARY KEY, qty INTEGER, price INTEGER, total INTEGER AS (qty * price) STORED, taxed INTEGER AS (total + total / 5), label TEXT AS (printf('%d', qty)), gone INTEGER AS (qty + 1));
  INSERT INTO line (id, qty, price) VALUES (1, 2, 300), (2, NULL, 5), (3, 7, 11);
  CREATE TRIGGER seen AFTER UPDATE ON item BEGIN INSERT INTO note VALUES ('updated ' || NEW.id, NEW.id); END;`;

// Invariant: I95, I97, I98, I99
test('columns and tables that come and go are followed, the way back covers them, and no check is mistaken', async () => {
  app = await FollowedFile.open('schema_change', START);
  app.follow();
  await app.untilFollowing();
  app.sql(`ALTER TABLE item ADD COLUMN stock INTEGER NOT NULL DEFAULT 7;
    ALTER TABLE item ADD COLUMN label TEXT DEFAULT 'none';
    ALTER TABLE item ADD COLUMN spare TEXT;
    UPDATE item SET stock = 8, label = 'some' WHERE id < 10;
    INSERT INTO item (id, name) VALUES (1000, 'after')`);
  await app.untilEqual('added columns');
  expect(await app.query("SELECT count(*)::int AS n FROM item WHERE stock = 7 AND label = 'none' AND spare IS NULL")).toEqual([{ n: 292 }]);
  app.sql(`CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, item INTEGER REFERENCES item, at TEXT, UNIQUE (item, at));
    INSERT INTO orders (item, at) SELECT id, 'then' FROM item;
    CREATE TABLE wide (a TEXT, b INTEGER, c TEXT, d TEXT, PRIMARY KEY (a, b, c));
    INSERT INTO wide VALUES ('1', 1, 'x', 'y');
    CREATE TABLE bare (v)`);
  app.sql("INSERT INTO bare VALUES (1), (1), ('t')");
  await app.untilEqual('made tables');
  app.sql("UPDATE orders SET at = 'now' WHERE id < 5; DELETE FROM bare WHERE v = 't'; REPLACE INTO orders (id, item, at) VALUES (999, 6, 'then'); UPDATE wide SET d = 'z'");
  await app.untilEqual('changes of made tables');
  // Triggers that compute a column name others: they are made anew.
  app.sql('ALTER TABLE line ADD COLUMN half INTEGER AS (total / 2)');
  await app.untilEqual('an added generated column');
  app.sql("ALTER TABLE line RENAME COLUMN qty TO amount; ALTER TABLE line RENAME COLUMN taxed TO gross; ALTER TABLE line DROP COLUMN gone; INSERT INTO line (id, amount, price) VALUES (4, 10, 10)");
  app.sql("ALTER TABLE item RENAME COLUMN label TO title; UPDATE item SET title = 'renamed' WHERE id = 5; ALTER TABLE item DROP COLUMN spare");
  await app.untilEqual('renamed and dropped columns');
  app.sql('DROP TABLE wide; ALTER TABLE bare RENAME TO plain; CREATE INDEX by_name ON item (name); CREATE VIEW v AS SELECT 1; ANALYZE');
  await app.untilEqual('dropped and renamed tables');
  await app.untilVerified();
  expect(await app.divergences()).toEqual([]);
  expect(await app.query("SELECT to_regclass('public.wide') AS gone, (SELECT count(*)::int FROM pg_constraint WHERE conrelid = 'public.orders'::regclass AND contype IN ('p', 'u', 'f')) AS constraints")).toEqual([{ gone: null, constraints: 3 }]);
  const cutover = await app.bench.run(['cutover', '--json']);
  expect([cutover.code, cutover.stderr]).toEqual([0, expect.any(String)]);
  await app.query("UPDATE item SET stock = 70, title = 'back' WHERE id = 3; INSERT INTO orders (item, at) VALUES (2, 'pg'); DELETE FROM plain");
  // Computed in PostgreSQL, whatever is written there; what has no translation is told, and brings its value.
  await app.query("INSERT INTO line (id, amount, price, label) VALUES (5, 4, 25, '4'); UPDATE line SET price = 1000, total = 1 WHERE id = 1; UPDATE line SET amount = 6, label = '6' WHERE id = 2");
  expect(await app.query('SELECT id::int, total::int, gross::int, half::int FROM line WHERE id IN (1, 2, 5) ORDER BY id')).toEqual([
    { id: 1, total: 2000, gross: 2400, half: 1000 },
    { id: 2, total: 30, gross: 36, half: 15 },
    { id: 5, total: 100, gross: 120, half: 50 },
  ]);
  expect(await app.query("SELECT name, fidelity, state FROM causeway.schema_object WHERE kind = 'generated_column' AND name IN ('half', 'label', 'taxed', 'total') ORDER BY name")).toEqual([
    { name: 'half', fidelity: 'approximated', state: 'made' },
    { name: 'label', fidelity: 'needs_decision', state: 'listed' },
    { name: 'taxed', fidelity: 'exact', state: 'made' },
    { name: 'total', fidelity: 'exact', state: 'made' },
  ]);
  await app.untilEqual('the way back of what came later');
  const back = await app.bench.run(['rollback', '--json']);
  expect([back.code, back.stderr]).toEqual([0, expect.any(String)]);
  app.sql("ALTER TABLE orders ADD COLUMN paid INTEGER DEFAULT 0; INSERT INTO orders (item, at, paid) VALUES (9, 'again', 1)");
  await app.untilEqual('a change after the way back');
  await app.untilVerified();
  expect(await app.divergences()).toEqual([]);
}, 600_000);

// Invariant: I96
test('a rebuilt table, VACUUM, and a change that cannot be followed', async () => {
  app = await FollowedFile.open('schema_rebuild', START);
  app.follow();
  await app.untilFollowing();
  // As frameworks alter a column: our triggers go with the old table, and rows change under way.
  app.sql(`PRAGMA foreign_keys = OFF; BEGIN;
    CREATE TABLE new_item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL, extra TEXT DEFAULT 'e');
    INSERT INTO new_item (id, name, price) SELECT id, upper(name), price FROM item WHERE id <> 7;
    DROP TABLE item; ALTER TABLE new_item RENAME TO item; COMMIT;
    DELETE FROM item WHERE id = 8; UPDATE item SET price = 1 WHERE id = 9`);
  await app.untilEqual('a rebuilt table');
  app.sql("DELETE FROM note WHERE n = 1; INSERT INTO note VALUES ('z', 9); VACUUM; UPDATE note SET n = 10 WHERE n = 9");
  await app.untilEqual('rows with other rowids');
  await app.untilVerified();
  expect(await app.divergences()).toEqual([]);
  app.sql('BEGIN; CREATE TABLE other (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, price REAL, extra TEXT); INSERT INTO other SELECT * FROM item; DROP TABLE item; ALTER TABLE other RENAME TO item; COMMIT');
  const ended = await app.ended;
  expect([ended.code, ended.stderr]).toEqual([3, expect.stringContaining('SCHEMA_CHANGED')]);
  app.sql("INSERT INTO note VALUES ('meanwhile', 11)");
  app.follow({}, ['--restart']);
  await app.untilFollowing();
  await app.untilEqual('begun anew');
}, 600_000);

const POINTS = ['extractor.schema_after_source', 'extractor.schema_after_record', 'loader.schema_before_commit', 'loader.schema_after_commit'];

// Invariant: I95, I98, I99
test('extractor and loader killed at each step of a change: what is begun is finished, nothing is lost or kept', async () => {
  app = await FollowedFile.open('schema_crash', START);
  const once = join(app.bench.folder, 'once');
  mkdirSync(once);
  app.follow({ FAILPOINT: POINTS.map((point) => `${point}:exit9`).join(), FAILPOINT_ONCE: once });
  await app.untilFollowing();
  // The triggers are whole again after the first kill: only what is kept in the source tells that row 7 is to go.
  app.sql(`PRAGMA foreign_keys = OFF; BEGIN; CREATE TABLE kept AS SELECT * FROM item WHERE id <> 7; DROP TABLE item;
    CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL); INSERT INTO item SELECT * FROM kept; DROP TABLE kept; COMMIT;
    CREATE TABLE late (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO late VALUES (1, 'x')`);
  await app.untilEqual('a rebuilt and a made table');
  app.sql("ALTER TABLE late ADD COLUMN w INTEGER NOT NULL DEFAULT 5; INSERT INTO late VALUES (2, 'y', 6)");
  await app.untilEqual('an added column');
  expect(readdirSync(once)).toHaveLength(POINTS.length);
  await app.untilVerified();
  expect(await app.divergences()).toEqual([]);
}, 600_000);
