/** Plants every corruption of docs/validation.md and sees it caught, named by key and column. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { TableDifference } from '../src/compare/table-difference.ts';
import type { TableVerification } from '../src/report/table-verification.ts';
import { EVERY_TYPE, everyType, everyTypeRow } from './every-type.ts';
import { integerKey, testDatabase, textKey, TwoSides } from './two-sides.ts';

const ROWS = 40;
const sides = new TwoSides(testDatabase());

/** The same rows with an integer key, with a text key, and without a key: three ways of aligning them. */
const TABLES = ['by id', 'by code', 'without key'] as const;
type Named = (typeof TABLES)[number];
const KEYS: Record<Named, string[]> = { 'by id': ['id'], 'by code': ['code'], 'without key': [] };
const contracts = new Map<Named, TableContract>();

beforeAll(async () => {
  await sides.open();
  for (const name of TABLES) {
    const rows = Array.from({ length: ROWS }, (_, i) => everyTypeRow(i + 1));
    contracts.set(name, await sides.make(everyType(name, KEYS[name]), rows));
    await sides.pool.query(`CREATE TABLE ${sides.target(`kept ${name}`)} AS SELECT * FROM ${sides.target(name)}`);
  }
});
afterAll(() => sides.close());

beforeEach(async () => {
  for (const name of TABLES) {
    const columns = name === 'without key' ? 'OVERRIDING SYSTEM VALUE ' : '';
    await sides.pool.query(`TRUNCATE ${sides.target(name)}; INSERT INTO ${sides.target(name)} ${columns}SELECT * FROM ${sides.target(`kept ${name}`)}`);
  }
});

async function corrupted(name: Named, sql: string): Promise<TableVerification> {
  const result = await sides.pool.query(sql.replaceAll('T!', sides.target(name)));
  expect(result.rowCount).toBeGreaterThan(0);
  return sides.verify(contracts.get(name) as TableContract);
}

const rowName = (difference: TableDifference): string => Buffer.from((difference.key[0] as { bytes: Uint8Array }).bytes).toString();
const nameOfRow = (name: Named, row: number): string => (name === 'by code' ? `code-${row}` : String(row));

test.each(TABLES)('%s: nothing is found where nothing is wrong', async (name) => {
  const result = await sides.verify(contracts.get(name) as TableContract);
  expect(result.differences).toEqual([]);
  expect(result).toMatchObject({ equal: true, sourceRows: ROWS, targetRows: ROWS, quarantinedRows: 0, differenceCount: 0 });
  expect(result.digestSource).toBe(result.digestTarget);
});

/** Row 4 is none of those with NULL, '' or a text form of its own. */
const CELLS: [corruption: string, column: string, sql: string, row?: number][] = [
  ['one microsecond', 'made', "made = made + interval '1 microsecond'"],
  ['one hour', 'made', "made = made + interval '1 hour'"],
  ['one microsecond in a timestamp', 'local', "local = local - interval '1 microsecond'"],
  ['one millisecond of an epoch', 'seen', "seen = seen + interval '1 millisecond'"],
  ['one microsecond in a time', 'opens', "opens = opens + interval '1 microsecond'"],
  ['one day', 'born', 'born = born + 1'],
  ['one day given as 24 hours', 'lasts', "lasts = '1 day'::interval - '1 day'::interval + lasts + '1 day' - interval '24 hours'"],
  ['one ulp', 'ratio', "ratio = 1.3333333333333335"],
  ['−0.0 for 0.0', 'ratio', "ratio = '-0'", 41],
  ['a trailing blank lost', 'note', 'note = rtrim(note)'],
  ['a trailing blank gained', 'name', "name = name || ' '"],
  ["NULL for ''", 'note', 'note = NULL', 5],
  ["'' for NULL", 'note', "note = ''", 7],
  ['NFC became NFD', 'name', 'name = normalize(name, NFD)'],
  ['case of text', 'name', 'name = lower(name)'],
  ['boolean flip', 'flag', 'flag = NOT flag'],
  ['one cent', 'price', 'price = price + 0.01'],
  ['sign of a numeric', 'price', 'price = -price'],
  ['9007199254740993 rounded to …992', 'big', 'big = 9007199254740992', 1],
  ['int + 2^32 + 1, which folds to the same 32 bits', 'big', 'big = big + 4294967297'],
  ['smallint by one', 'small', 'small = small + 1::int2'],
  ['integer by one', 'count', 'count = count + 1'],
  ['9007199254740993 in jsonb rounded to …992', 'doc', "doc = jsonb_set(doc, '{n}', '9007199254740992')"],
  ['sign in jsonb', 'doc', "doc = jsonb_set(doc, '{d}', '1.50')"],
  ['scale in jsonb', 'doc', "doc = jsonb_set(doc, '{d}', '-1.5')"],
  ['order in a jsonb array', 'doc', `doc = jsonb_set(doc, '{tags}', '["öl€", "x"]')`],
  ['a member of jsonb lost', 'doc', "doc = doc - 'b'"],
  ['a byte of bytea', 'raw', "raw = set_byte(raw, 1, 99)"],
  ['a zero byte after bytea', 'raw', "raw = raw || '\\x00'::bytea"],
  ['a uuid digit', 'uid', "uid = replace(uid::text, 'dddd', 'dddc')::uuid"],
  ['an address', 'addr', 'addr = addr + 1'],
  ['a mask', 'addr', 'addr = set_masklen(addr, 24)'],
  ['12 printed as 12.0', 'mixed', "mixed = mixed || '.0'"],
];

