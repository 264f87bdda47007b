/** The way back on real parts: what the application writes in PostgreSQL arrives in SQLite, in the application's own forms. */
import { afterEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { exactCells, WayBack } from './way-back.fixture.ts';

let way: WayBack;
afterEach(() => way.close());

const make = (sql: string) => (file: string) => {
  const db = new Database(file);
  db.exec(sql);
  db.close();
};

const FORMS = `
CREATE TABLE person (id INTEGER PRIMARY KEY AUTOINCREMENT, ref uuid NOT NULL UNIQUE, name TEXT NOT NULL, born date, seen datetime, active bool NOT NULL, score REAL, amount decimal(10,2), doc TEXT CHECK (json_valid(doc)));
INSERT INTO person VALUES
 (1, '0123456789abcdef0123456789abcdef', 'Anna', '1990-01-02', '2024-01-02 03:04:05.678901', 1, 1.5, 10.5, '{"b": 1, "a": 2}'),
 (2, 'ffffffffffffffffffffffffffffffff', 'Bert', NULL, '2024-01-02 03:04:05', 0, 2, 3, NULL),
 (3, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'Carl', '1991-01-02', '2024-01-02 03:04:05.000001', 1, 1e300, 0.1, '[]');
CREATE TABLE pair (a TEXT, b INTEGER, v, PRIMARY KEY (a, b)) WITHOUT ROWID;
INSERT INTO pair VALUES ('x', 1, 'one'), ('x', 2, 'two');
CREATE TABLE loose (t TEXT, n INTEGER);
INSERT INTO loose VALUES ('first', 1), ('second', 2), ('second', 2);
`;

// Invariant: I71, I72, I74, I75, I76
test.each(['embedded', 'kafka'] as const)('inserts, updates, deletes and swaps travel back over %s; untouched cells keep their bytes', async (kind) => {
  way = await WayBack.open(make(FORMS), kind);
  way.reader();
  way.sink();
  const { app } = way;
  await way.until(() => way.fact('back_beat') === 1n);
  await app.query("UPDATE person SET name = 'Änne' WHERE id = 1");
  await app.query("INSERT INTO person (id, ref, name, born, seen, active, score, amount, doc) VALUES (11, '11111111-2222-3333-4444-555555555555', 'Emil', NULL, NULL, false, NULL, NULL, NULL), (10, '11111111-2222-3333-4444-55555555555a', 'Dora', '2001-02-03', '2025-06-07 08:09:10', true, 7, 12.30, '{\"k\": [1, 2.50]}')");
  await app.query('DELETE FROM person WHERE id = 3');
  await app.query("UPDATE pair SET v = 'uno' WHERE b = 1; DELETE FROM pair WHERE b = 2; INSERT INTO pair VALUES ('y', 9, 'nine')");
  await app.query('DELETE FROM loose WHERE causeway_rowid = 2');
  await app.query("INSERT INTO loose (t, n) VALUES ('fourth', 4)");
  await way.drain();
  expect(await way.problems()).toEqual([]);
  const columns = ['id', 'ref', 'name', 'born', 'seen', 'active', 'score', 'amount', 'doc'];
  const was = way.read((db) => exactCells(db, 'person', columns, 'id'), way.before);
  const is = way.read((db) => exactCells(db, 'person', columns, 'id'));
  expect(is[0]).toEqual([...(was[0] as string[]).slice(0, 2), `text:${Buffer.from('Änne').toString('hex').toUpperCase()}`, ...(was[0] as string[]).slice(3)]);
  expect(is[1]).toEqual(was[1]);
  expect(way.read((db) => db.prepare('SELECT ref, born, seen, active, score, amount, doc FROM person WHERE id = 10').raw().get())).toEqual(['1111111122223333444455555555555a', '2001-02-03', '2025-06-07 08:09:10', 1, 7, 12.3, '{"k": [1, 2.50]}']);
  // A column declared uuid has numeric affinity: 32 digits would become a REAL there, so this one is written with dashes.
  expect(way.read((db) => db.prepare('SELECT ref, seen, active FROM person WHERE id = 11').raw().get())).toEqual(['11111111-2222-3333-4444-555555555555', null, 0]);
  expect(way.read((db) => db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'person'").pluck().get())).toBe(11);
  expect(way.read((db) => db.prepare('SELECT * FROM pair ORDER BY a, b').raw().all())).toEqual([['x', 1, 'uno'], ['y', 9, 'nine']]);
  expect(way.read((db) => db.prepare('SELECT rowid, * FROM loose ORDER BY rowid').raw().all())).toEqual([[1, 'first', 1], [3, 'second', 2], [4, 'fourth', 4]]);
  expect(way.fact('pass')).toBe(0n);
});

// Invariant: I77
test('unique values that are swapped, rotated and taken over arrive in one transaction', async () => {
  way = await WayBack.open(make("CREATE TABLE u (id INTEGER PRIMARY KEY, n INTEGER UNIQUE, v); INSERT INTO u VALUES (1, 10, 1.0), (2, 20, 1), (3, 30, 'x'), (4, 40, NULL)"));
  const { app } = way;
  await app.query('UPDATE u SET n = -n; UPDATE u SET n = CASE id WHEN 1 THEN 20 WHEN 2 THEN 10 WHEN 3 THEN 40 ELSE 50 END');
  await app.query("DELETE FROM u WHERE id = 4; INSERT INTO u (id, n) VALUES (5, 50), (6, 30)");
  way.reader();
  way.sink();
  await way.drain();
  expect(await way.problems()).toEqual([]);
  expect(way.read((db) => db.prepare('SELECT id, n, typeof(v) FROM u ORDER BY id').raw().all())).toEqual([[1, 20, 'real'], [2, 10, 'integer'], [3, 40, 'text'], [5, 50, 'null'], [6, 30, 'null']]);
});
