/** Defaults, generated columns, altered tables, views, triggers, and how much there is of everything. */
import { plantSchema, sqlDatabase } from './sql-database.ts';

const columnList = (count: number, type: string): string => Array.from({ length: count }, (_, i) => `c${i} ${type}`).join(', ');
const manyTables = Array.from({ length: 300 }, (_, i) => `table_${i}`);

export const structureDatabases = [
  sqlDatabase({
    name: 'defaults',
    title: 'defaults of every kind; one that PostgreSQL cannot evaluate must not lose its table',
    cites: ['55'],
    sql: `
      CREATE TABLE defaults (id INTEGER PRIMARY KEY, a TEXT DEFAULT "double quoted", b BOOLEAN DEFAULT 0, c BOOLEAN DEFAULT FALSE, d BLOB DEFAULT x'0aff', e INTEGER DEFAULT (1 + 2), f TEXT DEFAULT CURRENT_TIMESTAMP,
        g DATE DEFAULT CURRENT_DATE, h REAL DEFAULT -1.5e-3, i TEXT DEFAULT 'it''s', j INTEGER DEFAULT (random()), k TEXT DEFAULT (strftime('%s', 'now')), l INTEGER DEFAULT 0x10, m TEXT DEFAULT (lower(hex(randomblob(16)))), n DECIMAL(8,2) DEFAULT 'not a number',
        o INTEGER DEFAULT NULL, p TEXT DEFAULT '', q INTEGER DEFAULT +5, r DATETIME DEFAULT (datetime('now', 'localtime')), s TEXT DEFAULT bareword, t INTEGER DEFAULT 9223372036854775807, u DATETIME DEFAULT '', v UUID DEFAULT 'none', w JSON DEFAULT '{}');
      INSERT INTO defaults (id, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w) VALUES (1, 'x', 1, 0, x'', 7, '2024-01-01 00:00:00', '2024-01-01', 0.5, '', 5, 'k', 1, 'm', 1.25, 1, 'p', 1, '2024-01-01 00:00:00', 's', 1, '2024-01-01 00:00:00', '123e4567-e89b-42d3-a456-426614174000', '[]');`,
    expect: { outcome: 'equal', rows: { defaults: 1 } },
  }),
  sqlDatabase({
    name: 'generated-columns',
    title: 'virtual and stored columns, translatable and not, in keys and indexes, over other generated ones',
    cites: ['43'],
    sql: `
      CREATE TABLE generated (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, sum INTEGER GENERATED ALWAYS AS (a + 1) VIRTUAL, stored TEXT AS (b || '!') STORED, half AS (a / 2), printed TEXT AS (printf('%05d', a)) STORED, js TEXT AS (json_extract(b, '$')) VIRTUAL, chain INTEGER AS (sum * 2) STORED, upper TEXT AS (upper(b)), div REAL AS (a / 3.0) STORED, cut TEXT AS (substr(b, 2, 3)) VIRTUAL);
      INSERT INTO generated (id, a, b) VALUES (1, 5, '"quoted"'), (2, -7, '1'), (3, NULL, NULL), (4, 9007199254740993, '2.50'), (5, 0, '"straße"');
      CREATE INDEX generated_sum ON generated (sum);
      CREATE TABLE only_generated (a INTEGER PRIMARY KEY, b AS (a)); INSERT INTO only_generated (a) VALUES (1), (2);`,
    expect: { outcome: 'equal', rows: { generated: 5, only_generated: 2 } },
  }),
  sqlDatabase({
    name: 'altered-tables',
    title: 'columns added (old rows are stored short), renamed and dropped',
    cites: ['56'],
    sql: `
      CREATE TABLE altered (id INTEGER PRIMARY KEY, a TEXT, gone TEXT, old_name INTEGER);
      INSERT INTO altered VALUES (1, 'short', 'x', 5), (2, 'short', 'y', 6);
      ALTER TABLE altered ADD COLUMN added INTEGER NOT NULL DEFAULT 42; ALTER TABLE altered ADD COLUMN added_text TEXT DEFAULT 'späť'; ALTER TABLE altered ADD COLUMN added_null REAL; ALTER TABLE altered ADD COLUMN made TEXT AS (a || added) VIRTUAL;
      ALTER TABLE altered RENAME COLUMN old_name TO "new name"; ALTER TABLE altered DROP COLUMN gone;
      INSERT INTO altered (id, a) VALUES (3, 'long');
      ALTER TABLE altered RENAME TO renamed;`,
    expect: { outcome: 'equal', rows: { renamed: 3 } },
  }),
  sqlDatabase({
    name: 'triggers',
    title: 'triggers do not run during the load and are reported',
    cites: ['57'],
    sql: `
      CREATE TABLE touched (id INTEGER PRIMARY KEY, v TEXT, last_update TEXT);
      CREATE TABLE history (id INTEGER, what TEXT);
      CREATE TRIGGER touch AFTER INSERT ON touched BEGIN UPDATE touched SET last_update = 'trigger' WHERE id = NEW.id; INSERT INTO history VALUES (NEW.id, 'insert'); END;
      CREATE TRIGGER refuse BEFORE DELETE ON touched WHEN OLD.id = 1 BEGIN SELECT RAISE(ABORT, 'no; never'); END;
      INSERT INTO touched VALUES (1, 'a', 'own'), (2, 'b', 'own');
      CREATE VIEW touched_view AS SELECT id, v FROM touched;
      CREATE TRIGGER instead INSTEAD OF INSERT ON touched_view BEGIN INSERT INTO touched (v) VALUES (NEW.v); END;
      UPDATE touched SET last_update = 'later' WHERE id = 2;`,
    expect: { outcome: 'equal', rows: { touched: 2, history: 2 }, reported: ['touch', 'refuse', 'instead'] },
  }),
  sqlDatabase({
    name: 'views-broken',
    title: 'views of a missing table, of themselves, of a function that only the application had',
    cites: ['58'],
    sql: `
      CREATE TABLE base (id INTEGER PRIMARY KEY, v TEXT, n INTEGER); INSERT INTO base VALUES (1, 'a', 2), (2, 'b', 3);
      CREATE VIEW good AS SELECT id, v FROM base WHERE n > 2;
      CREATE VIEW on_view (key, text) AS SELECT id, upper(v) FROM good;
      CREATE VIEW dangling AS SELECT * FROM missing_table;
      CREATE VIEW no_column AS SELECT nosuch FROM base;
      CREATE VIEW own_function AS SELECT app_function(v) AS x FROM base;
      CREATE VIEW circle_a AS SELECT * FROM circle_b; CREATE VIEW circle_b AS SELECT * FROM circle_a;
      CREATE VIEW everything AS SELECT * FROM base; CREATE VIEW same_names AS SELECT a.id, b.id FROM base a JOIN base b ON a.n = b.n;
      CREATE VIEW own_dialect AS SELECT group_concat(v, ';') AS g, strftime('%Y', 'now') AS y, n / 2 AS h, v LIKE 'A' AS l FROM base GROUP BY n HAVING count(*) > 0;`,
    expect: { outcome: 'equal', rows: { base: 2 }, reported: ['dangling', 'no_column', 'own_function', 'circle_a', 'circle_b'] },
  }),
  sqlDatabase({
    name: 'schema-of-another-build',
    title: 'a collation, a function and a virtual table module that this SQLite does not have',
    cites: ['46', '59', '58'],
    sql: `
      CREATE TABLE readable (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO readable VALUES (1, 'a'), (2, 'b');
      CREATE TABLE foreign_collation (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO foreign_collation VALUES (1, 'z'), (2, 'a');
      CREATE TABLE foreign_module (a);`,
    fill(db) {
      plantSchema(db, 'foreign_collation', 'CREATE TABLE foreign_collation (id INTEGER PRIMARY KEY, v TEXT COLLATE icu_german)');
      db.unsafeMode(true);
      db.pragma('writable_schema = on');
      db.exec("UPDATE sqlite_schema SET sql = 'CREATE VIRTUAL TABLE foreign_module USING spellfix1', rootpage = 0 WHERE name = 'foreign_module'");
      db.pragma('writable_schema = off');
    },
    expect: { outcome: 'equal', rows: { readable: 2, foreign_collation: 2 }, reported: ['foreign_module'] },
  }),
  sqlDatabase({
    name: 'many-tables',
    title: '300 tables of two rows',
    cites: ['68'],
    fill(db) {
      for (const name of manyTables) db.exec(`CREATE TABLE ${name} (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO ${name} VALUES (1, '${name}'), (2, NULL)`);
    },
    expect: { outcome: 'equal', rows: Object.fromEntries(manyTables.map((name) => [name, 2])) },
  }),
  sqlDatabase({
    name: 'wide-900-integers',
    title: '900 integer columns fit into one page of PostgreSQL',
    cites: ['66'],
    sql: `CREATE TABLE wide (${columnList(900, 'INTEGER')});`,
    fill(db) {
      const insert = db.prepare(`INSERT INTO wide VALUES (${Array.from({ length: 900 }, () => '?').join(', ')})`);
      insert.run(...Array.from({ length: 900 }, (_, i) => i - 450));
      insert.run(...Array.from({ length: 900 }, () => null));
    },
    expect: { outcome: 'equal', rows: { wide: 2 } },
  }),
  sqlDatabase({
    name: 'wide-900-texts',
    title: '900 short texts: 1,000 columns are allowed, but this row is larger than a page',
    cites: ['66'],
    sql: `CREATE TABLE wide (id INTEGER PRIMARY KEY, ${columnList(900, 'TEXT')});`,
    fill(db) {
      const insert = db.prepare(`INSERT INTO wide VALUES (${Array.from({ length: 901 }, () => '?').join(', ')})`);
      insert.run(1, ...Array.from({ length: 900 }, (_, i) => `text number ${i}`));
      insert.run(2, ...Array.from({ length: 900 }, (_, i) => (i % 9 === 0 ? 'x' : null)));
    },
    expect: { outcome: 'quarantine_or_refused', rows: { wide: 2 }, quarantined: { wide: 1 }, failure: 'SOURCE_UNSUPPORTED' },
  }),
  sqlDatabase({
    name: 'wide-1700',
    title: '1,700 columns: PostgreSQL allows 1,600',
    cites: ['66'],
    sql: `CREATE TABLE wide (${columnList(1_700, 'INTEGER')}); INSERT INTO wide (c0, c1699) VALUES (1, 2); CREATE TABLE beside (id INTEGER PRIMARY KEY); INSERT INTO beside VALUES (1);`,
    expect: { outcome: 'refused', rows: { wide: 1, beside: 1 }, failure: 'SOURCE_UNSUPPORTED', note: 'refused before anything moves' },
  }),
];
