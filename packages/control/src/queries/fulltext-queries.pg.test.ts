/**
 * MATCH on both sides: the project's own pages, cut into paragraphs, in FTS5 and in what a migration makes of it. As prose the
 * rows are the same; as they are written, with paths, tags and hosts, which are one word in PostgreSQL, some are not found.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import pg from 'pg';
import { discoverSchema } from '../plan/discover-schema.ts';
import { makePlan } from '../plan/make-plan.ts';
import { postgresForm } from './postgres-form.ts';
import type { QueryTables } from './query-tables.ts';
import { queryTables } from './query-tables.ts';
import type { Query } from './query-set.ts';

const url = process.env['CAUSEWAY_TEST_PG'];
const SCHEMA = 'fulltext_queries';
const prose = (text: string): string => text.replaceAll(/[./@<>&:=|\\_*]+/g, ' ');
const PAGES = new URL('../../../../docs/', import.meta.url);

(url === undefined ? describe.skip : describe)('full-text questions in PostgreSQL', () => {
  const sqlite = new Database(':memory:');
  const client = new pg.Client({ connectionString: url });
  let tables: QueryTables;

  beforeAll(async () => {
    sqlite.exec(`
      CREATE TABLE page (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT, kind TEXT);
      CREATE VIRTUAL TABLE words USING fts5(title, kind UNINDEXED, body);
      CREATE VIRTUAL TABLE stems USING fts5(body, tokenize = 'porter unicode61');
      CREATE VIRTUAL TABLE parts USING fts5(body, tokenize = 'trigram');
      CREATE VIRTUAL TABLE raw USING fts5(body);
      CREATE VIRTUAL TABLE old USING fts4(title, body);
      CREATE VIRTUAL TABLE page_words USING fts5(title, body, content = 'page', content_rowid = 'id');`);
    let id = 0;
    for (const file of readdirSync(PAGES).filter((name) => name.endsWith('.md')).sort()) {
      for (const body of readFileSync(new URL(file, PAGES), 'utf8').split(/\n\s*\n/)) {
        const title = file.replace('.md', '').replaceAll('-', ' ');
        id += 1;
        sqlite.prepare('INSERT INTO page VALUES (?, ?, ?, ?)').run(id, title, id % 7 === 0 ? null : prose(body), 'page');
        sqlite.prepare('INSERT INTO raw (rowid, body) VALUES (?, ?)').run(id, body);
      }
    }
    sqlite.exec(`INSERT INTO words (rowid, title, kind, body) SELECT id, title, kind, body FROM page; INSERT INTO stems (rowid, body) SELECT id, body FROM page; INSERT INTO parts (rowid, body) SELECT id, body FROM page;
      INSERT INTO old (docid, title, body) SELECT id, title, body FROM page; INSERT INTO page_words (page_words) VALUES ('rebuild');`);
    const schema = discoverSchema(sqlite);
    const plan = makePlan(sqlite, schema, { names: 'exact', targetSchema: SCHEMA, full: true });
    tables = queryTables(schema, plan);
    await client.connect();
    await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE; CREATE SCHEMA ${SCHEMA}; CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
      CREATE TABLE ${SCHEMA}.page (id bigint PRIMARY KEY, title text NOT NULL, body text, kind text);
      CREATE TABLE ${SCHEMA}.words (rowid bigint PRIMARY KEY, title text, kind text, body text); CREATE TABLE ${SCHEMA}.stems (rowid bigint PRIMARY KEY, body text);
      CREATE TABLE ${SCHEMA}.parts (rowid bigint PRIMARY KEY, body text); CREATE TABLE ${SCHEMA}.old (rowid bigint PRIMARY KEY, title text, body text); CREATE TABLE ${SCHEMA}.raw (rowid bigint PRIMARY KEY, body text)`);
    await client.query(`INSERT INTO ${SCHEMA}.raw SELECT * FROM json_populate_recordset(NULL::${SCHEMA}.raw, $1)`, [JSON.stringify(sqlite.prepare('SELECT rowid, body FROM raw').all())]);
    await client.query(`INSERT INTO ${SCHEMA}.page SELECT * FROM json_populate_recordset(NULL::${SCHEMA}.page, $1)`, [JSON.stringify(sqlite.prepare('SELECT * FROM page').all())]);
    await client.query(`INSERT INTO ${SCHEMA}.words SELECT id, title, kind, body FROM ${SCHEMA}.page; INSERT INTO ${SCHEMA}.stems SELECT id, body FROM ${SCHEMA}.page; INSERT INTO ${SCHEMA}.parts SELECT id, body FROM ${SCHEMA}.page; INSERT INTO ${SCHEMA}.old SELECT id, title, body FROM ${SCHEMA}.page`);
    for (const object of plan.objects.filter((o) => o.kind === 'fulltext')) await client.query(object.target as string);
    await client.query(`ANALYZE; SET search_path TO ${SCHEMA}`);
  });
  afterAll(async () => {
    await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
    await client.end();
    sqlite.close();
  });

  const form = (sql: string) => postgresForm({ name: 'q', sqlite: sql, postgres: null, parameters: new Map(), kind: null, fromLog: false, times: 1 } satisfies Query, tables, new Map());

  async function both(sql: string): Promise<{ here: unknown[][]; there: unknown[][] }> {
    const { how, sql: text, notes } = form(sql);
    expect([sql, how, notes.filter((n) => n.startsWith('not translated'))]).toEqual([sql, 'translated', []]);
    const there = await client.query({ text, rowMode: 'array', types: { getTypeParser: (oid: number) => (oid === 20 ? Number : (v: string) => v) as never } });
    return { here: sqlite.prepare(sql).raw().all() as unknown[][], there: there.rows as unknown as unknown[][] };
  }

  test.each([
    'quarantine', 'Quarantine', 'quarantin*', 'source target', 'source AND target AND rows', 'source OR kafka', 'source NOT target', 'source OR kafka NOT target', '(source OR kafka) AND rows',
    '"foreign key"', '"foreign k"*', 'foreign + key', 'foreign + ke *', 'title : queries', 'title:policies OR title:live', '{title body} : migration', '- title : assess', '-{title}:faster', 'title : (live OR policies)',
    'body : "every row" title : policies', 'not and near', '"AND"', '"it""s"', '"x-ray" OR "foreign-key"', 'a b c', 'ÉTÉ OR größe OR 表', 'nosuchword', '"policies what"', '((((rows))))', 'rows NOT rows', 'queries "on both sides"',
  ])('the same rows for MATCH %s', async (question) => {
    const quoted = question.replaceAll("'", "''");
    for (const sql of [
      `SELECT rowid FROM words WHERE words MATCH '${quoted}' ORDER BY rowid`,
      `SELECT p.id FROM page p JOIN page_words w ON w.rowid = p.id WHERE page_words MATCH '${quoted}' ORDER BY p.id`,
    ]) {
      const { here, there } = await both(sql);
      expect([sql, there]).toEqual([sql, here]);
    }
  });

  test('what is asked above finds rows', () => {
    expect(sqlite.prepare(`SELECT count(*) FROM words WHERE words MATCH '"foreign key"'`).pluck().get()).toBeGreaterThan(3);
    expect(sqlite.prepare(`SELECT count(*) FROM words WHERE words MATCH 'title:policies OR title:live'`).pluck().get()).toBeGreaterThan(3);
  });

  test.each([
    "SELECT rowid FROM words WHERE title MATCH 'queries OR policies' AND rowid > 10 ORDER BY rowid",
    "SELECT count(*) FROM words w WHERE words MATCH 'rows' AND w.kind = 'page'",
    "SELECT w.rowid, w.title FROM words AS w WHERE w.words MATCH 'rows' ORDER BY w.rowid DESC LIMIT 5",
    "SELECT rowid FROM old WHERE old MATCH 'source target' ORDER BY rowid",
    "SELECT rowid FROM old WHERE old MATCH 'source OR kafka' ORDER BY rowid",
    "SELECT rowid FROM old WHERE old MATCH 'title:live source' ORDER BY rowid",
    "SELECT rowid FROM old WHERE body MATCH 'quarantin*' ORDER BY rowid",
    "SELECT rowid FROM stems WHERE stems MATCH 'migrating' ORDER BY rowid",
    "SELECT rowid FROM stems WHERE stems MATCH 'index table' ORDER BY rowid",
    "SELECT rowid FROM page_words WHERE page_words MATCH 'rows' ORDER BY rowid",
  ])('%s', async (sql) => {
    const { here, there } = await both(sql);
    expect(there).toEqual(here);
    expect(here.length).toBeGreaterThan(0);
  });

  test.each(['quarantine', 'rows AND source', '"foreign key"', 'kafka OR postgresql'])('texts with paths and tags: never a row too many for %s', async (question) => {
    const { here, there } = await both(`SELECT rowid FROM raw WHERE raw MATCH '${question}' ORDER BY rowid`);
    const known = new Set(here.map((r) => r[0]));
    expect(there.filter((r) => !known.has(r[0]))).toEqual([]);
    expect(there.length).toBeGreaterThan(here.length / 2);
    expect(form(`SELECT rowid FROM raw WHERE raw MATCH '${question}'`).notes.join()).toMatch(/path/);
  });

  test('rank, marks and parts of a text', async () => {
    for (const order of ['rank', 'bm25(words)', 'bm25(words, 10.0, 0.0, 1.0)']) {
      const { here, there } = await both(`SELECT rowid FROM words WHERE words MATCH 'quarantine' ORDER BY ${order}, rowid`);
      expect(new Set(there.map((r) => r[0]))).toEqual(new Set(here.map((r) => r[0])));
      const times = (row: unknown[] | undefined): number => String(sqlite.prepare('SELECT title || body FROM words WHERE rowid = ?').pluck().get(row?.[0])).match(/quarantine/gi)?.length ?? 0;
      expect(times(there[0])).toBeGreaterThan(times(there.at(-1)));
    }
    const marked = await both("SELECT highlight(words, 0, '<b>', '</b>') FROM words WHERE words MATCH 'title:queries' AND rowid > 0");
    expect(new Set(marked.there.map((r) => r[0]))).toEqual(new Set(marked.here.map((r) => r[0])));
    const parts = await both("SELECT snippet(words, 2, '[', ']', '…', 8) FROM words WHERE words MATCH 'body:quarantine'");
    expect(parts.there.length).toBe(parts.here.length);
    for (const [text] of parts.there) expect(text).toMatch(/\[quarantine\]/i);
  });

  test('the index answers', async () => {
    await client.query('SET enable_seqscan TO off');
    for (const question of ['quarantine', '"foreign key"', 'title : queries']) {
      const plan = await client.query(`EXPLAIN ${form(`SELECT rowid FROM words WHERE words MATCH '${question}'`).sql}`);
      expect(JSON.stringify(plan.rows)).toContain('Bitmap Index Scan');
    }
    await client.query('RESET enable_seqscan');
  });

  test.each([
    ["SELECT rowid FROM words WHERE words MATCH '^quarantine'", /first/],
    ["SELECT rowid FROM words WHERE words MATCH 'NEAR(a b, 5)'", /NEAR/],
    ["SELECT rowid FROM words WHERE words MATCH 'a.b'", /refuses/],
    ["SELECT rowid FROM words WHERE words MATCH ''", /refuses/],
    ["SELECT rowid FROM words WHERE words MATCH '\".\"'", /without words/],
    ["SELECT rowid FROM words WHERE words MATCH 'a AND'", /refuses/],
    ["SELECT rowid FROM words WHERE words MATCH '(a) (b)'", /refuses/],
    ["SELECT rowid FROM words WHERE words MATCH 'nosuch : a'", /nosuch/],
    ["SELECT rowid FROM words WHERE words MATCH 'kind : page'", /kind/],
    [`SELECT rowid FROM words WHERE words MATCH '${'('.repeat(5000)}a${')'.repeat(5000)}'`, /deep/],
    ['SELECT rowid FROM words WHERE words MATCH :q', /known only when/],
    ['SELECT rank FROM words', /rank without/],
    ["SELECT rowid FROM parts WHERE parts MATCH 'uarantin'", /trigram/],
    ["SELECT rowid FROM old WHERE old MATCH 'a AND b'", /built/],
    ["SELECT rowid FROM old WHERE old MATCH 'a -b'", /built/],
    ["SELECT highlight(words, 0, '''', '\"') FROM words WHERE words MATCH 'rows'", /quotes/],
    ["SELECT id FROM page WHERE page MATCH 'rows'", /MATCH|column/],
  ] as const)('refused by name: %#', (sql, reason) => {
    const refused = form(sql);
    expect(refused.how).toBe('as_written');
    expect(refused.notes.join('\n')).toMatch(reason);
  });
});
