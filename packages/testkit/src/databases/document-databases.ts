/** Booleans, UUIDs and JSON: types that are recognised from the data, and data that only looks like them. */
import { sqlDatabase } from './sql-database.ts';

const DEEP = `${'['.repeat(400)}1${']'.repeat(400)}`;
const JSON_HOSTILE = ['{"a":"\\u0000"}', '{"a":"\\ud800"}', '{"a":1,"a":2}', '{"n":9007199254740993}', '{"n":1e400}', '{"n":0.1000000000000000055511151231257827}', '{"n":-0}', '{"n":1.0}', '{"n":1.10}', '"\\u00e9"', '{"b":1, "a" : 2}', 'null', 'true', '5', '""', '[]', DEEP, '{"__proto__":{"x":1}}', '{"":""}', '{"k":"\\ud83d\\ude00"}', ' {"blank":1} ', '{"n":123456789012345678901234567890}', '{"n":1E5}'];

export const documentDatabases = [
  sqlDatabase({
    name: 'boolean-plain',
    title: '0, 1 and NULL in BOOLEAN and BOOL',
    cites: ['12'],
    sql: 'CREATE TABLE plain_bool (id INTEGER PRIMARY KEY, a BOOLEAN NOT NULL DEFAULT 1, b BOOL, c BOOLEAN CHECK (c IN (0, 1))); INSERT INTO plain_bool VALUES (1, 0, 1, 0), (2, 1, NULL, 1), (3, TRUE, FALSE, NULL);',
    expect: { outcome: 'equal', rows: { plain_bool: 3 } },
  }),
  sqlDatabase({
    name: 'boolean-other-values',
    title: "2, -1, 0.5, 't', 'true', '' in BOOLEAN columns",
    cites: ['13'],
    sql: `
      CREATE TABLE other_bool (id INTEGER PRIMARY KEY, b BOOLEAN);
      INSERT INTO other_bool VALUES (1, 0), (2, 1), (3, 2), (4, -1), (5, 0.5), (6, 't'), (7, 'true'), (8, 'f'), (9, 'yes'), (10, ''), (11, x'01'), (12, '1'), (13, 1.0), (14, 'TRUE'), (15, NULL);`,
    expect: { outcome: 'equal_or_quarantine', rows: { other_bool: 15 }, quarantined: { other_bool: 10 }, note: "'1' and 1.0 are stored as the integer 1" },
  }),
  sqlDatabase({
    name: 'boolean-one-two-among-many',
    title: 'one 2 among 300 booleans: 2 must not become true',
    cites: ['13'],
    sql: `
      CREATE TABLE flag (id INTEGER PRIMARY KEY, on_off BOOLEAN NOT NULL);
      WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 300) INSERT INTO flag SELECT i, i % 2 FROM k;
      UPDATE flag SET on_off = 2 WHERE id = 299;`,
    expect: { outcome: 'equal_or_quarantine', rows: { flag: 300 }, quarantined: { flag: 1 } },
  }),
  sqlDatabase({
    name: 'boolean-that-is-none',
    title: 'TINYINT(1) and BIT with other values; a TINYINT(1) that is one',
    cites: ['12'],
    sql: 'CREATE TABLE tiny (id INTEGER PRIMARY KEY, stars TINYINT(1), active TINYINT(1), b BIT, c BIT(1)); INSERT INTO tiny VALUES (1, 5, 1, 1, 1), (2, 0, 0, 3, 0), (3, -1, NULL, NULL, 1);',
    expect: { outcome: 'equal', rows: { tiny: 3 } },
  }),
  sqlDatabase({
    name: 'uuid-forms',
    title: 'one written form for each column: dashes, 32 digits, capitals, 16 bytes',
    cites: ['25'],
    sql: `
      CREATE TABLE uuids (id CHAR(32) PRIMARY KEY NOT NULL, dashed_uuid CHAR(36), upper_uuid TEXT, raw_uuid BLOB, braces_uuid TEXT, declared UUID);
      INSERT INTO uuids VALUES ('123e4567e89b42d3a456426614174000', '123e4567-e89b-42d3-a456-426614174000', '123E4567-E89B-42D3-A456-426614174000', x'123e4567e89b42d3a456426614174000', '{123e4567-e89b-42d3-a456-426614174000}', '123e4567-e89b-42d3-a456-426614174000'),
        ('00000000000000000000000000000000', '00000000-0000-0000-0000-000000000000', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', x'00000000000000000000000000000000', '{ffffffff-ffff-ffff-ffff-ffffffffffff}', NULL);`,
    expect: { outcome: 'equal', rows: { uuids: 2 } },
  }),
  sqlDatabase({
    name: 'uuid-mixed-forms',
    title: 'the same uuid twice in a unique column, written differently',
    cites: ['25'],
    sql: `
      CREATE TABLE mixed_uuid (id CHAR(36) PRIMARY KEY NOT NULL, v INTEGER);
      INSERT INTO mixed_uuid VALUES ('123e4567-e89b-42d3-a456-426614174000', 1), ('123E4567-E89B-42D3-A456-426614174000', 2), ('123e4567e89b42d3a456426614174000', 3), ('{123e4567-e89b-42d3-a456-426614174000}', 4);`,
    expect: { outcome: 'equal', rows: { mixed_uuid: 4 }, note: 'as uuid all four would be one key: the column stays text' },
  }),
  sqlDatabase({
    name: 'uuid-almost',
    title: 'an empty one, a short one, one with a g; a CHAR(32) that is a checksum',
    cites: ['25', '11'],
    sql: `
      CREATE TABLE almost (id INTEGER PRIMARY KEY, ref_uuid CHAR(32), checksum CHAR(32));
      INSERT INTO almost VALUES (1, '123e4567e89b42d3a456426614174000', 'd41d8cd98f00b204e9800998ecf8427e'), (2, '', 'D41D8CD98F00B204E9800998ECF8427E'), (3, '123e4567e89b42d3a45642661417400', NULL), (4, '123e4567e89b42d3a45642661417400g', 'x'), (5, NULL, '');`,
    expect: { outcome: 'equal_or_quarantine', rows: { almost: 5 }, quarantined: { almost: 3 } },
  }),
  sqlDatabase({
    name: 'json-plain',
    title: 'JSON that jsonb holds by value',
    cites: ['26'],
    sql: `
      CREATE TABLE doc (id INTEGER PRIMARY KEY, j JSON, checked TEXT CHECK (json_valid(checked)), nullable TEXT CHECK (nullable IS NULL OR json_valid(nullable)));
      INSERT INTO doc VALUES (1, '{"a":[1,2.5,"x",null,true],"ü":"漢"}', '[]', NULL), (2, '{}', '{"n":12345678901234567890.123}', '"text"'), (3, NULL, '0', 'null');`,
    expect: { outcome: 'equal', rows: { doc: 3 } },
  }),
  sqlDatabase({
    name: 'json-hostile',
    title: '\\u0000, lone surrogates, duplicate keys, numbers beyond a double, 400 levels',
    cites: ['26', '150'],
    sql: 'CREATE TABLE hostile_doc (id INTEGER PRIMARY KEY, j JSON, t TEXT)',
    fill(db) {
      const insert = db.prepare('INSERT INTO hostile_doc (j, t) VALUES (?, ?)');
      for (const json of JSON_HOSTILE) insert.run(json, json);
    },
    expect: { outcome: 'equal_or_quarantine', rows: { hostile_doc: JSON_HOSTILE.length }, quarantined: { hostile_doc: 4 }, note: 'the column t keeps its bytes' },
  }),
  sqlDatabase({
    name: 'json-invalid',
    title: "'', Python's repr, JSON5, numbers and JSONB blobs in JSON columns",
    cites: ['26', '11'],
    sql: `
      CREATE TABLE bad_doc (id INTEGER PRIMARY KEY, j JSON);
      INSERT INTO bad_doc VALUES (1, '{}'), (2, ''), (3, '{''a'': None}'), (4, '{a:1}'), (5, 'NaN'), (6, '{"a":1,}'), (7, jsonb('{"a":1}')), (8, 5), (9, 1.5), (10, NULL), (11, '{"a":1}{"b":2}');`,
    expect: { outcome: 'equal_or_quarantine', rows: { bad_doc: 11 }, quarantined: { bad_doc: 9 } },
  }),
];
