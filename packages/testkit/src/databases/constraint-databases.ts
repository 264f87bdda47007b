/** Foreign keys, checks, unique constraints, collations: legal in SQLite, violated in the data, or without a form in PostgreSQL. */
import { sqlDatabase } from './sql-database.ts';

export const constraintDatabases = [
  sqlDatabase({
    name: 'fk-orphans',
    title: 'children without a parent: the rows stay, the key is added NOT VALID or reported',
    cites: ['44', '45'],
    sql: `
      CREATE TABLE parent (id INTEGER PRIMARY KEY, v TEXT);
      INSERT INTO parent VALUES (1, 'a'), (2, 'b');
      CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE);
      INSERT INTO child VALUES (1, 1), (2, 99), (3, -1), (4, 2), (5, 0);`,
    expect: { outcome: 'equal_or_quarantine', rows: { parent: 2, child: 5 }, quarantined: { child: 3 }, reported: ['child'] },
  }),
  sqlDatabase({
    name: 'fk-odd-targets',
    title: 'foreign keys to a missing table, a column without a key, other case, no column list, a view',
    cites: ['47'],
    sql: `
      CREATE TABLE Target (Id INTEGER PRIMARY KEY, code TEXT);
      INSERT INTO Target VALUES (1, 'x'), (2, 'x');
      CREATE VIEW target_view AS SELECT Id FROM Target;
      CREATE TABLE pointers (id INTEGER PRIMARY KEY, a INTEGER REFERENCES missing (id), b TEXT REFERENCES Target (code), c INTEGER REFERENCES TARGET (ID), d INTEGER REFERENCES target, e INTEGER REFERENCES target_view (Id), f INTEGER REFERENCES Target (nosuch));
      INSERT INTO pointers VALUES (1, 5, 'x', 1, 2, 1, 1), (2, NULL, NULL, NULL, NULL, NULL, NULL);
      CREATE TABLE composite_parent (a INTEGER, b INTEGER, PRIMARY KEY (a, b));
      CREATE TABLE wrong_count (id INTEGER PRIMARY KEY, a INTEGER REFERENCES composite_parent);
      INSERT INTO wrong_count VALUES (1, NULL), (2, 7);`,
    expect: { outcome: 'equal', rows: { Target: 2, pointers: 2, composite_parent: 0, wrong_count: 2 }, reported: ['pointers', 'wrong_count'] },
  }),
  sqlDatabase({
    name: 'fk-cycles',
    title: 'self references child first, circles, deferred keys, partial NULLs, every action',
    cites: ['48', '49'],
    sql: `
      CREATE TABLE tree (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES tree (id) ON DELETE CASCADE ON UPDATE CASCADE);
      INSERT INTO tree VALUES (1, 5), (2, 1), (3, 3), (4, NULL), (5, 4);
      CREATE TABLE hen (id INTEGER PRIMARY KEY, egg_id INTEGER NOT NULL REFERENCES egg (id) DEFERRABLE INITIALLY DEFERRED);
      CREATE TABLE egg (id INTEGER PRIMARY KEY, hen_id INTEGER NOT NULL REFERENCES hen (id) ON DELETE RESTRICT);
      INSERT INTO hen VALUES (1, 2), (2, 1); INSERT INTO egg VALUES (1, 1), (2, 2);
      CREATE TABLE pair (a INTEGER, b TEXT, PRIMARY KEY (a, b)); INSERT INTO pair VALUES (1, 'x');
      CREATE TABLE half (id INTEGER PRIMARY KEY, a INTEGER, b TEXT DEFAULT 'x', FOREIGN KEY (a, b) REFERENCES pair (a, b) ON DELETE SET DEFAULT ON UPDATE SET NULL MATCH FULL);
      INSERT INTO half VALUES (1, 1, 'x'), (2, NULL, 'nowhere'), (3, 7, NULL), (4, NULL, NULL);`,
    expect: { outcome: 'equal', rows: { tree: 5, hen: 2, egg: 2, pair: 1, half: 4 } },
  }),
  sqlDatabase({
    name: 'fk-other-types',
    title: 'foreign keys between TEXT and INTEGER, and under NOCASE',
    cites: ['46'],
    sql: `
      CREATE TABLE number_parent (id INTEGER PRIMARY KEY); INSERT INTO number_parent VALUES (1), (2);
      CREATE TABLE text_child (id INTEGER PRIMARY KEY, parent TEXT REFERENCES number_parent (id)); INSERT INTO text_child VALUES (1, '1'), (2, '2');
      CREATE TABLE nocase_parent (code TEXT COLLATE NOCASE PRIMARY KEY NOT NULL); INSERT INTO nocase_parent VALUES ('Alpha'), ('beta');
      CREATE TABLE nocase_child (id INTEGER PRIMARY KEY, code TEXT REFERENCES nocase_parent (code)); INSERT INTO nocase_child VALUES (1, 'ALPHA'), (2, 'Beta'), (3, NULL);
      CREATE TABLE varchar_child (id INTEGER PRIMARY KEY, n VARCHAR(5) REFERENCES number_parent (id), big BIGINT REFERENCES number_parent (id)); INSERT INTO varchar_child VALUES (1, '2', 1);`,
    expect: { outcome: 'equal', rows: { number_parent: 2, text_child: 2, nocase_parent: 2, nocase_child: 3, varchar_child: 1 }, reported: ['nocase_child'] },
  }),
  sqlDatabase({
    name: 'collations',
    title: 'NOCASE and RTRIM in UNIQUE, indexes and views; a collation that only the application had',
    cites: ['46', '53'],
    sql: `
      CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT COLLATE NOCASE UNIQUE, code TEXT COLLATE RTRIM UNIQUE, name TEXT);
      INSERT INTO account VALUES (1, 'A@x.org', 'c1 ', 'Ä'), (2, 'b@X.org', 'c2', 'ä'), (3, NULL, NULL, 'A'), (4, 'Ä@x.org', ' c1', 'a'), (5, 'ä@x.org', 'c1x', '');
      CREATE INDEX account_name ON account (name COLLATE NOCASE DESC);
      CREATE VIEW account_sorted AS SELECT id FROM account ORDER BY name COLLATE NOCASE;`,
    expect: { outcome: 'equal', rows: { account: 5 } },
  }),
  sqlDatabase({
    name: 'checks',
    title: 'CHECKs with typeof, GLOB, LIKE, json_valid, functions of SQLite; rows that violate theirs',
    cites: ['50'],
    sql: `
      CREATE TABLE checked (id INTEGER PRIMARY KEY, n INTEGER CHECK (typeof(n) IN ('integer', 'null')), code TEXT CHECK (code GLOB '[A-Z][0-9]*'), mail TEXT CHECK (mail LIKE '%@%'),
        j TEXT CHECK (json_valid(j)), d TEXT CHECK (date(d) IS NOT NULL), q INTEGER CHECK (q / 2 > 1), CONSTRAINT both_or_none CHECK ((n IS NULL) = (code IS NULL)), CHECK (length(code) < 9 OR NOT id BETWEEN 1 AND 5));
      INSERT INTO checked VALUES (1, 1, 'A1', 'a@B', '{}', '2024-01-01', 5), (2, NULL, NULL, NULL, '[]', '2024-02-29', 4);
      PRAGMA ignore_check_constraints = on;
      INSERT INTO checked VALUES (3, 3, 'lower', 'none', '{}', '2024-01-01', 1), (4, NULL, 'B2', 'x@y', '{}', '2024-01-01', 9);
      PRAGMA ignore_check_constraints = off;`,
    expect: { outcome: 'equal_or_quarantine', rows: { checked: 4 }, quarantined: { checked: 2 }, reported: ['checked'], note: 'rows that violate their CHECK are the source\'s: NOT VALID or reported, not lost' },
  }),
  sqlDatabase({
    name: 'conflict-clauses',
    title: 'ON CONFLICT clauses of constraints have no form in PostgreSQL',
    cites: ['51'],
    sql: `
      CREATE TABLE conflict (id INTEGER PRIMARY KEY ON CONFLICT REPLACE, v TEXT NOT NULL ON CONFLICT IGNORE DEFAULT 'd', u INTEGER UNIQUE ON CONFLICT FAIL, CHECK (u <> 3) ON CONFLICT ABORT);
      INSERT INTO conflict VALUES (1, 'a', 1), (2, 'b', 2), (2, 'c', 4), (5, NULL, 5);`,
    expect: { outcome: 'equal', rows: { conflict: 2 }, reported: ['conflict'], note: 'row 2 was replaced, row 5 ignored, by SQLite itself' },
  }),
  sqlDatabase({
    name: 'unique-and-null',
    title: 'UNIQUE with many NULLs; text 1 and integer 1 in one UNIQUE column',
    cites: ['52'],
    sql: `
      CREATE TABLE uniq (id INTEGER PRIMARY KEY, a INTEGER UNIQUE, b, c TEXT, UNIQUE (b), UNIQUE (a, c));
      INSERT INTO uniq VALUES (1, NULL, 1, NULL), (2, NULL, '1', NULL), (3, 5, 1.5, 'x'), (4, NULL, NULL, 'x'), (5, 6, NULL, NULL), (6, 7, x'31', NULL);`,
    expect: { outcome: 'equal_or_quarantine', rows: { uniq: 6 }, quarantined: { uniq: 3 } },
  }),
  sqlDatabase({
    name: 'indexes',
    title: 'expression, partial, descending, collated, covering and redundant indexes',
    cites: ['53'],
    sql: `
      CREATE TABLE indexed (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c REAL, d TEXT);
      WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 120) INSERT INTO indexed SELECT i, i % 7, 'B' || (i % 11), i / 3.0, CASE WHEN i % 5 = 0 THEN NULL ELSE json_object('k', i) END FROM k;
      CREATE INDEX i_expression ON indexed (lower(b), a + 1); CREATE INDEX i_partial ON indexed (a) WHERE b > 'B5' AND d IS NOT NULL; CREATE INDEX i_desc ON indexed (a DESC, b COLLATE NOCASE ASC);
      CREATE UNIQUE INDEX i_unique_partial ON indexed (a, b) WHERE id < 5; CREATE INDEX i_json ON indexed (json_extract(d, '$.k')); CREATE INDEX i_strftime ON indexed (substr(b, 1, 1));
      CREATE INDEX i_twice ON indexed (a); CREATE INDEX i_again ON indexed (a); CREATE UNIQUE INDEX i_expr_unique ON indexed (id * 2); CREATE INDEX "i quoted "" index" ON indexed (c);
      ANALYZE;`,
    expect: { outcome: 'equal', rows: { indexed: 120 }, reported: ['i_json'] },
  }),
  sqlDatabase({
    name: 'not-null-added-later',
    title: 'NULL in a NOT NULL column: allowed to exist after a schema was edited',
    cites: ['50', '56'],
    sql: 'CREATE TABLE later (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO later VALUES (1, NULL), (2, \'b\'), (3, NULL);',
    fill(db) {
      db.unsafeMode(true);
      db.pragma('writable_schema = on');
      db.exec("UPDATE sqlite_schema SET sql = 'CREATE TABLE later (id INTEGER PRIMARY KEY, v TEXT NOT NULL)' WHERE name = 'later'");
      db.pragma('writable_schema = off');
    },
    expect: { outcome: 'equal_or_quarantine', rows: { later: 3 }, quarantined: { later: 2 } },
  }),
];
