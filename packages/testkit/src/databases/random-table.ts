/** A random table: its name, columns of any declared type, and a key of any kind or none. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { SeededRandom } from '../seeded-random.ts';

/** `honest`: values suit the type; `careless`: one in a hundred does not; `wild`: anything; `same`: one value; `empty`: NULL. */
export type ColumnMood = 'honest' | 'careless' | 'wild' | 'same' | 'empty';

export interface RandomColumn {
  readonly name: string;
  readonly declared: string;
  readonly mood: ColumnMood;
}

export interface RandomTable {
  readonly name: string;
  readonly columns: readonly RandomColumn[];
  /** Columns that values can be inserted into are `columns`; generated ones stand only here. */
  readonly ddl: string;
}

const DECLARED = ['INTEGER', 'INT', 'BIGINT', 'SMALLINT', 'TINYINT(1)', 'UNSIGNED BIG INT', 'REAL', 'DOUBLE PRECISION', 'FLOAT', 'FLOATING POINT', 'NUMERIC', 'DECIMAL(10,2)', 'DECIMAL(5,2)', 'NUMERIC(18,4)', 'MONEY', 'TEXT', 'VARCHAR(8)', 'VARCHAR(255)', 'CHAR(3)', 'CHAR(32)', 'CHAR(36)', 'CLOB', 'STRING', 'BLOB', 'BYTEA', '', '', 'BOOLEAN', 'BOOL', 'DATE', 'DATETIME', 'TIMESTAMP', 'TIME', 'UUID', 'JSON', 'POINT', 'ANY', '"weird; type"', 'VARCHAR(99999999)', 'NUMERIC(1000,5)'] as const;
const STRICT_TYPES = ['INT', 'INTEGER', 'REAL', 'TEXT', 'BLOB', 'ANY'] as const;
const NAMES = ['id', 'name', 'value', 'select', 'Order', 'user', 'a b', 'a.b', 'a-b', 'a_b', "it's", 'say "x"', 'ü', 'Größe', '表', '👍', '__proto__', 'constructor', 'rowid', '_rowid_', 'oid', 'ctid', 'xmin', 'before', 'op', 'back\\slash', 'new\nline', '%s', '$1', '1st', '{}', 'camelCase', 'snake_case', ' lead', 'x'.repeat(70)] as const;

/** Names of one scope: SQLite takes two that differ only in ASCII case for one. */
export function freshName(random: SeededRandom, taken: Set<string>): string {
  const wanted = random.oneIn(2) ? random.pick(NAMES) : `c${random.integer(0, 999)}`;
  let name: string = wanted;
  for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${wanted}${n}`;
  taken.add(name.toLowerCase());
  return name;
}

export function randomTable(random: SeededRandom, takenNames: Set<string>): RandomTable {
  const name = freshName(random, takenNames);
  const strict = random.oneIn(10);
  const taken = new Set<string>();
  const columns: RandomColumn[] = [];
  const count = random.oneIn(12) ? random.integer(40, 120) : random.integer(1, 9);
  for (let i = 0; i < count; i += 1) {
    const mood: ColumnMood = random.pick(['honest', 'honest', 'honest', 'careless', 'careless', 'wild', 'same', 'empty']);
    columns.push({ name: freshName(random, taken), declared: random.pick(strict ? STRICT_TYPES : DECLARED), mood });
  }
  return { name, columns, ddl: tableDdl(random, name, columns, { strict, taken }) };
}

function tableDdl(random: SeededRandom, name: string, columns: readonly RandomColumn[], how: { strict: boolean; taken: Set<string> }): string {
  const kind = random.pick(['rowid', 'rowid', 'auto', 'none', 'one', 'composite', 'without_rowid', 'without_rowid']);
  const parts = columns.map((column) => `${quoteIdentifier(column.name)} ${column.declared}${extras(random, column, how.strict)}`);
  const keyed = columns.slice(0, kind === 'composite' || (kind === 'without_rowid' && random.oneIn(2)) ? 3 : 1).map((c) => quoteIdentifier(c.name));
  if (kind === 'rowid' || kind === 'auto') {
    const own = quoteIdentifier(freshName(random, how.taken));
    parts.splice(random.integer(0, parts.length), 0, `${own} INTEGER PRIMARY KEY${kind === 'auto' ? ' AUTOINCREMENT' : ''}`);
  } else if (kind !== 'none') parts.push(`PRIMARY KEY (${keyed.join(', ')})`);
  const options = [kind === 'without_rowid' ? 'WITHOUT ROWID' : '', how.strict ? 'STRICT' : ''].filter((o) => o !== '');
  return `CREATE TABLE ${quoteIdentifier(name)} (${parts.join(', ')}) ${options.join(', ')}`;
}

function extras(random: SeededRandom, column: RandomColumn, strict: boolean): string {
  if (column.mood === 'empty') return '';
  const collation = /char|text|clob/i.test(column.declared) && random.oneIn(6) ? random.pick([' COLLATE NOCASE', ' COLLATE RTRIM']) : '';
  const fallback = strict || !random.oneIn(6) ? '' : random.pick([' DEFAULT 0', " DEFAULT 'x'", ' DEFAULT NULL', " DEFAULT x'00'", ' DEFAULT CURRENT_TIMESTAMP', ' DEFAULT (1 + 1)', ' DEFAULT -1.5']);
  return `${random.oneIn(6) ? ' NOT NULL' : ''}${random.oneIn(14) ? ' UNIQUE' : ''}${fallback}${collation}`;
}
