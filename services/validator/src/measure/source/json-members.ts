/** Members of the open objects of a document, by where they stand in the output; puts an object's in jsonb's order. */
import type { JsonBytes } from './json-bytes.ts';

/** Three numbers a member: where it starts, and where its key starts and ends between the quotes. */
const FIELDS = 3;

export class JsonMembers {
  private readonly out: JsonBytes;
  private readonly fields: number[] = [];

  constructor(out: JsonBytes) {
    this.out = out;
  }

  /** Where the next object's members begin. */
  get mark(): number {
    return this.fields.length;
  }

  /** Forgets the members of an object that is closed. */
  drop(first: number): void {
    this.fields.length = first;
  }

  add(start: number, keyEnd: number): void {
    this.fields.push(start, start + 1, keyEnd - 1);
  }

  /** Whether the last member of the object that began at `first` stands where it belongs, behind the one before. */
  lastIsInOrder(first: number): boolean {
    const last = this.fields.length - FIELDS;
    return last === first || this.compare(last - FIELDS, last) < 0;
  }

  /** Writes the object's members again in order; false where two keys are one. */
  putInOrder(first: number): boolean {
    const { out, fields } = this;
    const order: number[] = [];
    for (let m = first; m < fields.length; m += FIELDS) order.push(m);
    order.sort((a, b) => this.compare(a, b));
    for (let k = 1; k < order.length; k++) {
      if (this.compare(order[k - 1] as number, order[k] as number) === 0) return false;
    }
    const from = fields[first] as number;
    const copy = Buffer.from(out.bytes.subarray(from, out.at));
    // A member ends two bytes (comma and blank) before the next one, the last one where the object has come to.
    const endOf = (m: number): number => (m + FIELDS < fields.length ? (fields[m + FIELDS] as number) - 2 : from + copy.length);
    out.at = from;
    for (const [k, m] of order.entries()) {
      if (k > 0) out.mark(44, 32);
      out.at += copy.copy(out.bytes, out.at, (fields[m] as number) - from, endOf(m) - from);
    }
    return true;
  }

  /** By length in bytes, then by bytes, of the keys as they are without escapes. */
  private compare(a: number, b: number): number {
    const { fields } = this;
    if (!this.out.sawEscape) {
      const longer = (fields[a + 2] as number) - (fields[a + 1] as number) - ((fields[b + 2] as number) - (fields[b + 1] as number));
      if (longer !== 0) return longer;
    }
    const left = this.key(a);
    const right = this.key(b);
    return left.length - right.length || Buffer.compare(left, right);
  }

  private key(member: number): Buffer {
    const written = this.out.bytes.subarray(this.fields[member + 1], this.fields[member + 2]);
    return written.includes(92) ? Buffer.from(JSON.parse(`"${written.toString('utf8')}"`) as string) : written;
  }
}