describe.each(TABLES)('%s: one cell', (name) => {
  test.each(CELLS)('%s is named', async (_, column, sql, at = 4) => {
    if (at === 41) {
      // 0.0 has to stand on both sides first.
      sides.db.prepare(`UPDATE "${name}" SET ratio = 0.0 WHERE id = 4`).run();
      await sides.pool.query(`UPDATE ${sides.target(name)} SET ratio = 0 WHERE id = 4`);
    }
    const row = at === 41 ? 4 : at;
    try {
      const result = await corrupted(name, `UPDATE T! SET ${sql} WHERE id = ${row}`);
      expect(result.equal).toBe(false);
      expect(result.differences.map((d) => [d.kind, rowName(d), d.columns])).toEqual([['changed', nameOfRow(name, row), [column]]]);
      expect(result.differenceCount).toBe(1);
    } finally {
      if (at === 41) sides.db.prepare(`UPDATE "${name}" SET ratio = 4 / 3.0 WHERE id = 4`).run();
    }
  });

  test('every column is compared', async () => {
    for (const column of EVERY_TYPE.slice(2)) {
      await sides.pool.query(`UPDATE ${sides.target(name)} SET "${column.name}" = NULL WHERE id = 8`);
    }
    const result = await sides.verify(contracts.get(name) as TableContract);
    expect(result.differences.map((d) => d.columns)).toEqual([EVERY_TYPE.slice(2).map((c) => c.name)]);
  });
});

describe.each(TABLES)('%s: what is not a difference', (name) => {
  test.each([
    ['scale of a numeric', "price = price::numeric(20,9)"],
    ['order of jsonb keys, and blanks', `doc = ('{ "tags":["x","öl€"],"b":4,"n":9007199254740993,"e":0.001,"d":-1.50 }')::jsonb`],
    ['an instant given in another zone', "made = timezone('Asia/Tokyo', timezone('Asia/Tokyo', made))"],
  ])('%s', async (_, sql) => {
    expect(await corrupted(name, `UPDATE T! SET ${sql} WHERE id = 4`)).toMatchObject({ equal: true, differenceCount: 0 });
  });
});

