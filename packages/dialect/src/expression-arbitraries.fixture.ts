/** SQLite expressions over the columns of the proof's table, weighted towards what CHECKs and indexes really contain. */
import fc from 'fast-check';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const integer = fc.constantFrom('0', '1', '2', '-1', '5', '100', '0x10', '9223372036854775807', '-9223372036854775808', '9007199254740993', '32767');
const real = fc.constantFrom('0.5', '1.5', '-2.5', '1e3', '0.1', '.5', '3.', '1e17', '9223372036854775808');
const text = fc.constantFrom('', 'a', 'A', 'abc', 'ABC', 'äbc', '5', '5.0', ' 7 ', '-1', '1e3', "it's", 'b', 'Z', '0', '1', '😀é', 'true', 'x\ny', 'a\\b').map(quoted);
const pattern = fc.constantFrom('%', '_%', 'A%', '%b%', 'a_b', '%\\%%', '', '%É', 'a\\_b', '___', 'ab\\').map(quoted);
const glob = fc.constantFrom('*', 'a*', '[a-c]*', '[^a]*', '*[0-9]*', '?', '[]a]*', '*[Z-a]*', '[a-]*', 'a.c', '[', '[^]]*', '*\\*', '[0-9]', 'x?y', '[ä-ü]*', '*😀*').map(quoted);
const literal = fc.oneof(integer, real, text, fc.constantFrom('NULL', 'TRUE', 'FALSE', "x'61'", "x''", '"no such column"'.replace('"no such column"', "'dq'")));

