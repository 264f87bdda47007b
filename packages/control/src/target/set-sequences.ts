/** Numbers that the target gives to new rows: each sequence stands above every id that was ever given, and never goes back. */
import { quoteIdentifier, qualifiedName } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';

/** Identity columns own their sequence; a default of `nextval(…)` depends on one, owned or not. */
const SEQUENCES = `
  SELECT a.attname AS column, s.oid::regclass::text AS sequence, q.seqmax AS highest
    FROM pg_attribute a
    JOIN LATERAL (
      SELECT d.objid AS oid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
         AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype = 'i'
      UNION
      SELECT d.refobjid FROM pg_attrdef f JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_class'::regclass
       WHERE f.adrelid = a.attrelid AND f.adnum = a.attnum
    ) s ON true
    JOIN pg_sequence q ON q.seqrelid = s.oid AND q.seqincrement > 0
   WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped`;

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
  for (const contract of contracts) {
    const name = qualifiedName(contract.targetSchema, contract.target);
    for (const row of (await client.query(SEQUENCES, [name])).rows as { column: string; sequence: string; highest: bigint }[]) {
      const used = await client.query(`SELECT coalesce(max(${quoteIdentifier(row.column)}), 0)::bigint AS highest FROM ${name}`);
      const numbered = contract.columns.find((c) => c.target === row.column)?.source;
      const last = numbered !== undefined && contract.order.kind === 'rowid' && contract.order.alias === numbered ? (given.get(contract.source) ?? 0n) : 0n;
      const before = places.get(row.sequence)?.given ?? 0n;
      places.set(row.sequence, { sequence: row.sequence, table: contract.source, given: [used.rows[0].highest as bigint, last, before].reduce((a, b) => (a > b ? a : b)), limit: row.highest });
    }
  }
  return [...places.values()];
}

// Invariant: I85
export async function setSequences(client: pg.Pool | pg.ClientBase, contracts: readonly TableContract[], given: ReadonlyMap<string, bigint>): Promise<void> {
  for (const { sequence, given: last, limit } of await sequencePlaces(client, contracts, given)) {
    const value = last > limit ? limit : last;
    // An id below 1 (negative keys) leaves a sequence that gave nothing at its start.
    await client.query(`SELECT setval($1::text::regclass, $2::bigint, true) FROM (SELECT last_value, is_called FROM ${sequence}) s WHERE $2::bigint >= 1 AND ($2::bigint > last_value OR NOT is_called AND $2::bigint >= last_value)`, [sequence, value.toString()]);
  }
}
