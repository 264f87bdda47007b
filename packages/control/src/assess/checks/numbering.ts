/** Keys that number themselves and are near their end. */
import type { Finding } from '../assessment.ts';
import { type CheckInput, finding } from './check-input.ts';

const LAST = 2n ** 63n - 1n;
/** Fewer than this left is an accident that has happened already: numbers are not given in billions. */
const NEAR = 1_000_000n;

export function* numbering(input: CheckInput): Generator<Finding> {
  for (const table of input.tables) {
    const { rowidColumn, sequence } = table.source;
    if (rowidColumn === null) continue;
    const largest = table.facts[table.plan.columns.findIndex((c) => c.name === rowidColumn)]?.largest ?? null;
    const last = sequence !== null && (largest === null || sequence > largest) ? sequence : largest;
    if (last !== null && last > LAST - NEAR) yield finding({ check: 'sequence-exhausted', severity: 'decision', table: table.source.name, column: rowidColumn, detail: `the largest number is ${last}` });
  }
}
