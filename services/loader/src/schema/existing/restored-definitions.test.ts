/** What counts as given back, and the statements that give it back. */
import { expect, test } from '@jest/globals';
import { creation, removal } from './catalogue-objects.ts';
import { compareDefinitions } from './restore-objects.ts';

const FK = 'FOREIGN KEY (a) REFERENCES public.p(id)';

test('only the same text is exact', () => {
  expect(compareDefinitions(FK, FK).fidelity).toBe('exact');
  expect(compareDefinitions(FK, `${FK} NOT VALID`).fidelity).toBe('approximated');
  expect(compareDefinitions(FK, `${FK} ON DELETE CASCADE`).fidelity).toBe('needs_decision');
  expect(compareDefinitions(FK, null).fidelity).toBe('needs_decision');
  // A key that was NOT VALID before stays exactly that.
  expect(compareDefinitions(`${FK} NOT VALID`, `${FK} NOT VALID`).fidelity).toBe('exact');
});

test('statements quote every name', () => {
  const object = { schema: 's"x', table: 'T', name: 'n"m', definition: FK };
  expect(creation({ kind: 'foreign_key', ...object })).toBe(`ALTER TABLE "s""x"."T" ADD CONSTRAINT "n""m" ${FK}`);
  expect(removal({ kind: 'unique', ...object })).toBe('ALTER TABLE "s""x"."T" DROP CONSTRAINT "n""m"');
  expect(removal({ kind: 'index', ...object })).toBe('DROP INDEX "s""x"."n""m"');
  expect(removal({ kind: 'trigger', ...object })).toBe('DROP TRIGGER "n""m" ON "s""x"."T"');
});
