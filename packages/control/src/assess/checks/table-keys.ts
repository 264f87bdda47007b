/** Primary keys and unique indexes: what they lack, and where different values become one. */
import type { ColumnContract } from '@causeway/contracts/table-contract';
import type { SourceIndex } from '../../plan/source-schema.ts';
import type { Finding } from '../assessment.ts';
import { countCollisions } from '../predict/key-collisions.ts';
import { asking, type CheckedTable, type CheckInput, finding } from './check-input.ts';

/** BTMaxItemSize: an index row of PostgreSQL's default page; longer ones may still fit compressed. */
const INDEX_ROW_BYTES = 2_704;

export function* tableKeys(input: CheckInput): Generator<Finding> {
  for (const table of input.tables) {
    if (table.source.fts !== null || table.contract === null) continue;
    const key = table.source.columns.filter((c) => c.keyPosition > 0).map((c) => c.name);
    const at = { table: table.source.name };
    if (key.length === 0) yield finding({ ...at, check: 'no-key', severity: 'notice', count: table.profile.rowsRead, detail: `${table.profile.rowsRead} row(s), named by their rowid` });
    else yield* nullsInKey(table, key);
    for (const index of table.source.indexes) yield* ofIndex(input, table, index);
    if (key.length > 0 && !table.source.indexes.some((i) => i.origin === 'pk')) yield* collisions(input, table, key, 'the primary key');
  }
}

function* nullsInKey(table: CheckedTable, key: readonly string[]): Generator<Finding> {
  for (const [i, column] of table.plan.columns.entries()) {
    const nulls = table.profile.columns[i]?.classes.null ?? 0;
    if (key.includes(column.name) && nulls > 0) yield finding({ check: 'null-in-key', severity: 'notice', table: table.source.name, column: column.name, count: nulls, detail: `${nulls} NULL(s) in the primary key` });
  }
}

function* ofIndex(input: CheckInput, table: CheckedTable, index: SourceIndex): Generator<Finding> {
  const names = index.parts.map((p) => p.name).filter((name) => name !== null);
  const what = index.origin === 'pk' ? 'the primary key' : index.origin === 'u' ? `UNIQUE (${names.join(', ')})` : `index ${index.name}`;
  const at = { table: table.source.name, column: names.join(', ') };
  const collated = index.parts.filter((p) => p.collation.toUpperCase() !== 'BINARY');
  if (index.unique && collated.length > 0) yield finding({ ...at, check: 'collation-unique', severity: 'notice', detail: `${what} is unique under ${[...new Set(collated.map((p) => p.collation))].join(', ')}` });
  yield* tooLarge(table, index, what);
  if (!index.unique || index.partial || names.length !== index.parts.length) return;
  yield* asking({ ...at, check: 'key-collision' }, () => collisions(input, table, names, what));
  yield* cannotStepAside(table, index, names, what);
}

function* tooLarge(table: CheckedTable, index: SourceIndex, what: string): Generator<Finding> {
  for (const part of index.parts) {
    const i = table.plan.columns.findIndex((c) => c.name === part.name);
    const longest = table.facts[i]?.longest ?? 0;
    if (longest > INDEX_ROW_BYTES) yield finding({ check: 'key-too-large', severity: 'notice', table: table.source.name, column: part.name, detail: `${what}: the longest value has ${longest} characters or bytes` });
  }
}

function* collisions(input: CheckInput, table: CheckedTable, names: readonly string[], what: string): Generator<Finding> {
  const columns = names.map((name) => table.contract?.columns.find((c) => c.source === name)).filter((c) => c !== undefined);
  if (columns.length !== names.length || table.contract === null) return;
  if (!columns.some((column) => mayCollide(column, table))) return;
  const found = countCollisions(input.db, table.contract, columns);
  if (found.count > 0) yield finding({ check: 'key-collision', severity: 'decision', table: table.source.name, column: names.join(', '), count: found.count, examples: found.examples, detail: `${what}: ${found.count} row(s) get a value that another row has` });
}

/** Where one value has several spellings, or several classes are printed alike. */
function mayCollide(column: ColumnContract, table: CheckedTable): boolean {
  const classes = table.profile.columns[table.plan.columns.findIndex((c) => c.name === column.source)]?.classes;
  if (classes === undefined) return false;
  if (column.form === 'any') return [classes.integer, classes.real, classes.text, classes.blob].filter((n) => n > 0).length > 1;
  return classes.text > 0 && ['date', 'time', 'timestamp', 'timestamptz', 'uuid', 'jsonb', 'inet'].includes(column.type.kind);
}

/** Types of which a value can be made that nobody has; a nullable column can step aside as NULL. */
const FREE = new Set(['text', 'uuid', 'int8', 'int4', 'float8', 'numeric', 'bytea']);

function* cannotStepAside(table: CheckedTable, index: SourceIndex, names: readonly string[], what: string): Generator<Finding> {
  // Of a table that nobody refers to, rows may go and come back.
  if (index.origin === 'pk' || !table.referenced) return;
  const others = names.map((name) => table.contract?.columns.find((c) => c.source === name)).filter((c) => c !== undefined && !table.contract?.key.includes(c.source));
  if (others.some((c) => c !== undefined && (!c.notNull || FREE.has(c.type.kind)))) return;
  yield finding({ check: 'unique-swap', severity: 'notice', table: table.source.name, column: names.join(', '), detail: `${what} has no column that could hold a passing value` });
}
