/** Parts of ranges arrive twice, in pieces of two attempts, and not at all. */
import { expect, test } from '@jest/globals';
import { RangeAssembly } from './assemble-ranges.ts';
import type { Block } from './block.ts';

function part(range: number, number: number, options: { last?: boolean; attempt?: string; fragment?: Block['fragment'] } = {}): Block {
  return {
    header: { table: 0, range, part: number, last: options.last === true, attempt: options.attempt ?? 'a' },
    message: Buffer.alloc(10),
    rows: [],
    rejects: [],
    rowCount: options.fragment === undefined ? 2 : 0,
    rowsAt: 0,
    fragment: options.fragment ?? null,
  } as unknown as Block;
}

// Invariant: I7
test('a range is complete when its last part follows all others', () => {
  const assembly = new RangeAssembly();
  expect(assembly.add(part(1, 0), 10n)).toBeNull();
  expect(assembly.add(part(1, 1), 11n)).toBeNull();
  expect(assembly.add(part(1, 2, { last: true }), 12n)).toMatchObject({ table: 0, range: 1, rows: 6, bytes: 30 });
});

test('a missing or repeated part never makes a range whole', () => {
  const assembly = new RangeAssembly();
  assembly.add(part(1, 0), 0n);
  expect(assembly.add(part(1, 2, { last: true }), 1n)).toBeNull();
  expect(assembly.add(part(2, 1, { last: true }), 2n)).toBeNull();
  assembly.add(part(3, 0), 3n);
  assembly.add(part(3, 1), 4n);
  expect(assembly.add(part(3, 1), 5n)).toBeNull();
  expect(assembly.add(part(3, 2, { last: true }), 6n)).toMatchObject({ rows: 6 });
});

test('parts of two attempts are not joined; the later attempt counts', () => {
  const assembly = new RangeAssembly();
  assembly.add(part(1, 0, { attempt: 'killed' }), 0n);
  assembly.add(part(1, 0, { attempt: 'second' }), 1n);
  expect(assembly.add(part(1, 1, { attempt: 'killed', last: true }), 2n)).toBeNull();
  expect(assembly.add(part(1, 1, { attempt: 'second', last: true }), 3n)).toMatchObject({ rows: 4 });
});

test('a restart reads from the oldest range that is still open', () => {
  const assembly = new RangeAssembly();
  assembly.add(part(1, 0), 5n);
  assembly.add(part(2, 0, { last: true }), 6n);
  expect(assembly.resumeFrom(7n)).toBe(5n);
  assembly.add(part(1, 1, { last: true }), 7n);
  expect(assembly.resumeFrom(8n)).toBe(8n);
});

test('a large row arrives whole from its fragments', () => {
  const assembly = new RangeAssembly();
  const fragment = (offset: number, text: string): Block['fragment'] => ({ reject: false, offset, total: 6, bytes: Buffer.from(text) });
  assembly.add(part(1, 0, { fragment: fragment(0, 'abc') }), 0n);
  const whole = assembly.add(part(1, 1, { fragment: fragment(3, 'def'), last: true }), 1n);
  expect(whole?.rows).toBe(1);
  expect(whole?.runs.map((run) => run.bytes.toString())).toEqual(['abcdef']);
});
