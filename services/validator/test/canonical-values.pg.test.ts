/** Random values by both readers: what the source's reader digests is what PostgreSQL digests. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { type LogicalType, postgresTypeName } from '@causeway/contracts/logical-type';
import { RowDigest } from '@causeway/contracts/row-digest';
import type { SourceForm } from '@causeway/contracts/table-contract';
import fc from 'fast-check';
import pg from 'pg';
import { CANONICAL, type ReadMode, type SourceCell } from '../src/measure/source/cell-reader.ts';
import { readerOfColumn } from '../src/measure/source/reader-of-column.ts';
import { elementsExpression } from '../src/measure/target/canonical-expression.ts';
import { jsonText } from './json-arbitrary.ts';
import { testDatabase } from './two-sides.ts';

const pool = new pg.Pool({ connectionString: testDatabase(), max: 1 });
afterAll(() => pool.end());

const SEED = Number(process.env['CAUSEWAY_TEST_SEED'] ?? Date.now() % 2 ** 31);
const RUNS = Number(process.env['CAUSEWAY_TEST_RUNS'] ?? 60);

/** What SQLite holds, and the text that PostgreSQL is given for it. */
type Pair = readonly [SourceCell, string];

async function targetDigests(type: LogicalType, texts: readonly string[]): Promise<string[]> {
  const sql = `SELECT ${elementsExpression([{ target: 'c', type }])}::text FROM (SELECT v::${postgresTypeName(type)} AS c FROM unnest($1::text[]) WITH ORDINALITY AS u(v, n) ORDER BY n) AS t`;
  const result = await pool.query({ text: sql, values: [texts], rowMode: 'array' });
  return result.rows.map((row) => row[0] as string);
}

function sourceDigest(value: SourceCell, type: LogicalType, form: SourceForm, mode: ReadMode): string {
  const row = new RowDigest();
  const verdict = readerOfColumn({ type, form }, mode)(value, row);
  return verdict === CANONICAL ? String(BigInt.asIntN(64, row.value)) : `verdict ${verdict}`;
}

