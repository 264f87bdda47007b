/** Reads a source's schema from its pragmas: what SQLite itself says, never a guess from the SQL text. */
import { Failure } from '@causeway/contracts/failures';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { isOwnTable, SOURCE_PREFIX, STATE_TABLE } from '@causeway/contracts/live/source-objects';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { ownFunctionOfIndex } from './own-function.ts';
import { ownTokenizer } from './own-tokenizer.ts';
import { affinityOf, type SourceColumn, type SourceForeignKey, type SourceIndex, type SourceObject, type SourceSchema, type SourceTable } from './source-schema.ts';

interface ListedTable {
  readonly name: string;
  readonly type: 'table' | 'view' | 'virtual' | 'shadow';
  readonly wr: number;
  readonly strict: number;
}

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  readonly pk: number;
  readonly hidden: number;
}

/** Of the capture, by a table's number, and of the fence. */
const OWN_TRIGGER = new RegExp(`^${SOURCE_PREFIX}(\\d+|fence)_`);

const pragma = <T>(db: SourceDatabase, name: string, argument: string): T[] => db.pragma(`${name}(${quoteIdentifier(argument)})`) as T[];

export function discoverSchema(db: SourceDatabase): SourceSchema {
  // By the pragma itself: a table of the application may be called as its function.
  const kinds = new Map((db.pragma('main.table_list') as (ListedTable & { schema: string })[]).filter((t) => t.schema === 'main').map((t) => [t.name, t]));
  // In the order of their making: a view may read one that was made before it.
  const listed = (db.prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY rowid").pluck().all() as string[])
    .flatMap((name) => kinds.get(name) ?? [])
    .filter((t) => !t.name.toLowerCase().startsWith('sqlite_') && !isOwnTable(t.name));
  refuseReserved(db);
  const sql = new Map((db.prepare("SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'view')").all() as { name: string; sql: string | null }[]).map((r) => [r.name, r.sql ?? '']));
  const tables: SourceTable[] = [];
  const objects: SourceObject[] = [];
  for (const entry of listed) {
    const text = sql.get(entry.name) ?? '';
    if (entry.type === 'table') tables.push(readTable(db, entry, text, null));
    else if (entry.type === 'view') objects.push({ kind: 'view', name: entry.name, table: entry.name, sql: text, note: '' });
    else if (entry.type === 'virtual') readVirtual(db, entry, text, listed, tables, objects);
    else objects.push({ kind: 'shadow_table', name: entry.name, table: entry.name, sql: text, note: 'belongs to a virtual table; its contents are an index, not data' });
  }
  for (const t of db.prepare("SELECT name, tbl_name AS tbl, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name").all() as { name: string; tbl: string; sql: string }[]) {
    if (t.name.startsWith(SOURCE_PREFIX)) continue;
    objects.push({ kind: 'trigger', name: t.name, table: t.tbl, sql: t.sql, note: 'triggers do not run during the load and are not translated' });
  }
  return {
    tables,
    objects,
    encoding: String(db.pragma('encoding', { simple: true })),
    journalMode: String(db.pragma('journal_mode', { simple: true })),
    schemaVersion: Number(db.pragma('schema_version', { simple: true })),
    pageBytes: Number(db.pragma('page_size', { simple: true })),
  };
}

/** What the application itself calls by our prefix would be taken for ours, now or when a capture is taken out again. */
function refuseReserved(db: SourceDatabase): void {
  const named = db.prepare("SELECT type, name FROM sqlite_schema WHERE lower(substr(name, 1, ?)) = ?").all(SOURCE_PREFIX.length, SOURCE_PREFIX) as { type: string; name: string }[];
  // A capture always has its table of facts.
  const captured = named.some((entry) => entry.name === STATE_TABLE);
  const taken = named.find((entry) => !captured || !(entry.type === 'table' ? isOwnTable(entry.name) : entry.type === 'trigger' && OWN_TRIGGER.test(entry.name)));
  if (taken !== undefined) throw new Failure('SOURCE_UNSUPPORTED', `${taken.type} ${JSON.stringify(taken.name)}: names that begin with ${SOURCE_PREFIX} are causeway's own in a source; give it another name`);
}

/** An FTS table that stores its own text, and an R*Tree, are source tables; every other virtual table is named, never loaded. */
function readVirtual(db: SourceDatabase, entry: ListedTable, sql: string, listed: readonly ListedTable[], tables: SourceTable[], objects: SourceObject[]): void {
  const module = /^\s*create\s+virtual\s+table\s+.*?\busing\s+(\w+)/is.exec(sql)?.[1]?.toLowerCase() ?? '';
  const ownContent = listed.some((t) => t.type === 'shadow' && t.name.toLowerCase() === `${entry.name.toLowerCase()}_content`);
  const kind = module === 'rtree' || module === 'rtree_i32' ? 'rtree' : !ownContent ? null : module === 'fts5' ? 'fts5' : module === 'fts4' || module === 'fts3' ? 'fts4' : null;
  if (kind !== null) {
    try {
      tables.push({ ...readTable(db, entry, sql, kind), ...(kind === 'rtree' ? {} : ownTokenizer(db, entry.name)) });
      return;
    } catch (error) {
      objects.push({ kind: 'virtual_table', name: entry.name, table: entry.name, sql, note: `its rows are left behind, no other library can read them: ${(error as Error).message}`, leftBehind: true });
      return;
    }
  }
  objects.push({ kind: 'virtual_table', name: entry.name, table: entry.name, sql, note: `a virtual table of module ${module || 'unknown'} that holds no rows of its own; it is not moved` });
}

function readTable(db: SourceDatabase, entry: ListedTable, sql: string, fts: SourceTable['fts']): SourceTable {
  const infos = pragma<ColumnInfo>(db, 'table_xinfo', entry.name).filter((c) => c.hidden !== 1);
  // An R*Tree's first column is its rowid, and no pragma says so.
  const isKey = (i: number): boolean => fts === 'rtree' && i === 0;
  const columns: SourceColumn[] = infos.map((c, i) => ({
    name: c.name,
    declared: c.type,
    // In a STRICT table ANY keeps every value as it is.
    affinity: entry.strict === 1 && c.type.toUpperCase() === 'ANY' ? 'blob' : affinityOf(c.type),
    notNull: c.notnull !== 0 || isKey(i),
    defaultSql: c.dflt_value,
    keyPosition: isKey(i) ? 1 : c.pk,
    generated: c.hidden === 2 ? 'virtual' : c.hidden === 3 ? 'stored' : 'no',
  }));
  const withoutRowid = entry.wr === 1;
  const indexes = fts === null ? readIndexes(db, entry.name) : [];
  const rowidColumn = fts === 'rtree' ? (columns[0]?.name ?? null) : withoutRowid || fts !== null ? null : rowidColumnOf(columns, indexes);
  return {
    name: entry.name,
    sql,
    columns,
    withoutRowid,
    strict: entry.strict === 1,
    autoincrement: rowidColumn !== null && hasSequence(db) && /\bautoincrement\b/i.test(sql),
    rowidColumn,
    rowidAlias: withoutRowid ? null : rowidAliasOf(columns, rowidColumn),
    fts,
    indexes,
    foreignKeys: fts === null ? readForeignKeys(db, entry.name) : [],
    sequence: readSequence(db, entry.name),
  };
}

/**
 * The one INTEGER PRIMARY KEY column, if it is the rowid. `INT PRIMARY KEY` and `INTEGER PRIMARY KEY DESC` are not:
 * those have an automatic index, which the rowid never has.
 */
function rowidColumnOf(columns: readonly SourceColumn[], indexes: readonly SourceIndex[]): string | null {
  const key = columns.filter((c) => c.keyPosition > 0);
  if (key.length !== 1 || key[0]?.declared.toUpperCase() !== 'INTEGER') return null;
  return indexes.some((i) => i.origin === 'pk') ? null : key[0].name;
}

function rowidAliasOf(columns: readonly SourceColumn[], rowidColumn: string | null): string | null {
  if (rowidColumn !== null) return rowidColumn;
  const taken = new Set(columns.map((c) => c.name.toLowerCase()));
  return ['rowid', '_rowid_', 'oid'].find((alias) => !taken.has(alias)) ?? null;
}

function readIndexes(db: SourceDatabase, table: string): SourceIndex[] {
  const list = pragma<{ name: string; unique: number; origin: 'c' | 'u' | 'pk'; partial: number }>(db, 'index_list', table);
  const sqlOf = db.prepare("SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?").pluck();
  return list
    .map((i) => ({ ...i, sql: (sqlOf.get(i.name) as string | null | undefined) ?? null }))
    .map((i) => ({ ...i, own: ownFunctionOfIndex(db, table, i.sql) }))
    .map((i) => ({
      name: i.name,
      unique: i.unique === 1,
      origin: i.origin,
      partial: i.partial === 1,
      sql: i.sql,
      ...(i.own === undefined ? {} : { ownFunction: i.own }),
      parts: pragma<{ name: string | null; desc: number; coll: string; key: number }>(db, 'index_xinfo', i.name)
        .filter((p) => p.key === 1)
        .map((p) => ({ name: p.name, descending: p.desc === 1, collation: p.coll })),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readForeignKeys(db: SourceDatabase, table: string): SourceForeignKey[] {
  const rows = pragma<{ id: number; seq: number; table: string; from: string; to: string | null; on_update: string; on_delete: string }>(db, 'foreign_key_list', table);
  const byId = new Map<number, typeof rows>();
  for (const row of rows) byId.set(row.id, [...(byId.get(row.id) ?? []), row]);
  return [...byId.entries()]
    .sort(([a], [b]) => a - b)
    .map(([id, parts]) => {
      const ordered = parts.toSorted((a, b) => a.seq - b.seq);
      const first = ordered[0] as (typeof rows)[number];
      const parentKey = pragma<ColumnInfo>(db, 'table_xinfo', first.table)
        .filter((c) => c.pk > 0)
        .sort((a, b) => a.pk - b.pk)
        .map((c) => c.name);
      return {
        id,
        parent: first.table,
        columns: ordered.map((p) => p.from),
        parentColumns: ordered.map((p, i) => p.to ?? (parentKey.length === ordered.length ? (parentKey[i] ?? null) : null)),
        onUpdate: first.on_update,
        onDelete: first.on_delete,
      };
    });
}

function hasSequence(db: SourceDatabase): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").get() !== undefined;
}

function readSequence(db: SourceDatabase, table: string): bigint | null {
  if (!hasSequence(db)) return null;
  const value = db.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').pluck().safeIntegers().get(table);
  return typeof value === 'bigint' ? value : null;
}
