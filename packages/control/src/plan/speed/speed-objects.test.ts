import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { discoverSchema } from '../discover-schema.ts';
import { makePlan } from '../make-plan.ts';
import type { PlanDocument, PlanObject } from '../plan-document.ts';
import { withWishedObjects } from '../plan-objects.ts';
import { readQuerySet } from '../../queries/read-query-set.ts';
import { withPartitions } from './table-partition.ts';
import { virtualTableText } from './virtual-table-text.ts';

let db: Database.Database;
beforeAll(() => {
  db = new Database(':memory:');
});
afterAll(() => db.close());

function planned(sql: string, queries?: string): PlanDocument {
  db.close();
  db = new Database(':memory:');
  // Applications may put triggers on the tables behind a virtual one.
  db.unsafeMode();
  db.exec(sql);
  return makePlan(db, discoverSchema(db), { names: 'exact', targetSchema: 'app', full: true, ...(queries === undefined ? {} : { queries: readQuerySet(queries, 'q') }) });
}

const targets = (plan: PlanDocument): (string | null)[] => plan.objects.filter((o: PlanObject) => o.stage === 'index' || o.kind === 'extension').map((o) => o.target);

describe('indexes for foreign keys', () => {
  const PARENT = 'create table p (id integer primary key, a int, b int, unique (a, b));';
  test.each([
    ['none', 'create table c (x int references p(id));', ['CREATE INDEX "c_x_fk" ON "app"."c" ("x")']],
    ['the key', 'create table c (id integer primary key references p(id));', []],
    ['a composite key', 'create table c (x int references p(id), y int, primary key (x, y)) without rowid;', []],
    ['second in a key', 'create table c (x int references p(id), y int, primary key (y, x)) without rowid;', ['CREATE INDEX "c_x_fk" ON "app"."c" ("x")']],
    ['an index that begins with it', 'create table c (x int references p(id), y int); create index i on c (x, y);', ['CREATE INDEX "i" ON "app"."c" ("x" NULLS FIRST, "y" NULLS FIRST)']],
    ['a partial one does not count', 'create table c (x int references p(id)); create index i on c (x) where x > 1;', ['CREATE INDEX "i" ON "app"."c" ("x" NULLS FIRST) WHERE ("x" > 1)', 'CREATE INDEX "c_x_fk" ON "app"."c" ("x")']],
    ['two columns in any order', 'create table c (x int, y int, foreign key (x, y) references p(a, b)); create index i on c (y, x, rowid);', []],
    ['twice the same', 'create table c (x int references p(id) references p(id));', ['CREATE INDEX "c_x_fk" ON "app"."c" ("x")']],
  ])('%s', (_, sql, expected) => {
    if (sql.includes('rowid);')) sql = sql.replace(', rowid', '');
    expect(targets(planned(PARENT + sql)).filter((t) => expected.length > 0 || !t?.startsWith('CREATE INDEX "i"'))).toEqual(expected);
  });
});

test('FTS tables: tokenizers, unindexed columns, external content', () => {
  const plan = planned(`
    create table doc (id integer primary key, "ti tle" text, body text);
    create virtual table own using fts5 (a, b unindexed, tokenize = "porter");
    create virtual table outer_words using fts5 ("ti tle", body, content = 'doc', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 0');
    create virtual table contentless using fts5 (x, content = '');
    create virtual table three using fts5 (word, tokenize = 'trigram');
    insert into own values ('x', 'y'); insert into three values ('abc'); insert into doc values (1, 't', 'b');`);
  expect(targets(plan)).toEqual([
    'CREATE EXTENSION IF NOT EXISTS "pg_trgm" SCHEMA public',
    `CREATE INDEX "own_fulltext" ON "app"."own" USING gin (to_tsvector('english'::regconfig, coalesce("a", '')))`,
    'CREATE INDEX "three_word_trgm" ON "app"."three" USING gin ("word" gin_trgm_ops)',
    `CREATE INDEX "doc_fulltext" ON "app"."doc" USING gin (to_tsvector('simple'::regconfig, coalesce("ti tle", '') || ' ' || coalesce("body", '')))`,
  ]);
  expect(plan.objects.find((o) => o.name === 'doc_fulltext')?.notes.some((n) => n.includes('é'))).toBe(false);
});

