/** What was noticed in a column beyond storage classes and types: counts with a few keys each. */
import type { ReadValue } from '../../plan/value-fit.ts';
import type { ExampleKey } from '../assessment.ts';

export type Fact =
  | 'nul'
  | 'replacement'
  | 'empty'
  | 'overlong'
  | 'wide-integer'
  | 'boolean-other'
  | 'uuid-lower'
  | 'uuid-upper'
  | 'uuid-plain'
  | 'uuid-mixed'
  | 'uuid-invalid'
  | 'json-invalid'
  | 'json-not-exact'
  | 'json-nul'
  | 'decimal-rounded'
  | 'decimal-scale'
  | 'date-only'
  | 'zone'
  | 'no-zone'
  | 'date-invalid'
  | 'date-out-of-range'
  | 'epoch-s'
  | 'epoch-ms'
  | 'epoch-us'
  | 'julian'
  | 'iso-text'
  | 'inet-invalid';

export interface Noted {
  count: number;
  readonly examples: ExampleKey[];
}

const EXAMPLES = 3;

export class ColumnFacts {
  readonly noted = new Map<Fact, Noted>();
  smallest: bigint | null = null;
  largest: bigint | null = null;
  /** In UTF-16 units for text, in bytes for blobs. */
  longest = 0;
  private readonly keyOf: (row: readonly ReadValue[]) => ExampleKey;

  constructor(keyOf: (row: readonly ReadValue[]) => ExampleKey) {
    this.keyOf = keyOf;
  }

  note(fact: Fact, row: readonly ReadValue[]): void {
    let noted = this.noted.get(fact);
    if (noted === undefined) this.noted.set(fact, (noted = { count: 0, examples: [] }));
    noted.count++;
    if (noted.examples.length < EXAMPLES) noted.examples.push(this.keyOf(row));
  }

  count(fact: Fact): number {
    return this.noted.get(fact)?.count ?? 0;
  }

  integer(value: bigint): void {
    if (this.smallest === null || value < this.smallest) this.smallest = value;
    if (this.largest === null || value > this.largest) this.largest = value;
  }
}
