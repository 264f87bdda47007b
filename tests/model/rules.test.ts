/** Every rule of the protocol, taken out, breaks some model; the page that says so is the one that the models make. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { MODELS } from './models.ts';
import { RULES } from './rules.ts';
import { rulesPage } from './rules-page.ts';

const PAGE = resolve(import.meta.dirname, '../../docs/model.md');
const variants = Object.values(MODELS).flat();

test.each(RULES.map((rule) => [rule.number, rule.text]))('rule %i is left out by some variant: %s', (number) => {
  expect(variants.filter((variant) => variant.without?.includes(number as number)).length).toBeGreaterThan(0);
});

test('no variant leaves out a rule that there is not', () => {
  const known = new Set(RULES.map((rule) => rule.number));
  expect(RULES.map((rule) => rule.number)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  expect(variants.flatMap((variant) => variant.without ?? []).filter((number) => !known.has(number))).toEqual([]);
});

test('docs/model.md is made of them: `npm run model -- --page docs/model.md`', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(rulesPage());
});
