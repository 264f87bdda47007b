/** Virtual tables: full-text ones that hold their own rows are data, indexes over other rows are not. */
import { sqlDatabase } from './sql-database.ts';

export const virtualTableDatabases = [
  sqlDatabase({
    name: 'fts5-own-content',
    title: 'FTS5 tables that hold their own text: their rows move',
    cites: ['59'],
    sql: `
      CREATE VIRTUAL TABLE articles USING fts5 (title, body UNINDEXED, "quoted ""name""", tokenize = 'porter unicode61');
      INSERT INTO articles (rowid, title, body) VALUES (-5, 'negative', 'Ä'), (0, 'zero', NULL), (10, 'ten', ''), (9007199254740993, 'far', 'away');
      INSERT INTO articles (title) VALUES (1), (1.5), (x'00ff');
      CREATE TABLE beside (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO beside VALUES (1, 'x');`,
    expect: { outcome: 'equal_or_quarantine', rows: { articles: 7, beside: 1 }, quarantined: { articles: 1 } },
  }),
  sqlDatabase({
    name: 'fts5-empty',
    title: 'an FTS5 table without rows, and one from which all were deleted',
    cites: ['59', '34'],
    sql: "CREATE VIRTUAL TABLE none USING fts5 (a, b, prefix = '2 3'); CREATE VIRTUAL TABLE emptied USING fts5 (a); INSERT INTO emptied VALUES ('x'); DELETE FROM emptied;",
    expect: { outcome: 'equal', rows: { none: 0, emptied: 0 } },
  }),
  sqlDatabase({
    name: 'fts4-own-content',
    title: 'FTS4 and FTS3 tables that hold their own text',
    cites: ['59'],
    sql: `
      CREATE VIRTUAL TABLE mail USING fts4 (subject, body, tokenize=porter); INSERT INTO mail (docid, subject, body) VALUES (1, 'hello', 'world'), (7, 'a', NULL), (-1, '', 'ü');
      CREATE VIRTUAL TABLE old USING fts3 (t); INSERT INTO old VALUES ('x'), ('x');`,
    expect: { outcome: 'equal', rows: { mail: 3, old: 2 } },
  }),
  sqlDatabase({
    name: 'fts-without-own-content',
    title: 'contentless and external-content full-text tables: named, their shadow tables never loaded',
    cites: ['59'],
    sql: `
      CREATE TABLE page (id INTEGER PRIMARY KEY, title TEXT, body TEXT); INSERT INTO page VALUES (1, 'one', 'first'), (2, 'two', 'second');
      CREATE VIRTUAL TABLE page_index USING fts5 (title, body, content = 'page', content_rowid = 'id'); INSERT INTO page_index (page_index) VALUES ('rebuild');
      CREATE VIRTUAL TABLE contentless USING fts5 (a, content = ''); INSERT INTO contentless (rowid, a) VALUES (1, 'gone');
      CREATE VIRTUAL TABLE words USING fts5vocab ('page_index', 'row');
      CREATE VIRTUAL TABLE external4 USING fts4 (content="page", title, body);
      CREATE TABLE page_index_stat (id INTEGER PRIMARY KEY, own TEXT); INSERT INTO page_index_stat VALUES (1, 'mine');`,
    expect: { outcome: 'equal', rows: { page: 2, page_index_stat: 1 }, reported: ['page_index', 'contentless', 'words', 'external4'], note: 'page_index_stat only looks like a shadow table' },
  }),
  sqlDatabase({
    name: 'rtree',
    title: 'an R-Tree and a geopoly table beside the table they index',
    cites: ['59'],
    sql: `
      CREATE TABLE place (id INTEGER PRIMARY KEY, name TEXT, x REAL, y REAL); INSERT INTO place VALUES (1, 'a', 1.5, 2.5), (2, 'b', -1, 7);
      CREATE VIRTUAL TABLE place_box USING rtree (id, x0, x1, y0, y1); INSERT INTO place_box SELECT id, x, x, y, y FROM place;
      CREATE VIRTUAL TABLE shape USING geopoly (label); INSERT INTO shape (_shape, label) VALUES ('[[0,0],[1,0],[1,1],[0,0]]', 'triangle');`,
    expect: { outcome: 'equal', rows: { place: 2, place_box: 2 }, reported: ['shape'], note: 'the boxes move as rows, with a GiST index' },
  }),
  sqlDatabase({
    name: 'shadow-lookalikes',
    title: "application tables called like an FTS table's shadow tables",
    cites: ['59'],
    sql: `
      CREATE TABLE notes_content (id INTEGER PRIMARY KEY, c0 TEXT); INSERT INTO notes_content VALUES (1, 'own data');
      CREATE TABLE notes_data (id INTEGER PRIMARY KEY, block BLOB); INSERT INTO notes_data VALUES (1, x'00');
      CREATE TABLE "sqlite-like" (id INTEGER PRIMARY KEY); INSERT INTO "sqlite-like" VALUES (1);
      CREATE TABLE sqlitex (id INTEGER PRIMARY KEY); INSERT INTO sqlitex VALUES (1), (2);`,
    expect: { outcome: 'equal', rows: { notes_content: 1, notes_data: 1, 'sqlite-like': 1, sqlitex: 2 } },
  }),
];
