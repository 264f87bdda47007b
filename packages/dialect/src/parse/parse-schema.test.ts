/** CREATE TABLE and CREATE INDEX as people really write them, and worse. */
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { parseCreateIndex } from './create-index.ts';
import { type ParsedTable, parseCreateTable } from './create-table.ts';
import { parseExpression, parseStatement } from './sqlite-grammar.ts';

function table(sql: string): ParsedTable {
  const parsed = parseCreateTable(sql);
  if ('unparsed' in parsed) throw new Error(parsed.unparsed);
  return parsed;
}

describe('CREATE TABLE', () => {
  test('names in every kind of quotes, with comments between', () => {
    const parsed = table(`CREATE TABLE "a ""b"/* , */(id INTEGER PRIMARY KEY AUTOINCREMENT, -- c, d
      [x y] TEXT COLLATE NOCASE, \`z\`\`z\` REAL, 'w' BLOB, "new\nline" INT, ünï text)`);
    expect(parsed.name).toBe('a "b');
    expect([...parsed.columns.keys()]).toEqual(['id', 'x y', 'z`z', 'w', 'new\nline', 'ünï']);
    expect(parsed.columns.get('x y')?.collation).toBe('NOCASE');
    expect(parsed.autoincrement).toBe(true);
  });

  test('checks with their names, verbatim, from columns and from the table', () => {
    const parsed = table(`CREATE TABLE t(a int CONSTRAINT pos CHECK (a>0 /* really */) CHECK(a<9), b, CONSTRAINT "c 2" CHECK ((a) <> b) ON CONFLICT IGNORE CHECK(b))`);
    expect(parsed.checks.map((c) => [c.name, c.column, c.expression.text])).toEqual([
      ['pos', 'a', 'a>0'],
      [null, 'a', 'a<9'],
      ['c 2', null, '(a) <> b'],
      [null, null, 'b'],
    ]);
  });

  test('keys with ON CONFLICT, foreign keys with their deferral', () => {
    const parsed = table(`CREATE TABLE t(a INTEGER CONSTRAINT k PRIMARY KEY ON CONFLICT REPLACE, b UNIQUE ON CONFLICT IGNORE NOT NULL ON CONFLICT FAIL,
      c REFERENCES p(x) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, d REFERENCES p NOT DEFERRABLE INITIALLY DEFERRED,
      UNIQUE (b COLLATE NOCASE DESC, 'c') ON CONFLICT ROLLBACK, CONSTRAINT f FOREIGN KEY (c, d) REFERENCES q (e, f) MATCH FULL DEFERRABLE INITIALLY DEFERRED)`);
    expect(parsed.keys).toEqual([
      { kind: 'primary_key', name: 'k', columns: ['a'], onConflict: 'replace' },
      { kind: 'unique', name: null, columns: ['b'], onConflict: 'ignore' },
      { kind: 'unique', name: null, columns: ['b', 'c'], onConflict: 'rollback' },
    ]);
    expect(parsed.columns.get('b')?.notNullOnConflict).toBe('fail');
    expect(parsed.foreignKeys.map((f) => [f.name, f.columns, f.parent, f.parentColumns, f.initiallyDeferred])).toEqual([
      [null, ['c'], 'p', ['x'], true],
      [null, ['d'], 'p', [], false],
      ['f', ['c', 'd'], 'q', ['e', 'f'], true],
    ]);
  });

  test('generated columns, defaults and odd types', () => {
    const parsed = table(`CREATE TABLE t(a FLOATING POINT, b "odd type"(3,-4) DEFAULT -1, c GENERATED ALWAYS AS (a||'x') STORED, d INT AS (b*2) VIRTUAL,
      e DEFAULT (1+2), f DEFAULT "dq", g DEFAULT abc, h DEFAULT x'00ff', i DEFAULT CURRENT_TIMESTAMP, j VARCHAR(99999999) DEFAULT 'it''s', CHECK(1)) STRICT, WITHOUT ROWID`);
    expect(parsed.columns.get('c')?.generated).toMatchObject({ expression: { text: "a||'x'" }, stored: true });
    expect(parsed.columns.get('d')?.generated).toMatchObject({ expression: { text: 'b*2' }, stored: false });
    expect(['b', 'e', 'f', 'g', 'h', 'i', 'j'].map((c) => parsed.columns.get(c)?.default?.text)).toEqual(['-1', '(1+2)', '"dq"', 'abc', "x'00ff'", 'CURRENT_TIMESTAMP', "'it''s'"]);
  });

  test('hostile column names stay names', () => {
    expect([...table('CREATE TABLE t(__proto__, constructor, "a;DROP TABLE b", "$1")').columns.keys()]).toEqual(['__proto__', 'constructor', 'a;drop table b', '$1']);
  });
});

