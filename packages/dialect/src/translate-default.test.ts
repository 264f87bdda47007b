import { describe, expect, test } from '@jest/globals';
import type { Affinity, TargetType } from './column-scope.ts';
import { translateDefault } from './translate-default.ts';

const column = (type: TargetType, affinity: Affinity): { type: TargetType; affinity: Affinity } => ({ type, affinity });

describe('defaults in the target type', () => {
  test.each([
    ['1', column('boolean', 'numeric'), 'TRUE'],
    ["'0'", column('boolean', 'numeric'), 'FALSE'],
    ["'t'", column('boolean', 'numeric'), 'TRUE'],
    ['TRUE', column('boolean', 'numeric'), 'TRUE'],
    ['true', column('int8', 'integer'), '1'],
    ["'5'", column('int8', 'integer'), '5'],
    ["'5.0'", column('int8', 'integer'), '5'],
    ['-1', column('int4', 'integer'), '-1'],
    ['+7', column('int4', 'integer'), '7'],
    ['0x1F', column('int8', 'integer'), '31'],
    ['5', column('text', 'text'), "'5'"],
    ['abc', column('text', 'text'), "'abc'"],
    ['"it""s"', column('text', 'text'), `'it"s'`],
    ["'it''s \\'", column('text', 'text'), "'it''s \\'"],
    ["''", column('text', 'text'), "''"],
    ["x'00fF'", column('bytea', 'blob'), "'\\x00ff'::bytea"],
    ['NULL', column('date', 'numeric'), 'NULL'],
    ['(1+2)', column('int8', 'integer'), '(1::bigint + 2::bigint)'],
    ["'2020-01-02'", column('date', 'numeric'), "DATE '2020-01-02'"],
    ["'2020-01-02 03:04:05'", column('timestamptz', 'numeric'), "TIMESTAMPTZ '2020-01-02 03:04:05+00'"],
    ["'2000-01-01 00:00:00+00:00'", column('timestamptz', 'numeric'), "TIMESTAMPTZ '2000-01-01 00:00:00+00:00'"],
    ["'2000-01-01T00:00:00.5Z'", column('timestamptz', 'numeric'), "TIMESTAMPTZ '2000-01-01T00:00:00.5Z'"],
    ["'2000-01-01T00:00'", column('timestamptz', 'numeric'), "TIMESTAMPTZ '2000-01-01T00:00+00'"],
    ["'2000-01-01'", column('timestamptz', 'numeric'), "TIMESTAMPTZ '2000-01-01+00'"],
    ["'{}'", column('jsonb', 'text'), "'{}'::jsonb"],
    ['CURRENT_TIMESTAMP', column('timestamptz', 'numeric'), "date_trunc('second', statement_timestamp())"],
    ["datetime('now')", column('text', 'text'), "to_char(date_trunc('second', statement_timestamp() AT TIME ZONE 'UTC'), 'YYYY-MM-DD HH24:MI:SS')"],
    ["(strftime('%s','now'))", column('int8', 'integer'), 'floor(extract(epoch FROM statement_timestamp()))::bigint'],
    ['1.5', column('numeric', 'numeric'), "'1.5'::numeric"],
  ])('%s', (text, into, sql) => {
    expect(translateDefault(text, into)).toEqual({ fidelity: 'exact', sql, notes: [] });
  });

  test.each([
    ["''", column('int8', 'integer')],
    ["'abc'", column('float8', 'real')],
    ['2', column('boolean', 'numeric')],
    ['99999', column('int2', 'integer')],
    ["'2023-02-30'", column('date', 'numeric')],
    ["'not json'", column('jsonb', 'text')],
    ['CURRENT_TIMESTAMP', column('date', 'numeric')],
    ['randomblob(33)', column('bytea', 'blob')],
    ['randomblob(-1)', column('bytea', 'blob')],
    ["'2000-01-01 00:00:00+25:00'", column('timestamptz', 'numeric')],
    ["'0000-00-00 00:00:00'", column('timestamptz', 'numeric')],
    ["datetime('now','localtime')", column('text', 'text')],
    ["1); DROP TABLE x; --", column('int8', 'integer')],
    ["'a", column('text', 'text')],
    ['', column('text', 'text')],
  ])('%s needs a decision', (text, into) => {
    const translation = translateDefault(text, into);
    expect(translation).toMatchObject({ fidelity: 'needs_decision', sql: null });
    expect(translation.notes).toHaveLength(1);
  });
});