function agree(name: string, type: LogicalType, arbitrary: fc.Arbitrary<Pair>, options: { form?: SourceForm; modes?: readonly ReadMode[] } = {}): void {
  test(`${name} (seed ${SEED})`, async () => {
    await pool.query("SET TimeZone TO 'UTC'");
    await fc.assert(
      fc.asyncProperty(fc.array(arbitrary, { minLength: 1, maxLength: 40 }), async (pairs) => {
        const target = await targetDigests(type, pairs.map(([, text]) => text));
        for (const mode of options.modes ?? ['exact']) {
          expect(pairs.map(([value]) => sourceDigest(value, type, options.form ?? 'plain', mode))).toEqual(target);
        }
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });
}

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const safe = fc.maxSafeInteger();
const double = fc.double({ noNaN: true });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const cents = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map((n) => n / 100);
const text = fc.string({ unit: 'binary', maxLength: 120 }).filter((s) => !s.includes('\0'));
const every = ['plain', 'classes', 'exact'] as const;

const pad = (n: number, width: number): string => String(n).padStart(width, '0');
const isoDate = fc
  .record({ y: fc.integer({ min: 1, max: 9999 }), m: fc.integer({ min: 1, max: 12 }), d: fc.integer({ min: 1, max: 28 }), leap: fc.boolean() })
  .map(({ y, m, d, leap }) => (leap && y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0) ? `${pad(y, 4)}-02-29` : `${pad(y, 4)}-${pad(m, 2)}-${pad(d, 2)}`));
const isoTime = fc
  .record({ h: fc.integer({ min: 0, max: 23 }), m: fc.integer({ min: 0, max: 59 }), s: fc.option(fc.integer({ min: 0, max: 59 })), f: fc.option(fc.stringMatching(/^[0-9]{1,6}$/)) })
  .map(({ h, m, s, f }) => `${pad(h, 2)}:${pad(m, 2)}${s === null ? '' : `:${pad(s, 2)}${f === null ? '' : `.${f}`}`}`);
const zone = fc.oneof(
  fc.constantFrom('', 'Z'),
  fc.record({ sign: fc.constantFrom('+', '-'), h: fc.integer({ min: 0, max: 15 }), m: fc.integer({ min: 0, max: 59 }), how: fc.integer({ min: 0, max: 2 }) }).map(({ sign, h, m, how }) => `${sign}${pad(h, 2)}${['', pad(m, 2), `:${pad(m, 2)}`][how]}`),
);
/** PostgreSQL has no date before 4713 BC and none of these is near it. */
const moment = fc.tuple(isoDate, fc.constantFrom(' ', 'T'), isoTime, zone).map((parts) => parts.join(''));

describe('source and target agree on', () => {
  agree('int8', { kind: 'int8' }, int64.map((n) => [n, String(n)]));
  agree('int8 as number', { kind: 'int8' }, safe.map((n) => [n, String(n)]), { modes: every });
  agree('int2', { kind: 'int2' }, fc.integer({ min: -32768, max: 32767 }).map((n) => [BigInt(n), String(n)]));
  agree('float8', { kind: 'float8' }, double.map((n) => [n, Object.is(n, -0) ? '-0' : String(n)]));
  agree('float8 of integers', { kind: 'float8' }, safe.map((n) => [BigInt(n), String(n)]));
  agree('numeric of reals', { kind: 'numeric' }, finite.map((n) => [n, String(n)]));
  agree('numeric of money', { kind: 'numeric', precision: 20, scale: 6 }, cents.map((n) => [n, n.toFixed(2)]), { modes: every });
  // 0.1 + 0.2, 0.3 * 3: what arithmetic in SQLite leaves in a column of money.
  agree('numeric of noise', { kind: 'numeric', precision: 20, scale: 2 }, cents.map((n) => [n * (1 + 2 ** -51), n.toFixed(2)]), { form: 'decimal15', modes: every });
  agree('numeric of integers', { kind: 'numeric' }, int64.map((n) => [n, `${n}.000`]));
  agree('boolean', { kind: 'boolean' }, fc.boolean().map((b) => [b ? 1 : 0, String(b)]), { modes: every });
  agree('text', { kind: 'text' }, text.map((s) => [s, s]));
  agree('long text', { kind: 'text' }, fc.tuple(text, fc.nat(3000)).map(([s, n]) => [s.repeat(n % 700), s.repeat(n % 700)]));
  agree('varchar', { kind: 'text', maxLength: 500 }, text.map((s) => [s, s]));
  agree('bytea', { kind: 'bytea' }, fc.uint8Array({ maxLength: 100 }).map((b) => [b, `\\x${Buffer.from(b).toString('hex')}`]), { modes: every });
  agree('bytea of text', { kind: 'bytea' }, fc.string({ unit: 'binary' }).map((s) => [s, `\\x${Buffer.from(s).toString('hex')}`]), { form: 'any' });
  agree('text of integers', { kind: 'text' }, int64.map((n) => [n, String(n)]), { form: 'any' });
  agree('date', { kind: 'date' }, isoDate.map((s) => [s, s]));
  agree('time', { kind: 'time' }, isoTime.map((s) => [s, s]));
  agree('timestamptz', { kind: 'timestamptz' }, moment.map((s) => [s, s]));
  agree('timestamp of UTC', { kind: 'timestamp' }, fc.tuple(isoDate, isoTime).map(([d, t]) => [`${d} ${t}`, `${d} ${t}`]));
  agree('epoch seconds', { kind: 'timestamptz' }, fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }).map((n) => [n, epoch(BigInt(n) * 1_000_000n)]), { form: 'epoch_s', modes: every });
  agree('epoch microseconds', { kind: 'timestamp' }, fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }).map((n) => [n, epoch(n)]), { form: 'epoch_us' });
  agree('interval', { kind: 'interval' }, fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).map((n) => [n, `${n} microseconds`]));
  agree('uuid', { kind: 'uuid' }, fc.tuple(fc.uuid(), fc.nat(2)).map(([u, how]) => [[u, u.toUpperCase(), u.replaceAll('-', '')][how] as string, u]));
  agree('inet', { kind: 'inet' }, fc.oneof(fc.ipV4(), fc.ipV6()).map((s) => [s, s]));
  agree('jsonb', { kind: 'jsonb' }, jsonText.map((s) => [s, s]));
  agree('jsonb as JavaScript writes it', { kind: 'jsonb' }, fc.json({ maxDepth: 4 }).filter((s) => !s.includes('\\u0000')).map((s) => [s, s]));
});

/** ISO text of microseconds since 1970, for PostgreSQL. */
function epoch(micros: bigint): string {
  const seconds = micros >= 0n ? micros / 1_000_000n : -((-micros + 999_999n) / 1_000_000n);
  const rest = micros - seconds * 1_000_000n;
  return new Date(Number(seconds) * 1000).toISOString().replace(/\.000Z$/, `.${String(rest).padStart(6, '0')}Z`);
}