test('triggers that only keep such an index current are not missed, others are', () => {
  const plan = planned(`
    create table doc (id integer primary key, body text); create table log (n int);
    create virtual table words using fts5 (body, content = 'doc', content_rowid = 'id');
    create trigger a_add after insert on doc begin insert into words (rowid, body) values (new.id, new.body); end;
    create trigger b_gone after delete on doc begin insert into words (words, rowid, body) values ('delete', old.id, old.body); insert into log values (1); end;
    create trigger c_stop before delete on doc begin select raise(abort, 'no') from words; end;
    create trigger d_log after insert on log begin insert into words (rowid, body) values (1, 'x'); end;
    create trigger e_shadow after insert on words_docsize begin insert into log values (2); end;`);
  const fidelity = (name: string): string | undefined => plan.objects.find((o) => o.name === name)?.fidelity;
  expect(['a_add', 'b_gone', 'c_stop', 'd_log', 'e_shadow'].map(fidelity)).toEqual(['not_moved', 'needs_decision', 'needs_decision', 'needs_decision', 'not_moved']);
});

test('searches come from queries, and a plan that asks for more gets what is missing once', () => {
  const plan = planned("create table t (id integer primary key, name text, n int); insert into t values (1, 'x', 1);", "SELECT * FROM t WHERE name LIKE '%needle%' OR n LIKE '%123%';");
  expect(plan.search).toEqual([{ table: 't', column: 'name', form: 'ascii' }]);
  expect(targets(plan)).toHaveLength(2);
  const schema = discoverSchema(db);
  expect(withWishedObjects(plan, schema)).toEqual(plan);
  const more = withWishedObjects({ ...plan, fulltext: [{ table: 'T', columns: ['NAME'], config: 'german' }] }, schema);
  expect(targets(more).at(-1)).toBe(`CREATE INDEX "t_fulltext" ON "app"."t" USING gin (to_tsvector('german'::regconfig, coalesce("name", '')))`);
  expect(targets(more).filter((t) => t?.startsWith('CREATE EXTENSION'))).toHaveLength(1);
  for (const wish of [{ table: 'none', columns: ['name'] }, { table: 't', columns: ['none'] }, { table: 't', columns: ['n'] }]) {
    expect(() => withWishedObjects({ ...plan, fulltext: [{ ...wish, config: 'simple' }] }, schema)).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }));
  }
});

test('partitions go from the first row to the range after the last', () => {
  const plan = planned("create table t (id integer primary key, at date not null); insert into t values (1, '2023-12-31'), (2, '2024-02-29'), (3, '9-9-9');");
  const table = plan.tables[0] as PlanDocument['tables'][number];
  const typed = { ...plan, tables: [{ ...table, columns: table.columns.map((c) => (c.name === 'at' ? { ...c, type: 'date', form: 'plain' as const } : c)) }], partition: [{ table: 't', column: 'at', by: 'quarter' as const }] };
  expect(withPartitions(typed, discoverSchema(db), db).partition).toEqual([{ table: 't', column: 'at', by: 'quarter', from: '2023-12-31', to: '2024-02-29' }]);
  const far = { ...typed, partition: [{ table: 't', column: 'at', by: 'month' as const, from: '0001-01-01', to: '9999-01-01' }] };
  expect(() => withPartitions(far, discoverSchema(db), db)).toThrow(expect.objectContaining({ code: 'PLAN_INVALID', message: expect.stringContaining('more than 500') }));
});

test('arguments of a virtual table, whatever they hold', () => {
  expect(virtualTableText(`CREATE VIRTUAL TABLE "x" USING fts5("a, b", 'c)', [d], e UNINDEXED -- remark ) \n, tokenize = 'unicode61 tokenchars ''-_''', content='')`)).toEqual({
    module: 'fts5',
    columns: [{ name: 'a, b', rest: '' }, { name: 'c)', rest: '' }, { name: 'd', rest: '' }, { name: 'e', rest: 'UNINDEXED' }],
    options: new Map([['tokenize', "unicode61 tokenchars '-_'"], ['content', '']]),
  });
  expect(virtualTableText('CREATE VIRTUAL TABLE x USING fts5')).toBeNull();
  expect(virtualTableText('CREATE TABLE x (a)')).toBeNull();
});