const numberColumn = fc.constantFrom('i2', 'i4', 'i8', 'j8', 'r', 'q', 'n', 'm', 'rn', 'b');
const intColumn = fc.constantFrom('i2', 'i4', 'i8', 'b', '"I4"', '[i2]', '`i8`', 's.i4');
const textColumn = fc.constantFrom('t', 'u', 'nc', 'rt', 'w', 'wn', '"T"');
const column = fc.oneof(numberColumn, textColumn, fc.constant('x'));
const comparator = fc.constantFrom('=', '==', '!=', '<>', '<', '<=', '>', '>=', 'IS', 'IS NOT', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM');
const maybeNot = fc.constantFrom('', 'NOT ');
const collate = fc.constantFrom('', '', '', ' COLLATE NOCASE', ' COLLATE BINARY', ' COLLATE RTRIM');

export const arbitraryExpression: fc.Arbitrary<string> = fc.letrec<{ any: string; int: string; text: string; number: string; condition: string }>((tie) => {
  const deep = { depthSize: 'small', withCrossShrink: true } as const;
  const list = (of: fc.Arbitrary<string>, min: number, max: number): fc.Arbitrary<string> => fc.array(of, { minLength: min, maxLength: max }).map((a) => a.join(', '));
  return {
    int: fc.oneof(
      deep,
      fc.oneof(intColumn, integer),
      fc.tuple(tie('int'), fc.constantFrom('+', '-', '*', '/', '%', '&', '|'), tie('int')).map(([a, o, b]) => `(${a} ${o} ${b})`),
      fc.tuple(tie('int'), fc.constantFrom('<< 1', '>> 3', '<< 63', '>> 63')).map(([a, o]) => `(${a} ${o})`),
      tie('int').map((a) => `-(${a})`),
      tie('int').map((a) => `~${a}`),
      tie('any').map((a) => `length(${a})`),
      tie('int').map((a) => `abs(${a})`),
      fc.tuple(tie('text'), tie('text')).map(([a, b]) => `instr(${a}, ${b})`),
      tie('text').map((a) => `unicode(${a})`),
      fc.tuple(tie('any'), fc.constantFrom('INTEGER', 'INT', 'BIGINT')).map(([a, ty]) => `CAST(${a} AS ${ty})`),
      tie('condition'),
    ),
    number: fc.oneof(
      deep,
      fc.oneof(numberColumn, integer, real),
      tie('int'),
      tie('number').map((a) => `-${a}`),
      tie('number').map((a) => `+${a}`),
      tie('number').map((a) => `round(${a})`),
      fc.tuple(tie('number'), fc.constantFrom('REAL', 'NUMERIC', 'INTEGER')).map(([a, ty]) => `CAST(${a} AS ${ty})`),
      fc.tuple(fc.constantFrom('min', 'max', 'coalesce', 'ifnull', 'nullif'), tie('number'), tie('number')).map(([f, a, b]) => `${f}(${a}, ${b})`),
      fc.tuple(tie('condition'), tie('number'), tie('number')).map(([c, a, b]) => `CASE WHEN ${c} THEN ${a} ELSE ${b} END`),
    ),
    text: fc.oneof(
      deep,
      fc.oneof(textColumn, textColumn, text),
      fc.tuple(tie('text'), tie('any')).map(([a, b]) => `(${a} || ${b})`),
      fc.tuple(fc.constantFrom('lower', 'upper', 'trim', 'ltrim', 'rtrim'), tie('text')).map(([f, a]) => `${f}(${a})`),
      fc.tuple(fc.constantFrom('trim', 'ltrim', 'rtrim'), tie('text'), tie('text')).map(([f, a, b]) => `${f}(${a}, ${b})`),
      fc.tuple(fc.constantFrom('coalesce', 'ifnull', 'nullif', 'min', 'max'), tie('text'), tie('text')).map(([f, a, b]) => `${f}(${a}, ${b})`),
      fc.tuple(tie('text'), tie('text'), tie('text')).map((a) => `replace(${a.join(', ')})`),
      fc.tuple(tie('text'), fc.constantFrom('0', '1', '2', '-1', '-2', '-9', 'i2', 'i4'), fc.constantFrom('', ', 0', ', 1', ', 3', ', 99', ', -1', ', i2')).map(([a, f, n]) => `substr(${a}, ${f}${n})`),
      tie('any').map((a) => `typeof(${a})`),
      tie('any').map((a) => `hex(${a})`),
      tie('int').map((a) => `CAST(${a} AS TEXT)`),
      fc.tuple(tie('any'), tie('any'), tie('text'), tie('text')).map(([x, y, a, b]) => `CASE ${x} WHEN ${y} THEN ${a} ELSE ${b} END`),
      fc.tuple(tie('text'), collate).map(([a, c]) => `(${a}${c})`),
    ),
    any: fc.oneof(deep, fc.oneof(column, column, literal), tie('int'), tie('text'), tie('number'), tie('condition')),
    condition: fc.oneof(
      deep,
      fc.tuple(fc.oneof(column, literal), comparator, fc.oneof(column, literal), collate).map(([a, o, b, c]) => `(${a} ${o} ${b}${c})`),
      fc.tuple(tie('any'), collate, comparator, tie('any'), collate).map(([a, c, o, b, d]) => `(${a}${c} ${o} ${b}${d})`),
      fc.tuple(tie('number'), comparator, tie('number')).map(([a, o, b]) => `(${a} ${o} ${b})`),
      fc.tuple(tie('text'), comparator, tie('text')).map(([a, o, b]) => `(${a} ${o} ${b})`),
      fc.tuple(tie('condition'), fc.constantFrom('AND', 'OR'), tie('condition')).map(([a, o, b]) => `(${a} ${o} ${b})`),
      tie('condition').map((a) => `(NOT ${a})`),
      fc.tuple(tie('any'), fc.constantFrom('IS NULL', 'IS NOT NULL', 'ISNULL', 'NOTNULL', 'NOT NULL', 'IS TRUE', 'IS NOT FALSE')).map(([a, o]) => `(${a} ${o})`),
      fc.tuple(fc.oneof(column, tie('any')), maybeNot, list(fc.oneof(literal, literal, column), 0, 4)).map(([a, n, l]) => `(${a} ${n}IN (${l}))`),
      fc.tuple(fc.oneof(column, tie('any')), maybeNot, tie('any'), tie('any')).map(([a, n, x, y]) => `(${a} ${n}BETWEEN ${x} AND ${y})`),
      fc.tuple(tie('text'), maybeNot, fc.oneof(pattern, pattern, tie('text')), fc.constantFrom('', '', " ESCAPE '\\'")).map(([a, n, p, e]) => `(${a} ${n}LIKE ${p}${e})`),
      fc.tuple(fc.oneof(tie('text'), intColumn), maybeNot, glob).map(([a, n, p]) => `(${a} ${n}GLOB ${p})`),
      tie('int'),
    ),
  };
}).any;
