/**
 * The foreign keys around the target's tables, and the statements that prove them for changed keys. Needed because the
 * stream writes with session_replication_role = replica, under which PostgreSQL checks none itself.
 */
import { quoteIdentifier, qualifiedName } from '@causeway/contracts/identifier';
import type pg from 'pg';
import type { StreamTable } from './stream-table.ts';

export interface ForeignKey {
  readonly oid: string;
  readonly name: string;
  /** Quoted, with their schemas. */
  readonly child: string;
  readonly parent: string;
  readonly childColumns: readonly string[];
  readonly parentColumns: readonly string[];
  /** False: NOT VALID, as it already has rows that break it. It holds for new rows, and what it cascades it cascades. */
  readonly validated: boolean;
  readonly deferrable: boolean;
}

export async function readForeignKeys(client: pg.Pool | pg.ClientBase, tables: readonly StreamTable[]): Promise<ForeignKey[]> {
  const result = await client.query(
    `SELECT c.oid::text AS oid, c.conname AS name, c.convalidated AS validated, c.condeferrable AS deferrable,
            cn.nspname AS "childSchema", ct.relname AS "childTable", pn.nspname AS "parentSchema", pt.relname AS "parentTable",
            (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, n) JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum) AS "childColumns",
            (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY AS k (attnum, n) JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum) AS "parentColumns"
       FROM pg_constraint c
       JOIN pg_class ct ON ct.oid = c.conrelid JOIN pg_namespace cn ON cn.oid = ct.relnamespace
       JOIN pg_class pt ON pt.oid = c.confrelid JOIN pg_namespace pn ON pn.oid = pt.relnamespace
      WHERE c.contype = 'f' AND c.conparentid = 0
        AND (c.conrelid = ANY (SELECT to_regclass(t)::oid FROM unnest($1::text[]) t) OR c.confrelid = ANY (SELECT to_regclass(t)::oid FROM unnest($1::text[]) t))
      ORDER BY c.oid`,
    [tables.map((table) => table.name)],
  );
  return result.rows.map(({ childSchema, childTable, parentSchema, parentTable, ...rest }) => ({
    ...rest,
    child: qualifiedName(childSchema, childTable),
    parent: qualifiedName(parentSchema, parentTable),
  }));
}

/** True where the parent's referenced columns are the key by which the stream names its rows. */
export function referencesKey(key: ForeignKey, table: StreamTable): boolean {
  return key.parentColumns.length === table.key.length && table.key.every((column) => key.parentColumns.includes(column.target));
}

const column = (alias: string, name: string): string => `${alias}.${quoteIdentifier(name)}`;
const pairs = (left: string, right: string, key: ForeignKey): string => key.childColumns.map((name, i) => `${column(left, name)} = ${column(right, key.parentColumns[i] as string)}`).join(' AND ');

/**
 * Changed children without their parent, and children left behind by parents that are gone: at most one row a foreign
 * key, its oid. `keys` is a relation with columns k0, k1 … Keys that are NOT VALID are exempt, as in the snapshot.
 */
export function proofSql(table: StreamTable, keys: string, all: readonly ForeignKey[]): string | null {
  const foreignKeys = all.filter((key) => key.validated);
  const orphans = foreignKeys
    .filter((key) => key.child === table.name)
    .map((key) => {
      const present = key.childColumns.map((name) => `${column('c', name)} IS NOT NULL`).join(' AND ');
      return `(SELECT '${key.oid}' FROM ${keys} JOIN ${table.name} c ON ${table.matches('c', 'k')} WHERE ${present} AND NOT EXISTS (SELECT 1 FROM ${key.parent} p WHERE ${pairs('c', 'p', key)}) LIMIT 1)`;
    });
  const leftBehind = foreignKeys
    .filter((key) => key.parent === table.name && referencesKey(key, table))
    .map((key) => {
      const child = table.key.map((part, i) => `${column('c', key.childColumns[key.parentColumns.indexOf(part.target)] as string)} = k.k${i}`).join(' AND ');
      return `(SELECT '${key.oid}' FROM ${keys} WHERE NOT EXISTS (SELECT 1 FROM ${table.name} p WHERE ${table.matches('p', 'k')}) AND EXISTS (SELECT 1 FROM ${key.child} c WHERE ${child}) LIMIT 1)`;
    });
  const replaced = foreignKeys
    .filter((key) => key.parent === table.name && !referencesKey(key, table))
    // The keys stand in each proof: a statement that names no parameter is refused with one.
    .map((key) => `(SELECT '${key.oid}' FROM ${oldValuesTable(table)} o WHERE EXISTS (SELECT FROM ${keys}) AND NOT EXISTS (SELECT 1 FROM ${table.name} p WHERE ${samePart('p', 'o', key)}) AND EXISTS (SELECT 1 FROM ${key.child} c WHERE ${pairs('c', 'o', key)}) LIMIT 1)`);
  const proofs = [...orphans, ...leftBehind, ...replaced];
  return proofs.length === 0 ? null : proofs.join(' UNION ALL ');
}

const samePart = (left: string, right: string, key: ForeignKey): string => key.parentColumns.map((name) => `${column(left, name)} = ${column(right, name)}`).join(' AND ');

/** Referenced values of removed rows, where others refer to columns that are not the key. Emptied by each commit. */
export const oldValuesTable = (table: StreamTable): string => `pg_temp."causeway_old_${table.contract.table}"`;

/** Columns of a table that foreign keys refer to without being its key. */
export function otherReferenced(table: StreamTable, foreignKeys: readonly ForeignKey[]): string[] {
  return [...new Set(foreignKeys.filter((key) => key.parent === table.name && !referencesKey(key, table)).flatMap((key) => key.parentColumns))].sort();
}
