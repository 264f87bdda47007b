/** Numbers that the application's tables give to new rows: each sequence stands above every id that was moved. */
import { quoteIdentifier, qualifiedName } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { Generation } from '@causeway/control/record/table-record';
import type pg from 'pg';
import { identityColumn } from '../create-tables.ts';

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

export async function setExistingSequences(pool: pg.Pool, g: Generation, contracts: readonly TableContract[]): Promise<void> {
  const source = await pool.query("SELECT source->'sequences' AS given FROM causeway.migration WHERE id = $1", [g.migration]);
  const given = (source.rows[0]?.given ?? {}) as Record<string, string>;
  // Several tables may draw from one sequence: the highest of all of them counts.
  const wanted = new Map<string, { next: bigint; limit: bigint }>();
  for (const contract of contracts) {
    const name = qualifiedName(contract.targetSchema, contract.target);
    for (const row of (await pool.query(SEQUENCES, [name])).rows as { column: string; sequence: string; highest: bigint }[]) {
      const used = await pool.query(`SELECT coalesce(max(${quoteIdentifier(row.column)}), 0)::bigint AS highest FROM ${name}`);
      const numbered = contract.columns.find((c) => c.target === row.column)?.source;
      // sqlite_sequence, not max(id), knows of ids that were given and deleted.
      const last = numbered !== undefined && numbered === identityColumn(contract) ? BigInt(given[contract.source] ?? 0) : 0n;
      const before = wanted.get(row.sequence)?.next ?? 0n;
      wanted.set(row.sequence, { next: [used.rows[0].highest as bigint, last, before].reduce((a, b) => (a > b ? a : b)), limit: row.highest });
    }
  }
  for (const [sequence, { next, limit }] of wanted) {
    const value = next > limit ? limit : next;
    await pool.query('SELECT setval($1::text::regclass, greatest($2::bigint, 1), $2::bigint >= 1)', [sequence, value.toString()]);
  }
}
