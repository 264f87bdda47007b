/** On the way back, what a policy has made of a cell is no change of it: the cell keeps its bytes. */
import { expect, test } from '@jest/globals';
import type { ColumnContract } from '@causeway/contracts/table-contract';
import { type Held, heldOf, keepsItsBytes, sameHeld, type SqliteCell } from './held-value.ts';

const column = (type: ColumnContract['type'], policy?: ColumnContract['policy']): ColumnContract => ({ source: 'c', target: 'c', type, form: 'plain', notNull: false, ...(policy === undefined ? {} : { policy }) });
const untouched = (c: ColumnContract, cell: SqliteCell, arrived: Held): boolean => sameHeld(c.type, heldOf(c, cell), arrived) || keepsItsBytes(c, cell, arrived);

test.each([
  ['a word in a boolean', column({ kind: 'boolean' }, 'null'), 'maybe', null],
  ['an impossible date', column({ kind: 'date' }, 'null'), '2024-02-30', null],
  ['a text that is too long', column({ kind: 'text', maxLength: 2 }, 'null'), 'long', null],
  ['a decimal beyond its scale', column({ kind: 'numeric', precision: 4, scale: 1 }, 'null'), 1.25, null],
  ['U+0000 under null', column({ kind: 'text' }, 'null'), 'a\0b', null],
  ['U+0000 under replace', column({ kind: 'text' }, 'replace'), 'a\0b', 'a\uFFFDb'],
  ['malformed bytes under replace, as the driver shows them', column({ kind: 'text' }, 'replace'), 'a\uFFFDb', 'a\uFFFDb'],
  ['malformed bytes under null, as the driver shows them', column({ kind: 'text' }, 'null'), 'a\uFFFDb', null],
])('%s stays as it is', (_title, c, cell, arrived) => {
  expect(untouched(c, cell, arrived)).toBe(true);
});

test.each([
  ['a new value in the place of a bad one', column({ kind: 'boolean' }, 'null'), 'maybe', true],
  ['NULL in the place of a good one', column({ kind: 'boolean' }, 'null'), 1n, null],
  ['NULL in the place of a good text', column({ kind: 'text' }, 'null'), 'good', null],
  ['another text under replace', column({ kind: 'text' }, 'replace'), 'a\0b', 'ab'],
  ['without a policy', column({ kind: 'boolean' }), 'maybe', null],
])('%s is a change', (_title, c, cell, arrived) => {
  expect(untouched(c, cell, arrived)).toBe(false);
});
