/** What hangs on the application's tables and can stand aside during a load, as the catalogue describes it. */
import { qualifiedName, quoteIdentifier, quoteLiteral } from '@causeway/contracts/identifier';
import type { SuspendedKind, SuspendedObject } from '@causeway/control/record/suspended-object';
import type pg from 'pg';

/**
 * An index that is clustered on, a replica identity, invalid, or placed in a tablespace of its own stays: its
 * definition alone would not bring all of that back.
 */
const MOVABLE_INDEX = `i.indisvalid AND NOT i.indisprimary AND NOT i.indisreplident AND NOT i.indisclustered AND ic.reltablespace = 0
  AND NOT EXISTS (SELECT 1 FROM pg_attribute x WHERE x.attrelid = ic.oid AND coalesce(x.attstattarget, -1) <> -1)`;

const OBJECTS = `
  SELECT o.kind, o.relid AS "tableOid", n.nspname AS schema, t.relname AS "table", o.name, o.definition, o.comment, o.enabled
    FROM (
      SELECT 'foreign_key' AS kind, c.conrelid AS relid, c.conname AS name, pg_get_constraintdef(c.oid) AS definition,
             obj_description(c.oid, 'pg_constraint') AS comment, NULL::"char" AS enabled
        FROM pg_constraint c WHERE c.contype = 'f' AND c.conparentid = 0 AND (c.conrelid = ANY ($1::oid[]) OR c.confrelid = ANY ($1::oid[]))
      UNION ALL
      SELECT 'unique', c.conrelid, c.conname, pg_get_constraintdef(c.oid), obj_description(c.oid, 'pg_constraint'), NULL
        FROM pg_constraint c JOIN pg_index i ON i.indexrelid = c.conindid JOIN pg_class ic ON ic.oid = i.indexrelid
       WHERE c.contype IN ('u', 'x') AND c.conrelid = ANY ($1::oid[]) AND ${MOVABLE_INDEX} AND obj_description(ic.oid, 'pg_class') IS NULL
      UNION ALL
      SELECT 'index', i.indrelid, ic.relname, pg_get_indexdef(ic.oid), obj_description(ic.oid, 'pg_class'), NULL
        FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
       WHERE i.indrelid = ANY ($1::oid[]) AND ${MOVABLE_INDEX}
         AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = ic.oid AND c.contype IN ('p', 'u', 'x'))
      UNION ALL
      SELECT 'trigger', g.tgrelid, g.tgname, pg_get_triggerdef(g.oid), obj_description(g.oid, 'pg_trigger'), g.tgenabled
        FROM pg_trigger g WHERE g.tgrelid = ANY ($1::oid[]) AND NOT g.tgisinternal AND NOT starts_with(g.tgname::text, '!causeway_')
    ) o JOIN pg_class t ON t.oid = o.relid JOIN pg_namespace n ON n.oid = t.relnamespace
   ORDER BY array_position(ARRAY['trigger', 'foreign_key', 'unique', 'index'], o.kind), n.nspname, t.relname, o.name`;

interface Row extends Omit<SuspendedObject, 'statements'> {
  readonly comment: string | null;
  readonly enabled: string | null;
}

/** In the order of removal: foreign keys before the unique indexes that they rest on. */
export async function listObjects(client: pg.ClientBase, tables: readonly number[]): Promise<SuspendedObject[]> {
  const result = await client.query(OBJECTS, [tables]);
  return (result.rows as Row[]).map(({ comment, enabled, ...object }) => ({ ...object, statements: [creation(object), ...enablement(object, enabled), ...commentOn(object, comment)] }));
}

type Named = Pick<SuspendedObject, 'kind' | 'schema' | 'table' | 'name'>;

export function creation(object: Named & { readonly definition: string }): string {
  if (object.kind === 'index' || object.kind === 'trigger') return object.definition;
  return `ALTER TABLE ${qualifiedName(object.schema, object.table)} ADD CONSTRAINT ${quoteIdentifier(object.name)} ${object.definition}`;
}

export function removal(object: Named): string {
  const table = qualifiedName(object.schema, object.table);
  switch (object.kind) {
    case 'index':
      return `DROP INDEX ${qualifiedName(object.schema, object.name)}`;
    case 'trigger':
      return `DROP TRIGGER ${quoteIdentifier(object.name)} ON ${table}`;
    default:
      return `ALTER TABLE ${table} DROP CONSTRAINT ${quoteIdentifier(object.name)}`;
  }
}

const ENABLEMENT: Record<string, string> = { D: 'DISABLE', R: 'ENABLE REPLICA', A: 'ENABLE ALWAYS' };

/** A trigger is made enabled; `O` is that. */
function enablement(object: Named, enabled: string | null): string[] {
  const how = ENABLEMENT[enabled ?? 'O'];
  return how === undefined ? [] : [`ALTER TABLE ${qualifiedName(object.schema, object.table)} ${how} TRIGGER ${quoteIdentifier(object.name)}`];
}

function commentOn(object: Named, comment: string | null): string[] {
  if (comment === null) return [];
  const on = ` ON ${qualifiedName(object.schema, object.table)}`;
  const what: Record<SuspendedKind, string> = {
    index: `INDEX ${qualifiedName(object.schema, object.name)}`,
    unique: `CONSTRAINT ${quoteIdentifier(object.name)}${on}`,
    foreign_key: `CONSTRAINT ${quoteIdentifier(object.name)}${on}`,
    trigger: `TRIGGER ${quoteIdentifier(object.name)}${on}`,
  };
  return [`COMMENT ON ${what[object.kind]} IS ${quoteLiteral(comment)}`];
}

const CONSTRAINT_NOW = 'SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid = $1 AND conname = $2';
const NOW: Record<SuspendedKind, string> = {
  index: 'SELECT pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = $1 AND c.relname = $2',
  unique: CONSTRAINT_NOW,
  foreign_key: CONSTRAINT_NOW,
  trigger: 'SELECT pg_get_triggerdef(oid) AS definition FROM pg_trigger WHERE tgrelid = $1 AND tgname = $2',
};

/** The definition as it is now; null where there is no such object. */
export async function presentDefinition(client: pg.Pool | pg.ClientBase, object: SuspendedObject): Promise<string | null> {
  const result = await client.query(NOW[object.kind], [object.tableOid, object.name]);
  return (result.rows[0]?.definition as string | undefined) ?? null;
}
