/** Generated columns in a real PostgreSQL: what the application writes there is computed as SQLite computes it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { postgresTypeName } from '@causeway/contracts/logical-type';
import { quoteIdentifier as q } from '@causeway/contracts/identifier';
import pg from 'pg';
import { computedColumns, dropComputedColumns } from '../../target/computed-column.ts';
import { contractsFromPlan } from '../contracts-from-plan.ts';
import { discoverSchema } from '../discover-schema.ts';
import { makePlan } from '../make-plan.ts';
import type { PlanDocument, PlanObject } from '../plan-document.ts';

const url = process.env['CAUSEWAY_TEST_PG'];
const SCHEMA = 'generated "objects"$generated$';
/** Names that are words of PL/pgSQL or would end a text that holds them. */
const TABLE = 'new\n"old"$computed$;\'';
const LONG = `${'ä'.repeat(30)}b`;
const SOURCE = `
  CREATE TABLE ${q(TABLE)} (id INTEGER PRIMARY KEY, "neW" INTEGER, "old" TEXT, tg_op INTEGER, "a""b'$computed$" TEXT, "begin" REAL,
    "line\nbreak" INTEGER NOT NULL AS (twice + "neW") STORED UNIQUE, twice INTEGER AS ("neW" * 2) VIRTUAL CHECK (twice <> 14),
    "upper" TEXT AS ("old" || '\\-' || "a""b'$computed$") STORED, "${LONG}1" INTEGER AS (length("old")), "${LONG}2" INTEGER AS ("line\nbreak" + coalesce(tg_op, -1)),
    half REAL AS ("begin" / 2), printed TEXT AS (printf('%05d', "neW")), beyond TEXT AS (printed || '!'), hexed TEXT AS (hex("old")), positive BOOLEAN AS ("neW" > 0), sum AS (coalesce("begin", 0) + "neW"));
  CREATE TABLE "Plain" (k TEXT PRIMARY KEY, "aCount" INTEGER, "aSum" INTEGER AS ("aCount" + 1) STORED) WITHOUT ROWID;`;
const ROWS: readonly (readonly unknown[])[] = [[1, 5, 'x', 1, "y'", 1.5], [2, -3, null, null, 'ü', null], [3, 8, '', 7, '', -0.25], [4, 100, 'äöü', 0, 'a', 1e300]];

