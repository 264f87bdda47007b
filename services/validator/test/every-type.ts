/** A table with a column of every type and form, and rows for both sides. */
import type { SideColumn, SideRow, SideTable } from './two-sides.ts';

export const EVERY_TYPE: readonly SideColumn[] = [
  { name: 'id', declared: 'INTEGER NOT NULL', type: { kind: 'int8' }, notNull: true },
  { name: 'code', declared: 'TEXT NOT NULL', type: { kind: 'text' }, notNull: true },
  { name: 'small', declared: 'INTEGER', type: { kind: 'int2' } },
  { name: 'count', declared: 'INTEGER', type: { kind: 'int4' } },
  { name: 'big', declared: 'INTEGER', type: { kind: 'int8' } },
  { name: 'price', declared: 'DECIMAL(12,4)', type: { kind: 'numeric' } },
  { name: 'ratio', declared: 'REAL', type: { kind: 'float8' } },
  { name: 'flag', declared: 'BOOLEAN', type: { kind: 'boolean' } },
  { name: 'name', declared: 'VARCHAR(80)', type: { kind: 'text', maxLength: 80 } },
  { name: 'note', declared: 'TEXT', type: { kind: 'text' } },
  { name: 'mixed', declared: '', type: { kind: 'text' }, form: 'any' },
  { name: 'born', declared: 'DATE', type: { kind: 'date' } },
  { name: 'opens', declared: 'TIME', type: { kind: 'time' } },
  { name: 'made', declared: 'DATETIME', type: { kind: 'timestamptz' } },
  { name: 'local', declared: 'DATETIME', type: { kind: 'timestamp' } },
  { name: 'seen', declared: 'INTEGER', type: { kind: 'timestamptz' }, form: 'epoch_ms' },
  { name: 'lasts', declared: 'INTEGER', type: { kind: 'interval' } },
  { name: 'uid', declared: 'CHAR(32)', type: { kind: 'uuid' } },
  { name: 'doc', declared: 'TEXT', type: { kind: 'jsonb' } },
  { name: 'addr', declared: 'CHAR(39)', type: { kind: 'inet' } },
  { name: 'raw', declared: 'BLOB', type: { kind: 'bytea' } },
  { name: 'loose', declared: 'BLOB', type: { kind: 'bytea' }, form: 'any' },
];

export function everyType(name: string, key: readonly string[]): SideTable {
  return { name, columns: EVERY_TYPE, key, constraint: key[0] === 'id' ? ', PRIMARY KEY (id)' : '' };
}

const two = (n: number): string => String(n).padStart(2, '0');

/** Row `i`, from 1; every seventh has NULL wherever it may. */
export function everyTypeRow(i: number): SideRow {
  const id = BigInt(i);
  const code = `code-${i}`;
  if (i % 7 === 0) return { source: [id, code, ...EVERY_TYPE.slice(2).map(() => null)], target: [String(i), code, ...EVERY_TYPE.slice(2).map(() => null)] };
  const big = 9_007_199_254_740_992n + id;
  const ratio = i / 3;
  const uid = `${i.toString(16).padStart(8, '0')}aaaabbbbccccddddeeeeffff`;
  const doc = `{"tags": ["x", "öl\\u20ac"], "b": ${i}, "n":9007199254740993, "d" : -1.50, "e":1E-3}`;
  const source = [
    id,
    code,
    BigInt(i - 20),
    BigInt(i * 100_000),
    big,
    i / 100,
    ratio,
    BigInt(i % 2),
    `Zoé ${i}`,
    i % 5 === 0 ? '' : `note ${i} `,
    [BigInt(i), i + 0.5, 'text', i * 1e17][i % 4],
    `20${two(i)}-0${1 + (i % 9)}-1${i % 9}`,
    `0${i % 9}:30:00.25`,
    `2024-03-31 0${i % 9}:30:15.123456${i % 2 === 0 ? '+02:00' : ''}`,
    `1999-12-31T23:59:5${i % 9}`,
    1_700_000_000_123n + id,
    id * 1_500_000n,
    i % 3 === 0 ? `${uid.slice(0, 8)}-aaaa-BBBB-cccc-ddddeeeeFFFF` : uid,
    doc,
    i % 2 === 0 ? `10.0.0.${i}` : `2001:DB8::${i}`,
    Buffer.from([0, i, 255]),
    i % 2 === 0 ? `t${i}` : Buffer.from([i, 0]),
  ];
  const target = [
    String(i),
    code,
    String(i - 20),
    String(i * 100_000),
    String(big),
    `${Math.floor(i / 100)}.${two(i % 100)}00`,
    String(ratio),
    i % 2 === 0 ? 'false' : 'true',
    `Zoé ${i}`,
    i % 5 === 0 ? '' : `note ${i} `,
    [String(i), `${i}.5`, 'text', pythonRepr(i * 1e17)][i % 4] as string,
    `20${two(i)}-0${1 + (i % 9)}-1${i % 9}`,
    `0${i % 9}:30:00.25`,
    `2024-03-31 0${i % 9}:30:15.123456${i % 2 === 0 ? '+02' : '+00'}`,
    `1999-12-31 23:59:5${i % 9}`,
    `2023-11-14 22:13:20.${123 + i}+00`,
    `${i * 1.5} seconds`,
    uid,
    `{"e": 0.001, "n": 9007199254740993, "d": -1.50, "b": ${i}, "tags": ["x", "öl€"]}`,
    i % 2 === 0 ? `10.0.0.${i}` : `2001:db8::${i}`,
    `\\x00${i.toString(16).padStart(2, '0')}ff`,
    i % 2 === 0 ? `\\x${Buffer.from(`t${i}`).toString('hex')}` : `\\x${i.toString(16).padStart(2, '0')}00`,
  ];
  return { source, target };
}

/** 3e17 is written 3e+17, 3.1e18 is 3.1e+18: enough for the numbers of these rows. */
function pythonRepr(value: number): string {
  const [mantissa = '', power = ''] = value.toExponential().split('e+');
  return `${mantissa}e+${power.padStart(2, '0')}`;
}
