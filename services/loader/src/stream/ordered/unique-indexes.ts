/**
 * Unique values that two rows exchange, where a row may not simply go and come back because others refer to it: the row
 * that is in the way gets a value that nobody has, until its own final one is written.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type pg from 'pg';
import { stagedRows } from '../staged-parts.ts';
import type { StreamTable } from '../stream-table.ts';

export interface UniqueIndex {
  readonly columns: readonly { readonly name: string; readonly notNull: boolean; readonly type: string }[];
}

/** Secondary ones over plain columns; what an expression makes equal cannot be told here. */
export async function readUniqueIndexes(client: pg.ClientBase, table: StreamTable): Promise<UniqueIndex[]> {
  const result = await client.query(
    `SELECT (SELECT jsonb_agg(jsonb_build_object('name', a.attname, 'notNull', a.attnotnull OR i.indnullsnotdistinct, 'type', format_type(a.atttypid, NULL)))
               FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])) AS columns
       FROM pg_index i WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indisvalid AND NOT (0 = ANY (i.indkey::int2[]))`,
    [table.name],
  );
  return result.rows as UniqueIndex[];
}

const FREE_VALUES: Readonly<Record<string, string>> = {
  text: `'causeway ' || gen_random_uuid()`,
  'character varying': `left(replace(gen_random_uuid()::text, '-', ''), 32)`,
  uuid: 'gen_random_uuid()',
  bigint: '-9223372036854775807 + (random() * 1e15)::bigint',
  integer: '-2147483647 + (random() * 1e9)::integer',
  'double precision': '-1e300 * (1 + random())',
  numeric: '-1e30 - (random() * 1e15)::bigint',
  bytea: `decode(replace(gen_random_uuid()::text, '-', ''), 'hex')`,
};

/** Null where no column of the index can step aside. `keys` is a relation with columns k0, k1 … */
export function stepAsideSql(table: StreamTable, index: UniqueIndex, keys: string): string | null {
  const others = index.columns.filter((column) => !table.key.some((part) => part.target === column.name));
  const nullable = others.find((column) => !column.notNull);
  const free = nullable === undefined ? others.find((column) => FREE_VALUES[column.type] !== undefined) : nullable;
  if (free === undefined) return null;
  const same = index.columns.map((column) => `r.${quoteIdentifier(column.name)} = t.${quoteIdentifier(column.name)}`).join(' AND ');
  const itself = table.key.map((part) => `r.${quoteIdentifier(part.target)} = t.${quoteIdentifier(part.target)}`).join(' AND ');
  return `UPDATE ${table.name} t SET ${quoteIdentifier(free.name)} = ${nullable === undefined ? FREE_VALUES[free.type] : 'NULL'} FROM ${keys}
    WHERE ${table.matches('t', 'k')} AND EXISTS (SELECT 1 FROM ${stagedRows(table)} r WHERE ${same} AND NOT (${itself}))`;
}
