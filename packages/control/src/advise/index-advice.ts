/** Indexes that nothing uses, that say twice the same, that are broken, and those that foreign keys lack. */
import type pg from 'pg';
import type { Advice } from './advice.ts';

/** Nothing of the server's own, nothing of ours. */
export const APPLICATION_SCHEMAS = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'causeway') AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'";

/** Unique ones hold a promise, whoever reads them; those of foreign keys are looked at when a parent is deleted. */
const UNUSED = `
  SELECT format('%I.%I', n.nspname, i.relname) AS subject, format('%I.%I', n.nspname, t.relname) AS "table", pg_relation_size(i.oid)::float8 AS bytes, s.idx_scan::float8 AS scans,
         (SELECT count(*) FROM pg_stat_user_tables u WHERE u.relid = t.oid AND u.n_tup_ins + u.n_tup_upd + u.n_tup_del > 0) > 0 AS written,
         EXISTS (SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND f.conrelid = t.oid AND f.conkey[1] = x.indkey[0]) AS "ofForeignKey"
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = i.relnamespace
    JOIN pg_stat_user_indexes s ON s.indexrelid = i.oid
   WHERE ${APPLICATION_SCHEMAS} AND s.idx_scan = 0 AND NOT x.indisunique AND NOT x.indisexclusion AND x.indisvalid AND NOT i.relispartition
     AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid) AND pg_relation_size(i.oid) > 65536
   ORDER BY bytes DESC`;

/**
 * The same columns, operator classes, collations, order and condition: the smaller promise goes. One whose columns another
 * one begins with goes as well, where neither is unique.
 */
const DUPLICATES = `
  WITH known AS (
    SELECT x.*, i.relname, i.oid AS index_oid, n.nspname, i.relam, pg_relation_size(i.oid)::float8 AS bytes, EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid) AS constrained,
           coalesce(pg_get_expr(x.indexprs, x.indrelid), '') AS expressions, coalesce(pg_get_expr(x.indpred, x.indrelid), '') AS condition,
           (x.indkey::int2[])[0:x.indnkeyatts - 1] AS keys, (x.indclass::oid[])[0:x.indnkeyatts - 1] AS classes, (x.indcollation::oid[])[0:x.indnkeyatts - 1] AS collations, (x.indoption::int2[])[0:x.indnkeyatts - 1] AS options
      FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
     WHERE ${APPLICATION_SCHEMAS} AND x.indisvalid AND NOT i.relispartition)
  SELECT format('%I.%I', a.nspname, a.relname) AS subject, format('%I.%I', b.nspname, b.relname) AS other, a.bytes,
         array_length(a.keys, 1) = array_length(b.keys, 1) AND a.indnatts = b.indnatts AS same
    FROM known a JOIN known b ON a.indrelid = b.indrelid AND a.index_oid <> b.index_oid AND a.relam = b.relam AND a.expressions = b.expressions AND a.condition = b.condition
   WHERE NOT a.constrained AND a.indnatts = a.indnkeyatts
     AND ((a.keys = b.keys AND a.classes = b.classes AND a.collations = b.collations AND a.options = b.options AND a.indnatts <= b.indnatts
           AND (NOT a.indisunique OR b.indisunique) AND (b.constrained OR b.indisunique AND NOT a.indisunique OR b.indnatts > a.indnatts OR (a.indisunique = b.indisunique AND a.index_oid > b.index_oid)))
       OR (NOT a.indisunique AND a.expressions = '' AND array_length(a.keys, 1) < array_length(b.keys, 1) AND b.relam = (SELECT oid FROM pg_am WHERE amname = 'btree')
           AND b.keys[1:array_length(a.keys, 1)] = a.keys AND b.classes[1:array_length(a.keys, 1)] = a.classes AND b.collations[1:array_length(a.keys, 1)] = a.collations AND b.options[1:array_length(a.keys, 1)] = a.options))
   ORDER BY a.bytes DESC, 1, 2`;

const UNINDEXED_KEYS = `
  SELECT format('%I.%I', n.nspname, t.relname) AS subject, c.conname AS name, format('%I.%I', pn.nspname, p.relname) AS parent, t.reltuples::float8 AS rows,
         (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.at) FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, at) JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum) AS columns
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_class p ON p.oid = c.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
   WHERE c.contype = 'f' AND c.conparentid = 0 AND ${APPLICATION_SCHEMAS}
     AND NOT EXISTS (SELECT 1 FROM pg_index x WHERE x.indrelid = t.oid AND x.indpred IS NULL AND x.indisvalid
                        AND c.conkey <@ (x.indkey::int2[])[0:array_length(c.conkey, 1) - 1])
   ORDER BY t.reltuples DESC, 1, 2`;

const INVALID = `
  SELECT format('%I.%I', n.nspname, i.relname) AS subject, pg_relation_size(i.oid)::float8 AS bytes
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace WHERE ${APPLICATION_SCHEMAS} AND NOT x.indisvalid AND i.relkind = 'i'`;

export async function indexAdvice(client: pg.Pool): Promise<Advice[]> {
  const [unused, duplicates, keys, invalid] = await Promise.all([UNUSED, DUPLICATES, UNINDEXED_KEYS, INVALID].map(async (sql) => (await client.query(sql)).rows)) as [Row[], Row[], Row[], Row[]];
  const twice = new Set<string>();
  const doubled = duplicates.flatMap((row): Advice[] => {
    if (twice.has(row.subject)) return [];
    twice.add(row.subject);
    return [{ kind: 'duplicate_index', subject: row.subject, why: row.same === true ? `${row.other} is over the same columns` : `${row.other} begins with the same columns`, ddl: `DROP INDEX CONCURRENTLY ${row.subject};`, weight: row.bytes ?? 0 }];
  });
  return [
    ...invalid.map((row): Advice => ({ kind: 'invalid_index', subject: row.subject, why: 'its making was broken off: it costs every write and answers nothing', ddl: `REINDEX INDEX CONCURRENTLY ${row.subject};`, weight: row.bytes ?? 0 })),
    ...doubled,
    ...unused.filter((row) => !twice.has(row.subject)).map(unusedIndex),
    ...keys.map((row): Advice => ({ kind: 'missing_index', subject: row.subject, why: `the foreign key ${row.name} to ${row.parent} has no index: every delete there reads this table of about ${Math.max(0, Math.round(row.rows ?? 0))} rows`, ddl: `CREATE INDEX CONCURRENTLY ON ${row.subject} (${row.columns});`, weight: row.rows ?? 0 })),
  ];
}

interface Row {
  readonly subject: string;
  readonly table?: string;
  readonly other?: string;
  readonly parent?: string;
  readonly name?: string;
  readonly columns?: string;
  readonly bytes?: number;
  readonly rows?: number;
  readonly same?: boolean;
  readonly ofForeignKey?: boolean;
}

function unusedIndex(row: Row): Advice {
  const size = `${((row.bytes ?? 0) / 1024 / 1024).toFixed(1)} MiB on ${row.table}, never read since the server counts`;
  return { kind: 'unused_index', subject: row.subject, why: row.ofForeignKey === true ? `${size}; it serves a foreign key, which asks only when a parent goes` : size, ddl: row.ofForeignKey === true ? null : `DROP INDEX CONCURRENTLY ${row.subject};`, weight: row.bytes ?? 0 };
}
