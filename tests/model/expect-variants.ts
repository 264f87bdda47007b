/** One test for each variant of a model; how many states it has and how long the trace is go to the log. */
import { expect, test } from '@jest/globals';
import { rulesOf, told, type Variant } from './variant.ts';

export function expectVariants(variants: readonly Variant[]): void {
  test.each(variants.filter((variant) => !variant.deep).map((variant) => [rulesOf(variant), variant.name, variant] as const))('%s: %s', (_rules, _name, variant) => {
    const found = variant.explore();
    process.stdout.write(`${told(variant, found)}\n`);
    if (variant.without !== null) {
      expect(found.violation?.trace.length ?? 0).toBeGreaterThan(0);
      return;
    }
    expect(found.violation).toBeNull();
    expect(found.complete).toBe(true);
    expect(found.states).toBeGreaterThanOrEqual(variant.atLeast);
  });
}