describe.each(TABLES)('%s: whole rows', (name) => {
  // Invariant: I10
  test('one lost row', async () => {
    const result = await corrupted(name, 'DELETE FROM T! WHERE id = 9');
    expect(result).toMatchObject({ equal: false, sourceRows: ROWS, targetRows: ROWS - 1, differenceCount: 1 });
    expect(result.differences.map((d) => [d.kind, rowName(d)])).toEqual([['missing', nameOfRow(name, 9)]]);
  });

  test('all rows lost', async () => {
    const result = await corrupted(name, 'DELETE FROM T!');
    expect(result).toMatchObject({ equal: false, targetRows: 0, differenceCount: ROWS });
  });

  test('one doubled row', async () => {
    const columns = EVERY_TYPE.map((c) => `"${c.name}"`).join(', ');
    const result = await corrupted(name, `INSERT INTO T! (${columns}) SELECT ${columns} FROM T! WHERE id = 9`);
    expect(result).toMatchObject({ equal: false, targetRows: ROWS + 1, differenceCount: 1 });
    expect(result.differences.map((d) => d.kind)).toEqual(['extra']);
  });

  test('an extra row', async () => {
    const result = await corrupted(name, "INSERT INTO T! (id, code) VALUES (-123456789, 'code-x')");
    expect(result).toMatchObject({ equal: false, targetRows: ROWS + 1, differenceCount: 1 });
    expect(result.differences.map((d) => d.kind)).toEqual(['extra']);
    if (name !== 'without key') expect(rowName(result.differences[0] as TableDifference)).toBe(name === 'by id' ? '-123456789' : 'code-x');
  });

  test('one lost and one doubled: the counts are right', async () => {
    const columns = EVERY_TYPE.map((c) => `"${c.name}"`).join(', ');
    await sides.pool.query(`DELETE FROM ${sides.target(name)} WHERE id = 9`);
    const result = await corrupted(name, `INSERT INTO T! (${columns}) SELECT ${columns} FROM T! WHERE id = 10`);
    expect(result).toMatchObject({ equal: false, targetRows: ROWS, differenceCount: 2 });
    expect(result.differences.map((d) => d.kind).sort()).toEqual(['extra', 'missing']);
  });

  test('two rows swapped the values of one column', async () => {
    const result = await corrupted(name, 'UPDATE T! AS t SET price = o.price FROM T! AS o WHERE t.id IN (10, 11) AND o.id IN (10, 11) AND t.id <> o.id');
    expect(result.differences.map((d) => [d.kind, rowName(d), d.columns]).sort()).toEqual([
      ['changed', nameOfRow(name, 10), ['price']],
      ['changed', nameOfRow(name, 11), ['price']],
    ]);
    expect(result.digestSource).not.toBe(result.digestTarget);
  });

  test('two rows swapped keys', async () => {
    const result = await corrupted(name, 'UPDATE T! SET id = CASE id WHEN 10 THEN 11 ELSE 10 END WHERE id IN (10, 11)');
    expect(result.differences.map((d) => [d.kind, rowName(d)]).sort()).toEqual([
      ['changed', nameOfRow(name, 10)],
      ['changed', nameOfRow(name, 11)],
    ]);
    for (const difference of result.differences) expect(difference.columns).toContain(name === 'by id' ? 'code' : 'id');
  });

  test('the columns of one row swapped', async () => {
    const result = await corrupted(name, 'UPDATE T! SET name = note, note = name WHERE id = 4');
    expect(result.differences.map((d) => d.columns)).toEqual([['name', 'note']]);
  });

  test('more differences than are named are counted', async () => {
    await sides.pool.query(`UPDATE ${sides.target(name)} SET count = coalesce(count, 0) + 1`);
    const result = await sides.verify(contracts.get(name) as TableContract, { maxDifferences: 3 });
    expect(result.differences).toHaveLength(3);
    expect(result).toMatchObject({ equal: false, countIsExact: true });
    // Without a key, a row that was not named cannot be joined with its other half.
    if (name !== 'without key') expect(result.differenceCount).toBe(ROWS);
    else expect(result.differenceCount).toBeGreaterThanOrEqual(ROWS);
  });
});

test('a row moved to another table is missing here and extra there', async () => {
  const columns = EVERY_TYPE.map((c) => `"${c.name}"`).join(', ');
  await sides.pool.query(`WITH moved AS (DELETE FROM ${sides.target('by id')} WHERE id = 9 RETURNING ${columns}) INSERT INTO ${sides.target('by code')} (${columns}) SELECT ${columns} FROM moved`);
  const from = await sides.verify(contracts.get('by id') as TableContract);
  const to = await sides.verify(contracts.get('by code') as TableContract);
  expect(from.differences.map((d) => d.kind)).toEqual(['missing']);
  expect(to.differences.map((d) => d.kind)).toEqual(['extra']);
});

test('an empty table and one row', async () => {
  const contract = await sides.make(everyType('empty', ['id']), []);
  expect(await sides.verify(contract)).toMatchObject({ equal: true, sourceRows: 0, targetRows: 0, digestSource: '0000000000000000' });
  await sides.pool.query(`INSERT INTO ${sides.target('empty')} (id, code) VALUES (1, 'x')`);
  expect(await sides.verify(contract)).toMatchObject({ equal: false, sourceRows: 0, targetRows: 1, differenceCount: 1 });
  await sides.pool.query(`TRUNCATE ${sides.target('empty')}`);
  sides.db.prepare("INSERT INTO empty (id, code) VALUES (1, 'x')").run();
  expect(await sides.verify(contract)).toMatchObject({ equal: false, sourceRows: 1, targetRows: 0, differenceCount: 1 });
});

