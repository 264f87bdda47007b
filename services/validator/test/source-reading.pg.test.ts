/** What is hard to read from SQLite: broken text, encodings, classes, keys, widths, sizes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TableContract } from '@causeway/contracts/table-contract';
import { SourceThreads } from '../src/measure/source/source-threads.ts';
import { verifyTable } from '../src/verify-table.ts';
import { integerKey, type SideColumn, testDatabase, TwoSides } from './two-sides.ts';

const id: SideColumn = { name: 'id', declared: 'INTEGER PRIMARY KEY', type: { kind: 'int8' }, notNull: true };
const textColumn = (name: string, form: 'plain' | 'any' = 'plain'): SideColumn => ({ name, declared: form === 'any' ? '' : 'TEXT', type: { kind: 'text' }, form });

const sides = new TwoSides(testDatabase());
beforeAll(() => sides.open());
afterAll(() => sides.close());

const clean = { equal: true, differenceCount: 0, differences: [] };

describe('broken text', () => {
  test('invalid UTF-8 has no canonical form, and no U+FFFD in the target stands for it', async () => {
    const table = { name: 'broken', columns: [id, textColumn('t')], key: ['id'] };
    const contract = await sides.make(table, [{ source: [1n, 'good'], target: ['1', 'good'] }, { source: [2n, 'x\uFFFDy'], target: ['2', 'x\uFFFDy'] }]);
    expect(await sides.verify(contract)).toMatchObject(clean);
    sides.db.prepare("INSERT INTO broken VALUES (3, CAST(x'78ff79' AS TEXT)), (4, CAST(x'eda080' AS TEXT))").run();
    await sides.pool.query(`INSERT INTO ${sides.target('broken')} VALUES (3, 'x\uFFFDy')`);
    const result = await sides.verify(contract);
    expect(result.differences).toEqual([
      { kind: 'uncanonical', key: integerKey('id', 3).map(asBytes), columns: ['t'] },
      { kind: 'uncanonical', key: integerKey('id', 4).map(asBytes), columns: ['t'] },
    ]);
    expect(result).toMatchObject({ equal: false, differenceCount: 2, sourceRows: 4, targetRows: 3 });
    await sides.pool.query(`DELETE FROM ${sides.target('broken')} WHERE id = 3`);
    expect(await sides.verify(contract, { quarantine: [integerKey('id', 3), integerKey('id', 4)] })).toMatchObject({ ...clean, quarantinedRows: 2 });
  });

  test('U+0000 in text', async () => {
    const contract = await sides.make({ name: 'nul', columns: [id, textColumn('t')], key: ['id'] }, []);
    sides.db.prepare('INSERT INTO nul VALUES (1, ?)').run('a\0b');
    await sides.pool.query(`INSERT INTO ${sides.target('nul')} VALUES (1, 'a')`);
    expect((await sides.verify(contract)).differences.map((d) => [d.kind, d.columns])).toEqual([['uncanonical', ['t']]]);
  });

  test('bytes of text, valid or not, in a bytea of form any', async () => {
    const columns: SideColumn[] = [id, { name: 'b', declared: 'BLOB', type: { kind: 'bytea' }, form: 'any' }];
    const contract = await sides.make({ name: 'loose', columns, key: ['id'] }, [{ source: [1n, 'é\uFFFD\0'], target: ['1', '\\xc3a9efbfbd00'] }]);
    sides.db.prepare("INSERT INTO loose VALUES (2, CAST(x'78ff' AS TEXT))").run();
    await sides.pool.query(`INSERT INTO ${sides.target('loose')} VALUES (2, '\\x78ff')`);
    expect(await sides.verify(contract)).toMatchObject(clean);
  });
});

describe.each(['UTF-16le', 'UTF-16be'])('%s', (encoding) => {
  const wide = new TwoSides(testDatabase(), encoding);
  beforeAll(() => wide.open());
  afterAll(() => wide.close());

  test('text, U+FFFD and half a surrogate pair', async () => {
    const contract = await wide.make({ name: 'wide', columns: [id, textColumn('t')], key: ['id'] }, [
      { source: [1n, 'plain'], target: ['1', 'plain'] },
      { source: [2n, 'é€😀'], target: ['2', 'é€😀'] },
      { source: [3n, '\uFFFD'], target: ['3', '\uFFFD'] },
    ]);
    expect(await wide.verify(contract)).toMatchObject(clean);
    await wide.pool.query(`UPDATE ${wide.target('wide')} SET t = 'é€😁' WHERE id = 2`);
    expect((await wide.verify(contract)).differences.map((d) => d.columns)).toEqual([['t']]);
  });
});

describe('classes', () => {
  test('5, 5.0 and "5" in a text of form any', async () => {
    const contract = await sides.make({ name: 'any', columns: [id, textColumn('t', 'any')], key: ['id'] }, [
      { source: [1n, 5n], target: ['1', '5'] },
      { source: [2n, 5], target: ['2', '5.0'] },
      { source: [3n, '5'], target: ['3', '5'] },
      { source: [4n, 1e16], target: ['4', '1e+16'] },
      { source: [5n, Number.POSITIVE_INFINITY], target: ['5', 'inf'] },
      { source: [6n, -(2n ** 63n)], target: ['6', '-9223372036854775808'] },
      { source: [7n, -0.0], target: ['7', '-0.0'] },
    ]);
    expect(await sides.verify(contract)).toMatchObject(clean);
    await sides.pool.query(`UPDATE ${sides.target('any')} SET t = '5' WHERE id = 2`);
    expect((await sides.verify(contract)).differences.map((d) => [d.kind, d.columns])).toEqual([['changed', ['t']]]);
    sides.db.prepare("INSERT INTO any VALUES (8, x'35')").run();
    expect((await sides.verify(contract)).differences.map((d) => d.kind).sort()).toEqual(['changed', 'uncanonical']);
  });

  test('integers beyond 2^53 in every column that takes them', async () => {
    const columns: SideColumn[] = [id, { name: 'i', declared: '', type: { kind: 'int8' } }, { name: 'f', declared: '', type: { kind: 'float8' } }, { name: 'n', declared: '', type: { kind: 'numeric' } }];
    const contract = await sides.make({ name: 'large', columns, key: ['id'] }, [
      { source: [1n, 2n ** 63n - 1n, 2n ** 60n, 9_007_199_254_740_993n], target: ['1', '9223372036854775807', '1152921504606846976', '9007199254740993'] },
      { source: [2n, -(2n ** 63n), 1e300, 1e22], target: ['2', '-9223372036854775808', '1e300', '1e22'] },
      { source: [3n, 5, -0.0, -0.0], target: ['3', '5', '-0', '0'] },
    ]);
    expect(await sides.verify(contract)).toMatchObject(clean);
    sides.db.prepare('INSERT INTO large VALUES (4, 1.5, ?, 1)').run(2n ** 53n + 1n);
    sides.db.prepare('INSERT INTO large VALUES (5, 1, ?, 1)').run(2n ** 53n + 1n);
    expect((await sides.verify(contract)).differences.map((d) => [d.kind, d.columns])).toEqual([
      ['uncanonical', ['i']],
      ['uncanonical', ['f']],
    ]);
  });
});

describe('keys', () => {
  test('keys at both ends of 64 bits', async () => {
    const rows = [-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n].map((k) => ({ source: [k, 'x'], target: [String(k), 'x'] }));
    const contract = await sides.make({ name: 'ends', columns: [id, textColumn('t')], key: ['id'] }, rows);
    expect(await sides.verify(contract)).toMatchObject({ ...clean, sourceRows: 4 });
    await sides.pool.query(`UPDATE ${sides.target('ends')} SET t = 'y' WHERE id > 0`);
    expect((await sides.verify(contract)).differences).toEqual([{ kind: 'changed', key: integerKey('id', 2n ** 63n - 1n).map(asBytes), columns: ['t'] }]);
  });

  test('a composite key of a table WITHOUT ROWID', async () => {
    const columns: SideColumn[] = [{ ...textColumn('a'), declared: 'TEXT COLLATE NOCASE', notNull: true }, { name: 'b', declared: 'BLOB', type: { kind: 'bytea' }, notNull: true }, { name: 'v', declared: 'REAL', type: { kind: 'float8' } }];
    const rows = Array.from({ length: 3_000 }, (_, i) => ({ source: [`k${i}`, Buffer.from([i & 255]), i / 7], target: [`k${i}`, `\\x${(i & 255).toString(16).padStart(2, '0')}`, String(i / 7)] }));
    const contract = await sides.make({ name: 'no rowid', columns, key: ['a', 'b'], withoutRowid: true, constraint: ', PRIMARY KEY (a, b)' }, rows);
    expect(await sides.verify(contract)).toMatchObject({ ...clean, sourceRows: 3_000 });
    await sides.pool.query(`UPDATE ${sides.target('no rowid')} SET a = upper(a) WHERE a = 'k77'`);
    expect((await sides.verify(contract)).differences.map((d) => [d.kind, d.key.map((cell) => Buffer.from(cell.bytes).toString('latin1'))])).toEqual([
      ['missing', ['k77', 'M']],
      ['extra', ['K77', 'M']],
    ]);
  });

  test('columns that shadow every name of the rowid', async () => {
    const columns = ['rowid', '_rowid_', 'oid'].map((name) => textColumn(name));
    const made = await sides.make({ name: 'shadow', columns, key: [] }, [1, 2, 2].map((n) => ({ source: [`a${n}`, 'b', 'c'], target: [`a${n}`, 'b', 'c'] })));
    const contract: TableContract = { ...made, order: { kind: 'rowid', alias: null } };
    expect(await sides.verify(contract)).toMatchObject({ ...clean, sourceRows: 3 });
    await sides.pool.query(`UPDATE ${sides.target('shadow')} SET oid = 'd' WHERE causeway_rowid = 2`);
    expect((await sides.verify(contract)).differences.map((d) => [d.kind, d.columns])).toEqual([['changed', ['oid']]]);
  });

  test('NULL in a key', async () => {
    const columns: SideColumn[] = [{ name: 'k', declared: 'INT', type: { kind: 'int8' } }, textColumn('t')];
    const rows = [[null, 'x'], [null, 'y'], [1n, 'z']] as const;
    const contract = await sides.make({ name: 'null key', columns, key: ['k'] }, rows.map(([k, t]) => ({ source: [k, t], target: [k === null ? null : String(k), t] })));
    expect(await sides.verify(contract)).toMatchObject(clean);
    await sides.pool.query(`UPDATE ${sides.target('null key')} SET t = 'w' WHERE t = 'y'`);
    expect((await sides.verify(contract)).differences.map((d) => [d.kind, d.columns])).toEqual([['changed', ['t']]]);
  });

  test('names with quotes, and names of JavaScript', async () => {
    const columns = [id, ...['constructor', '__proto__', 'a"b', "it's", '', 'é'].filter((n) => n !== '').map((name) => textColumn(name))];
    const contract = await sides.make({ name: 'odd "name', columns, key: ['id'] }, [{ source: [1n, 'a', 'b', 'c', 'd', 'e'], target: ['1', 'a', 'b', 'c', 'd', 'e'] }]);
    expect(await sides.verify(contract)).toMatchObject(clean);
    await sides.pool.query(`UPDATE ${sides.target('odd "name')} SET "a""b" = 'x'`);
    expect((await sides.verify(contract)).differences.map((d) => d.columns)).toEqual([['a"b']]);
  });
});

test('a bucket of more rows than are listed at once is cut', async () => {
  const contract = await sides.make({ name: 'dense', columns: [id, textColumn('t')], key: ['id'] }, []);
  // The last key stretches the buckets so far that all others fall into one.
  sides.db.exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150000) INSERT INTO dense SELECT i, 't' || i FROM n; INSERT INTO dense VALUES (1125899906842624, 'far')");
  await sides.pool.query(`INSERT INTO ${sides.target('dense')} SELECT i, 't' || i FROM generate_series(1, 150000) i UNION ALL SELECT 1125899906842624, 'far'`);
  expect(await sides.verify(contract)).toMatchObject({ ...clean, sourceRows: 150_001 });
  await sides.pool.query(`UPDATE ${sides.target('dense')} SET t = 'u' WHERE id = 77777; DELETE FROM ${sides.target('dense')} WHERE id = 1125899906842624`);
  const result = await sides.verify(contract);
  expect(result.differences.map((d) => [d.kind, Buffer.from(d.key[0]?.bytes ?? []).toString()])).toEqual([
    ['changed', '77777'],
    ['missing', '1125899906842624'],
  ]);
});

test('a thousand columns, read again for one U+FFFD', async () => {
  const many: SideColumn[] = Array.from({ length: 1_000 }, (_, i) => ({ name: `c${i}`, declared: 'INTEGER', type: { kind: 'int8' } }));
  const contract = await sides.make({ name: 'wide', columns: [id, textColumn('t'), ...many], key: ['id'] }, [
    { source: [1n, '\uFFFD', ...many.map((_, i) => BigInt(i))], target: ['1', '\uFFFD', ...many.map((_, i) => String(i))] },
  ]);
  expect(await sides.verify(contract)).toMatchObject(clean);
  await sides.pool.query(`UPDATE ${sides.target('wide')} SET c999 = 0`);
  expect((await sides.verify(contract)).differences.map((d) => d.columns)).toEqual([['c999']]);
});

test('values of 30 MB', async () => {
  const columns: SideColumn[] = [id, textColumn('t'), { name: 'b', declared: 'BLOB', type: { kind: 'bytea' } }, { name: 'j', declared: 'TEXT', type: { kind: 'jsonb' } }];
  const contract = await sides.make({ name: 'huge', columns, key: ['id'] }, []);
  const text = 'xé€'.repeat(10_000_000 / 3);
  sides.db.prepare('INSERT INTO huge VALUES (1, ?, zeroblob(30000000), ?)').run(text, JSON.stringify({ b: text, a: 1 }));
  await sides.pool.query(`INSERT INTO ${sides.target('huge')} VALUES (1, $1, decode(repeat('00', 30000000), 'hex'), jsonb_build_object('a', 1, 'b', $1::text))`, [text]);
  expect(await sides.verify(contract)).toMatchObject(clean);
  await sides.pool.query(`UPDATE ${sides.target('huge')} SET b = set_byte(b, 29999999, 1)`);
  expect((await sides.verify(contract)).differences.map((d) => d.columns)).toEqual([['b']]);
});

test('an aborted verification ends with the reason, and leaves nothing behind', async () => {
  const source = new SourceThreads(sides.file);
  const abort = new AbortController();
  const contract: TableContract = { ...sides.contract({ name: 'dense', columns: [id, textColumn('t')], key: ['id'] }) };
  const running = verifyTable({ contract, source, pool: sides.pool, quarantine: async function* () {}, signal: abort.signal, onProgress: () => abort.abort(new Error('enough')) });
  await expect(running).rejects.toThrow('enough');
  await source.close();
  expect(sides.pool.waitingCount).toBe(0);
  // What was under way beside the one that noticed ends a moment later.
  for (const until = Date.now() + 10_000; sides.pool.idleCount < sides.pool.totalCount && Date.now() < until; ) await sleep(20);
  expect(sides.pool.idleCount).toBe(sides.pool.totalCount);
});

test('a target table that is not there is refused by name', async () => {
  const contract = { ...sides.contract({ name: 'dense', columns: [id, textColumn('t')], key: ['id'] }), target: 'gone' };
  await expect(sides.verify(contract)).rejects.toMatchObject({ code: 'TARGET_REFUSED' });
});

function asBytes<T extends { bytes: Uint8Array }>(cell: T): T {
  return { ...cell, bytes: expect.any(Uint8Array) as unknown as Uint8Array };
}
