/** Names of indexes and constraints: at most 63 bytes, and no two relations of a schema share one. */
import { createHash } from 'node:crypto';
import { cutToBytes } from '../target-names.ts';

const NAME_BYTES = 63;
const SUFFIX_BYTES = 9;

export class RelationNames {
  private readonly taken: Set<string>;

  /** Tables have their names already; PostgreSQL will give their primary keys and identity columns theirs. */
  constructor(tables: readonly { readonly target: string; readonly columns: readonly { readonly target: string }[] }[]) {
    this.taken = new Set(tables.flatMap((t) => [t.target, cutToBytes(`${t.target}_pkey`, NAME_BYTES), ...t.columns.map((c) => cutToBytes(`${t.target}_${c.target}_seq`, NAME_BYTES))]));
  }

  /** Names that stand in statements which are made already. */
  reserve(statements: readonly string[]): void {
    for (const sql of statements) for (const match of sql.matchAll(/"((?:[^"]|"")+)"/g)) this.taken.add((match[1] as string).replaceAll('""', '"'));
  }

  /** The wished name, or one with a suffix made of its own text where that is too long or taken. */
  claim(wished: string): string {
    let name = wished;
    for (let round = 0; Buffer.byteLength(name) > NAME_BYTES || this.taken.has(name); round++) {
      const suffix = createHash('sha256').update(`${wished}/${round}`).digest('hex').slice(0, SUFFIX_BYTES - 1);
      name = `${cutToBytes(wished, NAME_BYTES - SUFFIX_BYTES)}_${suffix}`;
    }
    this.taken.add(name);
    return name;
  }
}
