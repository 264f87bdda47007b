/**
 * A value that the plan takes for fitting is loaded; if the validator then knew no canonical form for it, it would
 * raise a false alarm. The other way round nothing is lost: what is not loaded is in the quarantine.
 */
import { expect, test } from '@jest/globals';
import type { LogicalKind, LogicalType } from '@causeway/contracts/logical-type';
import { RowDigest } from '@causeway/contracts/row-digest';
import type { SourceForm } from '@causeway/contracts/table-contract';
import { type ReadValue, valueFits } from '@causeway/control/plan/value-fit';
import fc from 'fast-check';
import { CANONICAL } from '../src/measure/source/cell-reader.ts';
import { readerOfColumn } from '../src/measure/source/reader-of-column.ts';
import { jsonText } from './json-arbitrary.ts';

const SEED = Number(process.env['CAUSEWAY_TEST_SEED'] ?? Date.now() % 2 ** 31);
const KINDS: readonly LogicalKind[] = ['int8', 'float8', 'numeric', 'boolean', 'text', 'bytea', 'date', 'time', 'timestamp', 'timestamptz', 'interval', 'uuid', 'jsonb', 'inet'];
const COUNTED = ['epoch_s', 'epoch_ms', 'epoch_us'] as const;

const column = fc.constantFrom(...KINDS).chain((kind) => {
  const forms: SourceForm[] = kind === 'text' || kind === 'bytea' ? ['plain', 'any'] : /^(date|timestamp)/.test(kind) ? ['plain', ...COUNTED] : kind === 'numeric' ? ['plain', 'decimal15'] : ['plain'];
  return fc.constantFrom(...forms).map((form) => ({ type: { kind } as LogicalType, form }));
});

const wellFormed = fc.constantFrom('2024-02-29', '2024-03-31 10:00:00.123456+02:00', '2024-03-31T10:00Z', '23:59:59.9', '1738f7d93d9c172411e20b8f6b0d549b', '1738f7d9-3d9c-1724-11e2-0b8f6b0d549b', '::1', '1.2.3.4', '2001:db8::ffff:1.2.3.4', '{"a": [1, 2e5, "x\\n"], "b":{}}', '-0.5e-3', '9999-12-31 23:59:59.999999-15:59', '0001-01-01T00:00:00+15:59');
const damage = fc.array(fc.tuple(fc.nat(40), fc.constantFrom('', '0', '9', '-', ':', '.', 'T', 'Z', '+', ' ', '"', '\\', '{', '}', ',', 'a', 'F', 'é', '\t')), { maxLength: 3 });
/** Near the border of what is accepted, where two implementations differ if they differ anywhere. */
const nearly = fc.tuple(wellFormed, damage).map(([text, changes]) =>
  changes.reduce<string>((s, [place, put]) => {
    const at = place % (s.length + 1);
    return s.slice(0, at) + put + s.slice(at + (place % 2));
  }, text),
);
const whole = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const value: fc.Arbitrary<Exclude<ReadValue, null>> = fc.oneof(
  { weight: 6, arbitrary: nearly },
  jsonText,
  fc.string({ unit: 'binary' }),
  fc.ipV6(),
  whole,
  fc.bigInt({ min: -5n, max: 5n }),
  fc.integer().map((n) => BigInt(n) * 86_400n),
  fc.double({ noNaN: true }),
  fc.uint8Array(),
);

// Invariant: I17
test(`what fits has a canonical form (seed ${SEED})`, () => {
  fc.assert(
    fc.property(value, column, (v, { type, form }) => {
      // The plan tries `date` with texts only in form plain.
      if (type.kind === 'date' && form !== 'plain' && typeof v === 'string') return;
      if (!valueFits(v, type, form)) return;
      expect([type.kind, form, v, readerOfColumn({ type, form }, 'exact')(v, new RowDigest())]).toEqual([type.kind, form, v, CANONICAL]);
    }),
    { seed: SEED, numRuns: 30_000 },
  );
});
