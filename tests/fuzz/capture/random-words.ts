/** Names, declared types and literals, drawn where things break: all as SQL text, so that a case is its statements and nothing else. */
import type { SeededRandom } from '@causeway/testkit/seeded-random';

const TABLE_NAMES = ['t', 't1', 't2', 'a b', 'old', 'OLD', 'new', 'New', 'excluded', 'main', 'temp', 'select', 'rowid', 'say "x"', "it's", 'Größe', 'größe', 'semi;colon', '--', '/* x', 'new\nline', '', '%s', '$1', '?', '_causeway', 'causeway_log', '_causeway-log', 'log', 'state', 'sqlite', 'changes', 'x'.repeat(80), '[b]', '`b`', 'END', 'inserted', 'pragma_x'] as const;
const COLUMN_NAMES = ['id', 'k', 'k0', 'k1', 't', 'n', 'v', 'old', 'new', 'name', 'value', 'rowid', 'oid', '_rowid_', 'ROWID', 'main', 'pass', 'a b', 'say "x"', "it's", 'ü', 'Ü', 'excluded', 'END', ';', '--', '/*', '', 'new\nline', 'typeof', 'coalesce', '_causeway_row', 'abc', 'x', 'true', 'null', 'current_timestamp', 'c;d', '$1', '?1', ':a', '@b', '[c]', '`d`'] as const;

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Of one scope, in which SQLite takes two that differ only in ASCII case for one. */
export function freshName(random: SeededRandom, taken: Set<string>, kind: 'table' | 'column' | 'object'): string {
  const wanted = kind === 'object' ? `o${random.integer(0, 9)}` : random.oneIn(3) ? `${kind === 'table' ? 't' : 'c'}${random.integer(0, 9)}` : random.pick<string>(kind === 'table' ? TABLE_NAMES : COLUMN_NAMES);
  let name = wanted;
  for (let n = 2; taken.has(foldAscii(name)); n++) name = `${wanted}${n}`;
  taken.add(foldAscii(name));
  return name;
}

export const foldAscii = (name: string): string => name.replace(/[A-Z]/g, (c) => c.toLowerCase());

const TYPES = ['INTEGER', 'INTEGER', 'INT', 'BIGINT', 'REAL', 'DOUBLE PRECISION', 'FLOATING POINT', 'NUMERIC', 'DECIMAL(10,2)', 'TEXT', 'TEXT', 'VARCHAR(8)', 'STRING', 'BLOB', '', '', '', 'BOOLEAN', 'DATE', 'JSON', 'ANY', '"weird; type"', 'CHARINT', 'XBLOBX'] as const;
const STRICT_TYPES = ['INT', 'INTEGER', 'REAL', 'TEXT', 'BLOB', 'ANY'] as const;
export const drawType = (random: SeededRandom, strict: boolean): string => random.pick<string>(strict ? STRICT_TYPES : TYPES);

/** Few enough to collide often. */
const COMMON = ['NULL', '0', '1', '2', '3', '4', '-1', '1.0', '2.0', "'a'", "'A'", "'b'", "'a '", "''", "'1'", "'2'", "x'61'", "x'31'", "x''"] as const;
/** No largest integer: behind it SQLite draws rowids by chance. */
const RARE = [
  '9007199254740992', '9007199254740993', '-9007199254740993', '9007199254740992.0', '-9223372036854775808', '9223372036854775000', '9223372036854775807.0', '-0.0', '0.1', '1e400', '-1e400', '1e400 - 1e400', '1.5', '1e15', '5e-324',
  "CAST(x'61ff' AS TEXT)", "CAST(x'80' AS TEXT)", "'a' || char(0) || 'b'", 'char(0)', 'char(65533)', "x'00'", "x'ff'", "'1.0'", "'01'", "' 1'", "'1e0'", "'9007199254740993'", "'ä'", "'Ä'", "'\u{1f44d}'", "'it''s'", "'NaN'", "'inf'", "'true'",
  `'{"x":1}'`, `'{"x":1.0}'`, `'{"x"'`, `'{"x":"a"}'`, "'[1,2]'", "'null'", "'2024-01-02'", 'zeroblob(3)', "'a%'", "'abc'",
] as const;

export const drawLiteral = (random: SeededRandom): string => (random.oneIn(3) ? random.pick(RARE) : random.pick(COMMON));

/** As they stand behind DEFAULT: with and without parentheses, signs, and the words that SQLite takes for a string. */
const DEFAULTS = ['7', '-1', '+5', '1.0', "'a'", "''", "'it''s'", 'NULL', "x'61'", 'TRUE', 'false', '(1 + 1)', "('a' || 'b')", "(lower('A'))", 'abc', 'name', '"abc"', '"name"', '"k"', "(x'')", '1e400', '9007199254740993', "('it''s' -- why\n)", "(CASE WHEN 1 THEN 'x' END)"] as const;
export const drawDefault = (random: SeededRandom): string => random.pick(DEFAULTS);

export const drawCollation = (random: SeededRandom): string => random.pick(['NOCASE', 'RTRIM', 'BINARY', 'nocase']);
export const drawConflict = (random: SeededRandom): string => random.pick(['REPLACE', 'REPLACE', 'REPLACE', 'IGNORE', 'FAIL', 'ABORT', 'ROLLBACK']);
