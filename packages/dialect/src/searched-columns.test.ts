import { expect, test } from '@jest/globals';
import { searchedColumns } from './searched-columns.ts';

test.each([
  ["SELECT * FROM t WHERE a LIKE '%x y%'", [{ column: 'a', table: ['t'] }]],
  ["SELECT * FROM t WHERE a LIKE 'abc%'", []],
  ["SELECT * FROM t WHERE a LIKE '%x%'", []],
  ["SELECT * FROM t WHERE a LIKE '%'", []],
  ["SELECT * FROM t AS q, u WHERE q.\"A b\" LIKE '%' || :w || '%' AND upper(c) NOT LIKE :p", [{ column: 'A b', table: ['t'] }, { column: 'c', table: ['t', 'u'] }]],
  ["SELECT 1 FROM (SELECT x FROM v WHERE x LIKE '%needle%') z", [{ column: 'x', table: ['v'] }]],
  ["SELECT a FROM t WHERE a GLOB '*x*'", []],
  ['SELECT (', []],
])('%s', (sql, found) => {
  expect(searchedColumns(sql)).toEqual(found);
});