describe('CREATE INDEX', () => {
  test('expressions, collations, directions and the condition', () => {
    const parsed = parseCreateIndex(`CREATE UNIQUE INDEX IF NOT EXISTS "i i" ON t(lower(a) COLLATE rtrim DESC, b COLLATE NOCASE, -c) WHERE a IS NOT NULL AND b <> ';'`);
    expect(parsed).toMatchObject({ name: 'i i', table: 't', unique: true, where: { text: `a IS NOT NULL AND b <> ';'` } });
    expect('parts' in parsed && parsed.parts.map((p) => [p.expression.text, p.collation, p.descending])).toEqual([
      ['lower(a)', 'RTRIM', true],
      ['b', 'NOCASE', false],
      ['-c', null, false],
    ]);
  });
});

describe('text that cannot be read is an outcome', () => {
  test.each(['', ';', 'CREATE TABLE', 'CREATE TABLE t(a,)', "CREATE TABLE t(a DEFAULT 'x)", 'CREATE TABLE t(a); DROP TABLE u', 'SELECT 1', 'CREATE TABLE t AS SELECT 1', '\u0000', 'CREATE VIRTUAL TABLE t USING fts5(a)'])('%j', (sql) => {
    expect(parseCreateTable(sql)).toHaveProperty('unparsed');
    expect(parseCreateIndex(sql)).toHaveProperty('unparsed');
  });

  test.each(['a) FROM t --', 'a, b', '1); DROP TABLE t; --', 'a AS b', '', '1) UNION SELECT (2', '*', 'a) LIMIT (1'])('no expression: %j', (text) => {
    expect(parseExpression(text)).toHaveProperty('unparsed');
  });

  test('anything at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.constantFrom('CREATE', 'TABLE', 't', '(', ')', ',', 'CHECK', "'", '"', '[', ']', '/*', '--', 'a', '1', 'x\'', '\n')).map((w) => w.join(' '))), (text) => {
        parseCreateTable(text);
        parseExpression(text);
        return true;
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the grammar is SQLite’s', () => {
  const db = new Database(':memory:');

  /** SQLite's own word; null where it complains of something else (no such column) before it has read to the end. */
  function sqliteParses(sql: string): boolean | null {
    try {
      db.prepare(sql);
      return true;
    } catch (error) {
      return /syntax error|unrecognized token|incomplete input/.test((error as Error).message) ? false : null;
    }
  }

  const piece = fc.constantFrom('a', 'INT', '"q"', "'s'", '[b]', '(', ')', ',', 'NOT', 'NULL', 'DEFAULT', '1', '-', '1.5', "x'0a'", 'CHECK', '(a>0)', 'COLLATE', 'NOCASE', 'PRIMARY KEY', 'UNIQUE', 'ON CONFLICT IGNORE', 'REFERENCES p(x)', 'DEFERRABLE INITIALLY DEFERRED', 'CONSTRAINT', 'n', 'AS (a+1)', 'GENERATED ALWAYS', 'STORED', 'IN', '(1,2)', 'IS', 'LIKE', 'ESCAPE', 'BETWEEN', 'AND', 'OR', '||', '->>', '==', '<>', 'CASE', 'WHEN', 'THEN', 'ELSE', 'END', 'key', 'abort', 'WITHOUT ROWID', 'STRICT', '/* c */', '-- c\n', 'ON DELETE CASCADE', 'MATCH', 'ISNULL', 'CAST', 'EXISTS', '?1', ':v', 'glob');

  test('it takes and refuses what SQLite takes and refuses', () => {
    const words = fc.array(piece, { minLength: 1, maxLength: 9 }).map((w) => w.join(' '));
    const sql = fc.oneof(
      words.map((w) => `CREATE TABLE t(a ${w})`),
      words.map((w) => `CREATE TABLE t(a, b ${w})`),
      words.map((w) => `SELECT ${w}`),
      words.map((w) => `CREATE INDEX i ON t(${w})`),
    );
    const different: string[] = [];
    let judged = 0;
    for (const text of fc.sample(sql, { numRuns: 6000, seed: 7 })) {
      const ours = !('unparsed' in parseStatement(text));
      const theirs = sqliteParses(text);
      if (theirs !== null) judged += 1;
      if (theirs !== null && ours !== theirs) different.push(`${ours ? 'taken' : 'refused'}: ${text}`);
    }
    expect(different).toEqual([]);
    expect(judged).toBeGreaterThan(2000);
  });
});