(url === undefined ? describe.skip : describe)('generated columns', () => {
  const sqlite = new Database(':memory:');
  const client = new pg.Client({ connectionString: url });
  let plan: PlanDocument;
  let objects: PlanObject[];
  const at = (name: string): PlanObject => objects.find((o) => o.name === name) as PlanObject;

  beforeAll(async () => {
    sqlite.exec(SOURCE);
    const schema = discoverSchema(sqlite);
    for (const row of ROWS) sqlite.prepare(`INSERT INTO ${q(TABLE)} (id, "neW", "old", tg_op, "a""b'$computed$", "begin") VALUES (?, ?, ?, ?, ?, ?)`).run(...row);
    plan = makePlan(sqlite, schema, { names: 'exact', targetSchema: SCHEMA, full: true });
    objects = plan.objects.filter((o) => o.kind === 'generated_column');
    await client.connect();
    await client.query(`DROP SCHEMA IF EXISTS ${q(SCHEMA)} CASCADE; CREATE SCHEMA ${q(SCHEMA)}`);
    for (const contract of contractsFromPlan(plan, schema)) {
      await client.query(`CREATE TABLE ${q(SCHEMA)}.${q(contract.target)} (${contract.columns.map((c) => `${q(c.target)} ${postgresTypeName(c.type)}${c.notNull ? ' NOT NULL' : ''}`).join(', ')}, PRIMARY KEY (${contract.key.map(q).join(', ')}))`);
    }
  });
  afterAll(async () => {
    await client.query(`DROP SCHEMA IF EXISTS ${q(SCHEMA)} CASCADE`);
    await client.end();
    sqlite.close();
  });

  const table = `${q(SCHEMA)}.${q(TABLE)}`;
  const COLUMNS = ['line\nbreak', 'twice', 'upper', `${LONG}1`, `${LONG}2`, 'half', 'hexed', 'sum'];
  const ofSqlite = (): unknown[] => sqlite.prepare(`SELECT ${COLUMNS.map(q).join(', ')} FROM ${q(TABLE)} ORDER BY id`).raw().all();
  const ofPostgres = async (): Promise<unknown[]> => {
    const columns = COLUMNS.map((name) => q(plan.tables.find((t) => t.name === TABLE)?.columns.find((c) => c.name === name)?.target as string));
    const { rows } = await client.query({ text: `SELECT ${columns.join(', ')} FROM ${table} ORDER BY id`, rowMode: 'array' });
    return (rows as unknown[][]).map((row) => row.map((cell, i) => (typeof cell === 'string' && !['upper', 'hexed'].includes(COLUMNS[i] as string) ? Number(cell) : cell)));
  };

  test('what has no translation is told, and what reads it as well', () => {
    expect(objects.filter((o) => o.target === null).map((o) => [o.name, o.fidelity])).toEqual([['printed', 'needs_decision'], ['beyond', 'needs_decision']]);
    expect(at('beyond').notes[0]).toBe('it reads a generated column that has no translation');
    // A half leaves the range of a double otherwise; a sum may be integer or real.
    expect(objects.filter((o) => o.target !== null).map((o) => [o.name, o.fidelity]).sort()).toEqual([...COLUMNS, 'aSum', 'positive'].map((name) => [name, ['half', 'sum'].includes(name) ? 'approximated' : 'exact']).sort());
  });

  test('triggers compute what SQLite computes, whatever the names and the settings of the session', async () => {
    // A trigger whose column's source is not computed is refused.
    await expect(client.query(at('line\nbreak').target as string)).rejects.toThrow('reads a generated column that is not computed');
    for (const object of objects) if (object.target !== null) for (let i = 0; i < 2; i++) await client.query({ text: object.target, ...({ queryMode: 'extended' } as object) });
    await client.query("SET search_path = nowhere; SET extra_float_digits = -10; SET standard_conforming_strings = off; SET DateStyle = 'German'");
    // A value that is written to a generated column is overwritten.
    for (const row of ROWS) await client.query(`INSERT INTO ${table} (id, "neW", "old", tg_op, "a""b'$computed$", "begin", twice) VALUES ($1, $2, $3, $4, $5, $6, 999)`, [...row]);
    await client.query('RESET ALL');
    expect(await ofPostgres()).toEqual(ofSqlite());
    expect((await client.query(`SELECT array_agg(positive ORDER BY id) AS all FROM ${table}`)).rows[0].all).toEqual([true, false, true, true]);
    // What bigint cannot hold is refused, and never rounded; SQLite would keep a real number there.
    await expect(client.query(`UPDATE ${table} SET "neW" = 9223372036854775807 WHERE id = 1`)).rejects.toThrow('bigint');
    const change = `SET "neW" = "neW" + 1, "old" = 'changed' WHERE id < 3`;
    sqlite.exec(`UPDATE ${q(TABLE)} ${change}`);
    await client.query(`UPDATE ${table} ${change}`);
    await client.query(`UPDATE ${table} SET twice = 0, hexed = NULL WHERE id = 4`);
    expect(await ofPostgres()).toEqual(ofSqlite());
  });

  test('the proof counts rows that differ, and names them', async () => {
    const ask = async (name: string): Promise<unknown> => (await client.query(at(name).proof?.postgres as string)).rows[0];
    for (const name of COLUMNS) expect([name, await ask(name)]).toEqual([name, { holds: '4', fails: '0', unknown: 0, examples: null }]);
    await client.query(`ALTER TABLE ${table} DISABLE TRIGGER USER; UPDATE ${table} SET twice = 0 WHERE id = 2; UPDATE ${table} SET twice = NULL WHERE id = 3; ALTER TABLE ${table} ENABLE TRIGGER USER`);
    expect(await ask('twice')).toEqual({ holds: '2', fails: '2', unknown: 0, examples: '2; 3' });
    expect(sqlite.prepare(at('twice').proof?.sqlite as string).get()).toEqual({ holds: 4, fails: 0, unknown: 0 });
  });

  test('they go with their functions, and nothing else goes', async () => {
    expect((await computedColumns(client, table)).map(({ trigger }) => Buffer.byteLength(trigger) <= 63)).toEqual([...COLUMNS, 'positive'].map(() => true));
    expect((await dropComputedColumns(client, table)).length).toBe(COLUMNS.length + 1);
    const left = await client.query('SELECT count(*)::int AS n FROM pg_proc WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)', [SCHEMA]);
    expect(left.rows).toEqual([{ n: 1 }]);
    expect(await dropComputedColumns(client, `${q(SCHEMA)}."Plain"`)).toEqual(['aSum']);
  });
});

