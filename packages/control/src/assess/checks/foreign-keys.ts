/** Foreign keys: their targets, orphans in the data, and circles that a plain role cannot order. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { SourceForeignKey, SourceTable } from '../../plan/source-schema.ts';
import { parentsFirst } from '../../target/table-order.ts';
import type { ExampleKey, Finding } from '../assessment.ts';
import { asking, type CheckInput, finding } from './check-input.ts';

const EXAMPLES = 3;
const fold = (name: string): string => name.toLowerCase();

export function* foreignKeys(input: CheckInput): Generator<Finding> {
  for (const { source } of input.tables) for (const key of source.foreignKeys) yield* ofKey(input, source, key);
  yield* removalOrder(input);
}

function* ofKey(input: CheckInput, table: SourceTable, key: SourceForeignKey): Generator<Finding> {
  const parent = input.schema.tables.find((t) => fold(t.name) === fold(key.parent));
  const at = { table: table.name, column: key.columns.join(', ') };
  const written = `${key.columns.join(', ')} → ${key.parent} (${key.parentColumns.map((c) => c ?? '?').join(', ')})`;
  const problem = targetProblem(input, table, key, parent);
  if (problem !== null) yield finding({ ...at, check: 'foreign-key-target', severity: 'decision', detail: `${written}: ${problem}` });
  if (parent === undefined || key.parentColumns.some((c) => c === null || !parent.columns.some((p) => fold(p.name) === fold(c)))) return;
  yield* asking({ ...at, check: 'orphans' }, () => orphansOf(input, table, key, written));
}

function targetProblem(input: CheckInput, table: SourceTable, key: SourceForeignKey, parent: SourceTable | undefined): string | null {
  if (parent === undefined) return 'the table is not there';
  const names = key.parentColumns;
  if (names.some((c) => c === null)) return 'the parent has no primary key that fits';
  const missing = names.find((c) => !parent.columns.some((p) => fold(p.name) === fold(c as string)));
  if (missing !== undefined) return `the column ${missing} is not there`;
  if (!isUnique(parent, names as string[])) return 'the parent column is not unique';
  const types = key.columns.map((name, i) => [typeOf(input, table.name, name), typeOf(input, parent.name, names[i] as string)] as const);
  const odd = types.find(([a, b]) => a !== null && b !== null && family(a) !== family(b));
  return odd === undefined ? null : `PostgreSQL does not compare ${odd[0]} with ${odd[1]}`;
}

function isUnique(parent: SourceTable, names: readonly string[]): boolean {
  const wanted = names.map(fold).sort().join('\0');
  const key = parent.columns.filter((c) => c.keyPosition > 0).map((c) => fold(c.name));
  return key.sort().join('\0') === wanted || parent.indexes.some((i) => i.unique && !i.partial && i.parts.map((p) => fold(p.name ?? '')).sort().join('\0') === wanted);
}

function typeOf(input: CheckInput, table: string, column: string): string | null {
  return input.plan.tables.find((t) => fold(t.name) === fold(table))?.columns.find((c) => fold(c.name) === fold(column))?.type ?? null;
}

const NUMBERS = new Set(['bigint', 'integer', 'smallint', 'numeric', 'double precision']);

function family(type: string): string {
  const base = type.replace(/\(.*/, '');
  if (base === 'character varying') return 'text';
  return NUMBERS.has(base) ? 'number' : base;
}

/** Rows without a parent as SQLite compares, and, of a NOCASE key, those whose parent is spelled otherwise. */
function* orphansOf(input: CheckInput, table: SourceTable, key: SourceForeignKey, written: string): Generator<Finding> {
  const at = { table: table.name, column: key.columns.join(', ') };
  const orphans = countMissing(input, table, key, '');
  if (orphans.count > 0) yield finding({ ...at, check: 'orphans', severity: 'decision', count: orphans.count, examples: orphans.examples, detail: `${written}: ${orphans.count} row(s) without a parent` });
  const exact = countMissing(input, table, key, ' COLLATE BINARY');
  if (exact.count > orphans.count) yield finding({ ...at, check: 'foreign-key-collation', severity: 'decision', count: exact.count - orphans.count, examples: exact.examples, detail: `${written}: ${exact.count - orphans.count} row(s) match only by letter case or trailing blanks` });
}

function countMissing(input: CheckInput, table: SourceTable, key: SourceForeignKey, collation: string): { count: number; examples: ExampleKey[] } {
  const q = quoteIdentifier;
  const on = key.columns.map((c, i) => `p.${q(key.parentColumns[i] as string)} = c.${q(c)}${collation}`).join(' AND ');
  const present = key.columns.map((c) => `c.${q(c)} IS NOT NULL`).join(' AND ');
  const from = `FROM ${q(table.name)} AS c WHERE ${present} AND NOT EXISTS (SELECT 1 FROM ${q(key.parent)} AS p WHERE ${on})`;
  const named = table.columns.filter((c) => c.keyPosition > 0).map((c) => c.name);
  const names = named.length > 0 ? named : table.rowidAlias === null ? [] : [table.rowidAlias];
  // In the join's form SQLite makes an index of its own where the parent has none.
  const indexed = `FROM ${q(table.name)} AS c LEFT JOIN ${q(key.parent)} AS p ON ${on} WHERE ${present} AND p.${q(key.parentColumns[0] as string)} IS NULL`;
  const count = input.db.prepare(`SELECT count(*) ${indexed}`).pluck().get() as number;
  if (count === 0 || names.length === 0) return { count, examples: [] };
  const rows = input.db.prepare(`SELECT ${names.map((n) => `CAST(c.${q(n)} AS TEXT)`).join(', ')} ${from} LIMIT ${EXAMPLES}`).raw().all() as (string | null)[][];
  return { count, examples: rows.map((row) => Object.fromEntries(names.map((n, i) => [n, row[i] ?? 'NULL']))) };
}

/** A circle of keys that are checked at once: none of its tables can be written before the others. */
function* removalOrder(input: CheckInput): Generator<Finding> {
  const tables = input.schema.tables.map((t) => t.name);
  const edges = input.schema.tables.flatMap((t) =>
    t.foreignKeys.flatMap((key) => {
      const parent = tables.find((name) => fold(name) === fold(key.parent));
      const nullable = key.columns.some((name) => t.columns.find((c) => fold(c.name) === fold(name))?.notNull === false);
      return parent === undefined || isDeferred(t, key) ? [] : [{ child: t.name, parent, column: key.columns.join(', '), nullable }];
    }),
  );
  for (const edge of parentsFirst(tables, edges).broken) {
    yield finding({ check: 'removal-order', severity: 'notice', table: edge.child, column: edge.column, detail: `${edge.child}.${edge.column} → ${edge.parent} closes a circle of foreign keys${edge.nullable ? '' : ', and is NOT NULL'}` });
  }
}

function isDeferred(table: SourceTable, key: SourceForeignKey): boolean {
  return /deferrable\s+initially\s+deferred/i.test(table.sql) && key.columns.length > 0 && new RegExp(`${escaped(key.columns[0] as string)}[\\s\\S]{0,400}?deferrable\\s+initially\\s+deferred`, 'i').test(table.sql);
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
