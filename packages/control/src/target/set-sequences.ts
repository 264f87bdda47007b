/** Numbers that the target gives to new rows: each sequence stands above every id that was ever given, and never goes back. */
import { quoteIdentifier, qualifiedName, quoteLiteral } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';

/** Identity columns own their sequence; a default of `nextval(…)` depends on one, owned or not. `table`: place in $1. */
const SEQUENCES = `
  SELECT t.place::int - 1 AS table, a.attname AS column, s.oid::regclass::text AS sequence, q.seqmax AS highest
    FROM unnest($1::text[]) WITH ORDINALITY t (name, place)
    JOIN pg_attribute a ON a.attrelid = t.name::regclass AND a.attnum > 0 AND NOT a.attisdropped
    JOIN LATERAL (
      SELECT d.objid AS oid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
         AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype = 'i'
      UNION
      SELECT d.refobjid FROM pg_attrdef f JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_class'::regclass
       WHERE f.adrelid = a.attrelid AND f.adnum = a.attnum
    ) s ON true
    JOIN pg_sequence q ON q.seqrelid = s.oid AND q.seqincrement > 0
   ORDER BY t.place, a.attnum`;

/** Tables of one statement: a database of hundreds must not take hundreds of round trips while nobody can write. */
const AT_ONCE = 200;

/** What a sequence has to give next, and how far it can go. */
export interface SequencePlace {
  readonly sequence: string;
  readonly table: string;
  /** Highest number that was ever given, by anyone. */
  readonly given: bigint;
  /** Highest that the sequence can give. */
  readonly limit: bigint;
}

/** `given`: sqlite_sequence by source table; unlike max(id) it knows of ids that were given and deleted. */
export async function sequencePlaces(client: pg.Pool | pg.ClientBase, contracts: readonly TableContract[], given: ReadonlyMap<string, bigint>): Promise<SequencePlace[]> {
  // Several tables may draw from one sequence: the highest of all of them counts.
  const places = new Map<string, SequencePlace>();
  const names = contracts.map((contract) => qualifiedName(contract.targetSchema, contract.target));
  const columns = (await client.query(SEQUENCES, [names])).rows as { table: number; column: string; sequence: string; highest: bigint }[];
  for (const some of portions(columns)) {
    const used = await client.query(some.map(({ table, column }, i) => `SELECT ${i} AS i, coalesce(max(${quoteIdentifier(column)}), 0)::bigint AS highest FROM ${names[table]}`).join(' UNION ALL '));
    for (const { i, highest } of used.rows as { i: number; highest: bigint }[]) {
      const { table, column, sequence, highest: limit } = some[i] as (typeof some)[number];
      const contract = contracts[table] as TableContract;
      const numbered = contract.columns.find((c) => c.target === column)?.source;
      const last = numbered !== undefined && contract.order.kind === 'rowid' && contract.order.alias === numbered ? (given.get(contract.source) ?? 0n) : 0n;
      const before = places.get(sequence)?.given ?? 0n;
      places.set(sequence, { sequence, table: contract.source, given: [highest, last, before].reduce((a, b) => (a > b ? a : b)), limit });
    }
  }
  return [...places.values()];
}

// Invariant: I85
export async function setSequences(client: pg.Pool | pg.ClientBase, contracts: readonly TableContract[], given: ReadonlyMap<string, bigint>): Promise<void> {
  for (const some of portions(await sequencePlaces(client, contracts, given))) await client.query(some.map(raising).join(' UNION ALL '));
}

/** An id below 1 (negative keys) leaves a sequence that gave nothing at its start. */
function raising({ sequence, given, limit }: SequencePlace): string {
  const value = given > limit ? limit : given;
  return `SELECT setval(${quoteLiteral(sequence)}::regclass, ${value}::bigint, true) FROM ${sequence} s WHERE ${value}::bigint >= 1 AND (${value}::bigint > s.last_value OR NOT s.is_called AND ${value}::bigint >= s.last_value)`;
}

function* portions<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < all.length; i += AT_ONCE) yield all.slice(i, i + AT_ONCE);
}