/** Values of JSON documents and parts of dates: SQLite finds their class row by row, the stored column says which one it is here. */
const DOCUMENTS = `
  CREATE TABLE doc (id INTEGER PRIMARY KEY, j JSON, t TEXT, day DATE, at DATETIME,
    month TEXT AS (strftime('%Y-%m', at)) STORED, year INTEGER AS (strftime('%Y', day)), hour AS (CAST(strftime('%H', at) AS INTEGER)), of_day TEXT AS (date(at)), clock TEXT AS (time(at) || ' h'), week TEXT AS (strftime('%W', day)),
    title TEXT NOT NULL AS (json_extract(j, '$.title')) STORED, deep TEXT AS (t ->> '$.a[1]."b c"'), last INTEGER AS (json_extract(j, '$.n[#-1]')), label TEXT AS (lower(j ->> 'title') || '!'),
    score REAL AS (json_extract(t, '$.score')) STORED, done BOOLEAN AS (json_extract(j, '$.done')), is_done BOOLEAN AS (json_extract(j, '$.done') = 1), cut INTEGER AS (CAST(json_extract(t, '$.score') AS INTEGER)),
    kind TEXT AS (coalesce(json_extract(j, '$.kind'), 'none')), moving TEXT AS (json_extract(j, '$.' || lower('TITLE'))), raw TEXT AS (j -> '$.title'), class TEXT AS (typeof(json_extract(j, '$.n'))));`;
const document = (n: number): [string, string, string, string] => [
  JSON.stringify({ title: `Tïtle ${n}`, n: [n, -n], done: n % 2 === 0, ...(n % 3 === 0 ? {} : { kind: 'x' }) }),
  JSON.stringify({ a: [1, { 'b c': `é'${n}` }], score: n + 0.5 }),
  `202${n}-0${n}-1${n}`,
  `199${n}-12-31 0${n}:59:0${n}`,
];

(url === undefined ? describe.skip : describe)('generated columns over documents and dates', () => {
  test('a value of one class is computed as SQLite does, also for rows that come later; what cannot be is told, and no write fails for it', async () => {
    const sqlite = new Database(':memory:');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      sqlite.exec(DOCUMENTS);
      const insert = sqlite.prepare('INSERT INTO doc (id, j, t, day, at) VALUES (?, ?, ?, ?, ?)');
      for (let n = 1; n <= 6; n++) insert.run(n, ...document(n));
      const schema = discoverSchema(sqlite);
      const plan = makePlan(sqlite, schema, { names: 'exact', targetSchema: SCHEMA, full: true });
      const objects = plan.objects.filter((o) => o.kind === 'generated_column');
      expect(objects.filter((o) => o.target === null).map((o) => o.name).sort()).toEqual(['class', 'moving', 'raw', 'week']);
      const made = objects.filter((o) => o.target !== null).map((o) => o.name);
      expect(objects.filter((o) => o.target !== null).map((o) => o.fidelity)).toEqual(made.map(() => 'approximated'));
      await client.query(`CREATE SCHEMA ${q(SCHEMA)}`);
      const [contract] = contractsFromPlan(plan, schema);
      await client.query(`CREATE TABLE ${q(SCHEMA)}.doc (${contract?.columns.map((c) => `${q(c.target)} ${postgresTypeName(c.type)}`).join(', ')}, PRIMARY KEY (id))`);
      for (const object of objects) if (object.target !== null) await client.query(object.target);
      for (let n = 7; n <= 9; n++) insert.run(n, ...document(n));
      for (let n = 1; n <= 9; n++) await client.query(`INSERT INTO ${q(SCHEMA)}.doc (id, j, t, day, at) VALUES ($1, $2, $3, $4, $5::timestamp AT TIME ZONE 'UTC')`, [n, ...document(n)]);
      const list = made.map(q).join(', ');
      const there = (await client.query({ text: `SELECT ${list} FROM ${q(SCHEMA)}.doc ORDER BY id`, rowMode: 'array' })).rows as unknown[][];
      expect(there.map((row) => row.map((cell) => (typeof cell === 'boolean' ? Number(cell) : typeof cell === 'string' && /^-?\d+$/.test(cell) ? Number(cell) : cell)))).toEqual(sqlite.prepare(`SELECT ${list} FROM doc ORDER BY id`).raw().all());
      for (const object of objects) if (object.proof) expect([object.name, (await client.query(object.proof.postgres)).rows[0]]).toEqual([object.name, { holds: '9', fails: '0', unknown: 0, examples: null }]);
      // Other classes than those that were there.
      for (const [i, other] of ['{"title":{"a":1},"n":"x","done":"maybe"}', '{"title":5,"n":[1e400],"done":7}', '{"title":"t","n":[9223372036854775808],"done":null}', '[]'].entries()) {
        const written = client.query(`INSERT INTO ${q(SCHEMA)}.doc (id, j, t) VALUES ($1, $2, $3)`, [100 + i, other, `{"score":${['-1e999', '1e-999', '2e99999999', '-0.0'][i]}}`]);
        // Only the NOT NULL of the title may refuse, as it does in SQLite.
        await (other === '[]' ? expect(written).rejects.toThrow('not-null') : written);
      }
    } finally {
      await client.query(`DROP SCHEMA IF EXISTS ${q(SCHEMA)} CASCADE`);
      await client.end();
      sqlite.close();
    }
  });
});