test('a row of NULLs only is a row', async () => {
  const columns = [{ name: 'a', declared: 'TEXT', type: { kind: 'text' } }] as const;
  const contract = await sides.make({ name: 'nulls', columns, key: [] }, [{ source: [null], target: [null] }, { source: [null], target: [null] }]);
  expect(await sides.verify(contract)).toMatchObject({ equal: true, sourceRows: 2 });
  await sides.pool.query(`DELETE FROM ${sides.target('nulls')} WHERE causeway_rowid = 1`);
  expect(await sides.verify(contract)).toMatchObject({ equal: false, differenceCount: 1 });
});

test('multiplicities 2 and 1 that became 1 and 2', async () => {
  const columns = [{ name: 'a', declared: 'TEXT', type: { kind: 'text' } }] as const;
  const row = (a: string): { source: string[]; target: string[] } => ({ source: [a], target: [a] });
  const contract = await sides.make({ name: 'multiset', columns, key: [] }, [row('x'), row('x'), row('y')]);
  expect(await sides.verify(contract)).toMatchObject({ equal: true });
  await sides.pool.query(`UPDATE ${sides.target('multiset')} SET a = 'y' WHERE causeway_rowid = 2`);
  const result = await sides.verify(contract);
  expect(result).toMatchObject({ equal: false, sourceRows: 3, targetRows: 3 });
  await sides.pool.query(`ALTER TABLE ${sides.target('multiset')} DROP COLUMN causeway_rowid`);
  expect((await sides.verify(contract)).differences.map((d) => d.kind).sort()).toEqual(['extra', 'missing']);
});

describe('quarantine', () => {
  const contractOf = (name: Named): TableContract => contracts.get(name) as TableContract;
  const keyOf = (name: Named, row: number) => (name === 'by code' ? textKey('code', `code-${row}`) : integerKey(name === 'by id' ? 'id' : 'rowid', row));

  test.each(TABLES)('%s: a row in the quarantine is accounted for', async (name) => {
    await sides.pool.query(`DELETE FROM ${sides.target(name)} WHERE id = 9`);
    const result = await sides.verify(contractOf(name), { quarantine: [keyOf(name, 9)] });
    expect(result).toMatchObject({ equal: true, sourceRows: ROWS, targetRows: ROWS - 1, quarantinedRows: 1, differences: [] });
  });

  test.each(TABLES)('%s: a row both in the quarantine and in the target', async (name) => {
    const result = await sides.verify(contractOf(name), { quarantine: [keyOf(name, 9)] });
    expect(result).toMatchObject({ equal: false, differenceCount: 1, quarantinedRows: 1 });
    expect(result.differences.map((d) => [d.kind, rowName(d)])).toEqual([['extra', nameOfRow(name, 9)]]);
  });

  test.each(TABLES)('%s: a row in the quarantine that the source does not have', async (name) => {
    const result = await sides.verify(contractOf(name), { quarantine: [keyOf(name, 777)] });
    expect(result).toMatchObject({ equal: false, differenceCount: 1 });
    expect(result.differences).toEqual([{ kind: 'quarantine', key: keyOf(name, 777), columns: [] }]);
  });

  test.each(TABLES)('%s: a row twice in the quarantine', async (name) => {
    await sides.pool.query(`DELETE FROM ${sides.target(name)} WHERE id = 9`);
    const result = await sides.verify(contractOf(name), { quarantine: [keyOf(name, 9), keyOf(name, 9)] });
    expect(result).toMatchObject({ equal: false, differenceCount: 1, quarantinedRows: 2 });
  });

  test('a key of another class is another key', async () => {
    await sides.pool.query(`DELETE FROM ${sides.target('by id')} WHERE id = 9`);
    const result = await sides.verify(contractOf('by id'), { quarantine: [textKey('id', '9')] });
    expect(result.differences.map((d) => d.kind).sort()).toEqual(['missing', 'quarantine']);
  });
});
