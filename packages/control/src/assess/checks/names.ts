/** Names in PostgreSQL: cut, reserved, system's own, in need of quotes, or different only by letter case. */
import type { Finding } from '../assessment.ts';
import { type CheckInput, finding } from './check-input.ts';
import { RESERVED_WORDS } from './reserved-words.ts';

const NAME_BYTES = 63;
const SYSTEM = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid', 'causeway_rowid', '']);

interface Named {
  readonly table: string;
  readonly column: string | null;
  readonly source: string;
  readonly target: string;
}

export function* names(input: CheckInput): Generator<Finding> {
  const tables = input.plan.tables.map((t): Named => ({ table: t.name, column: null, source: t.name, target: t.target }));
  const columns = input.plan.tables.flatMap((t) => t.columns.map((c): Named => ({ table: t.name, column: c.name, source: c.name, target: c.target })));
  for (const name of [...tables, ...columns]) yield* ofName(name);
  yield* twins(tables, null);
  for (const table of input.plan.tables) yield* twins(columns.filter((c) => c.table === table.name), table.name);
  const quoted = [...tables, ...columns].filter((n) => !/^[a-z_][a-z0-9_$]*$/.test(n.target));
  if (quoted.length > 0) yield finding({ check: 'name-quoting', severity: 'info', count: quoted.length, detail: `${quoted.length} name(s) must be quoted, for example ${shown(quoted[0] as Named)}` });
}

const shown = (name: Named): string => JSON.stringify(name.column === null ? name.target : `${name.table}.${name.target}`);

function* ofName({ table, column, source, target }: Named): Generator<Finding> {
  if (Buffer.byteLength(source) > NAME_BYTES) yield finding({ check: 'name-too-long', severity: 'notice', table, column, detail: `${Buffer.byteLength(source)} bytes; it becomes ${JSON.stringify(target)}` });
  if (SYSTEM.has(source)) yield finding({ check: 'name-system', severity: 'notice', table, column, detail: `${JSON.stringify(source)} becomes ${JSON.stringify(target)}` });
  if (RESERVED_WORDS.has(target)) yield finding({ check: 'name-reserved', severity: 'info', table, column, detail: `${target} is a reserved word` });
}

/** SQLite folds ASCII only, so it never has such twins among ASCII names; snake_case and other alphabets do. */
function* twins(list: readonly Named[], table: string | null): Generator<Finding> {
  const folded = Map.groupBy(list, (n) => n.target.toLowerCase());
  for (const same of folded.values()) {
    if (same.length > 1) yield finding({ check: 'name-case', severity: 'notice', table, count: same.length, detail: same.map((n) => JSON.stringify(n.target)).join(' and ') });
  }
}
