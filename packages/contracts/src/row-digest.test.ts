import { describe, expect, test } from '@jest/globals';
import { hashBytes, hashed, hashUtf8 } from './lookup3.ts';
import { RowDigest } from './row-digest.ts';

/** Golden values were printed by PostgreSQL 15: hash_record_extended(ROW(…), 0). */
function digestOf(collect: (d: RowDigest) => void): string {
  const d = new RowDigest();
  collect(d);
  return String(d.value);
}

const FOX = 'The quick brown fox jumps over the lazy dog. ÄÖ€😀 0123456789';
const FOX_BY_LENGTH: [length: number, digest: string][] = [
  [0, '-6939563903564495251'],
  [1, '-1338225982912146468'],
  [2, '5593687159563776749'],
  [3, '-7897229297791927534'],
  [4, '1214481609633084541'],
  [7, '-2752675330521770124'],
  [8, '-1544529330263215465'],
  [11, '2869438648668390509'],
  [12, '-9210305663925663560'],
  [13, '-3863872140344080773'],
  [23, '-6349138520123274615'],
  [24, '8360766130984247540'],
  [25, '-6568008242738964476'],
  [36, '5172465187460571644'],
  [44, '-8688831608272519898'],
  [46, '-7948760386851008306'],
  [48, '1192884394405391679'],
  [49, '5634052180087047598'],
  [50, '-5426042736527728768'],
  [60, '7011933357216186579'],
];

describe('elements equal PostgreSQL', () => {
  test.each(FOX_BY_LENGTH)('text and bytes of %i characters', (length, expected) => {
    const text = [...FOX].slice(0, length).join('');
    expect(digestOf((d) => d.text(text))).toBe(expected);
    expect(digestOf((d) => d.bytes(Buffer.from(text)))).toBe(expected);
  });

  test('text of many pieces', () => {
    const text = 'aé€😀z'.repeat(50_000);
    expect(digestOf((d) => d.text(text))).toBe('3362998865877719277');
    expect(digestOf((d) => d.bytes(Buffer.from(text)))).toBe('3362998865877719277');
  });

  test.each([
    [0n, '7025667271560692764'],
    [1n, '-8398563901706640720'],
    [-1n, '-7904674252072299340'],
    [4_294_967_297n, '-969744198487386928'],
    [9_007_199_254_740_993n, '-1349166756807988453'],
    [-9_223_372_036_854_775_808n, '-5161449953296411537'],
    [9_223_372_036_854_775_807n, '6043476346663963261'],
  ])('integer %s', (value, expected) => {
    expect(digestOf((d) => d.bigint(value))).toBe(expected);
    if (Number.isSafeInteger(Number(value))) expect(digestOf((d) => d.integer(Number(value)))).toBe(expected);
  });

  test.each([
    [0, '7025667271560692764'],
    [-0, '-5161449953296411537'],
    [0.1, '-5965033840147655206'],
    [Number.POSITIVE_INFINITY, '8331907436246331766'],
    [-1.5, '1106863737625070304'],
  ])('float8 %s', (value, expected) => {
    expect(digestOf((d) => d.float8(value))).toBe(expected);
  });

  test('boolean, date, uuid', () => {
    expect(digestOf((d) => d.boolean(true))).toBe('8883389298246135586');
    expect(digestOf((d) => d.boolean(false))).toBe('-4194760714999882651');
    expect(digestOf((d) => d.int32(-11_122))).toBe('-551045347794216071');
    expect(digestOf((d) => d.int128(0x1738f7d9, 0x3d9c1724, 0x11e20b8f, 0x6b0d549b))).toBe('518195599242930172');
  });
});

test('a row, and its digest', () => {
  const row = (d: RowDigest): void => {
    d.integer(7);
    d.null();
    d.text('x');
    d.boolean(true);
  };
  expect(digestOf(row)).toBe('-5968556469994882179');
  const digest = digestOf((d) => {
    row(d);
    d.finish();
  });
  expect(digest).toBe('-8871957004802474115');
});

test('the pieces of a long text do not show', () => {
  for (let pad = 0; pad < 4; pad++) {
    const text = `${'x'.repeat(32_760 + pad)}${'😀é'.repeat(9)}${'y'.repeat(70_001)}`;
    hashUtf8(text);
    const byText = [...hashed];
    hashBytes(Buffer.from(text));
    expect([...hashed]).toEqual(byText);
  }
});

test('text says whether it is plain, whatever stands in it', () => {
  const d = new RowDigest();
  expect(d.text('plain')).toBe(true);
  expect(d.text('nul\0')).toBe(false);
  expect(d.text('é')).toBe(false);
  expect(d.text('\x7f')).toBe(true);
});
