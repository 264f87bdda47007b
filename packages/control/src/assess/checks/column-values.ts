/** What was noticed in the values of columns, beside the rows that are refused: those are counted elsewhere. */
import type { CheckId, Severity } from '@causeway/contracts/assess-checks';
import { affinityOf } from '../../plan/source-schema.ts';
import type { Finding } from '../assessment.ts';
import type { ColumnFacts, Fact } from '../facts/column-facts.ts';
import { type CheckedTable, type CheckInput, finding } from './check-input.ts';

type Column = CheckedTable['plan']['columns'][number];

/** Facts that are findings as they stand. */
const PLAIN: readonly [Fact, CheckId, Severity, (n: number, column: Column) => string][] = [
  ['decimal-rounded', 'decimal-rounded', 'notice', (n) => `${n} value(s) have 16 or more digits`],
  ['decimal-scale', 'decimal-scale', 'notice', (n, c) => `${n} value(s) do not fit ${c.declared}; the type is ${c.type}`],
  ['overlong', 'overlong-text', 'notice', (n, c) => `${n} text(s) are longer than ${c.declared}; the type is ${c.type}`],
  ['nul', 'nul-byte', 'notice', (n, c) => `${n} text(s) contain U+0000; the type is ${c.type}`],
  ['json-invalid', 'json-invalid', 'notice', (n, c) => `${n} text(s) are no valid JSON; the type is ${c.type}`],
  ['json-nul', 'json-nul', 'notice', (n, c) => `${n} document(s) contain \\u0000; the type is ${c.type}`],
  ['json-not-exact', 'json-not-exact', 'notice', (n, c) => `${n} document(s) would not survive jsonb; the type is ${c.type}`],
  ['boolean-other', 'boolean-values', 'notice', (n, c) => `${n} value(s) are neither 0 nor 1; the type is ${c.type}`],
  ['empty', 'empty-text', 'notice', (n, c) => `${n} empty text(s) in a column declared ${c.declared}; the type is ${c.type}`],
  ['inet-invalid', 'inet-invalid', 'notice', (n, c) => `${n} value(s) are no IP address; the type is ${c.type}`],
];

export function* columnValues(input: CheckInput): Generator<Finding> {
  for (const table of input.tables) {
    for (const [i, column] of table.plan.columns.entries()) {
      const facts = table.facts[i];
      if (facts === undefined) continue;
      // What is refused has its own finding, with the rows.
      const refused = new Set(input.refused.filter((r) => r.table === table.source.name && r.column === column.name).map((r) => r.code));
      if (refused.size === 0) yield* plainFacts(table, column, facts);
      yield* mixedClasses(table, column, i);
      yield* wideIntegers(table, column, facts);
      yield* uuidSpellings(table, column, facts);
      if (column.evidence.includes('declared NOT NULL, but NULLs are there')) {
        yield finding({ check: 'null-in-not-null', severity: 'notice', table: table.source.name, column: column.name, count: column.found?.null ?? 0, detail: `${column.found?.null ?? 0} NULL(s) in a NOT NULL column` });
      }
    }
  }
}

function* plainFacts(table: CheckedTable, column: Column, facts: ColumnFacts): Generator<Finding> {
  for (const [fact, check, severity, detail] of PLAIN) {
    const noted = facts.noted.get(fact);
    if (noted === undefined) continue;
    yield finding({ check, severity, table: table.source.name, column: column.name, count: noted.count, examples: noted.examples, detail: detail(noted.count, column) });
  }
}

const EXPECTED: Readonly<Record<string, readonly string[]>> = { integer: ['integer'], real: ['real', 'integer'], numeric: ['integer', 'real', 'text'], text: ['text'], blob: ['integer', 'real', 'text', 'blob'] };

/** Declared types of affinity NUMERIC that hold text by design (dates) are judged by their own checks. */
function* mixedClasses(table: CheckedTable, column: Column, i: number): Generator<Finding> {
  const classes = table.profile.columns[i]?.classes;
  if (classes === undefined || column.declared === '') return;
  const expected = EXPECTED[affinityOf(column.declared)] ?? [];
  const present = Object.entries(classes).filter(([name, n]) => name !== 'null' && n > 0);
  const strange = present.filter(([name]) => !expected.includes(name));
  if (strange.length === 0) return;
  const histogram = present.map(([name, n]) => `${n} ${name}`).join(', ');
  yield finding({ check: 'mixed-classes', severity: 'notice', table: table.source.name, column: column.name, count: strange.reduce((sum, [, n]) => sum + n, 0), detail: `declared ${column.declared}, found ${histogram}; the type is ${column.type}` });
}

const WIDE = 2n ** 53n;
const NAMED_INTEGERS: Readonly<Record<string, bigint>> = { smallint: 2n ** 15n, int2: 2n ** 15n, tinyint: 2n ** 8n, mediumint: 2n ** 24n, int4: 2n ** 31n };

function* wideIntegers(table: CheckedTable, column: Column, facts: ColumnFacts): Generator<Finding> {
  const { smallest, largest } = facts;
  if (smallest === null || largest === null) return;
  const bound = NAMED_INTEGERS[column.declared.toLowerCase().replace(/\(.*/, '').replace('unsigned', '').trim()];
  const range = `from ${smallest} to ${largest}`;
  if (bound !== undefined && (largest >= bound || smallest < -bound)) yield finding({ check: 'integer-out-of-range', severity: 'notice', table: table.source.name, column: column.name, detail: `declared ${column.declared}, values ${range}; the type is ${column.type}` });
  else if (largest > WIDE || smallest < -WIDE) yield finding({ check: 'integer-wide', severity: 'info', table: table.source.name, column: column.name, detail: `values ${range}` });
}

function* uuidSpellings(table: CheckedTable, column: Column, facts: ColumnFacts): Generator<Finding> {
  const spellings = (['uuid-lower', 'uuid-upper', 'uuid-mixed', 'uuid-plain'] as const).filter((fact) => facts.count(fact) > 0);
  const valid = spellings.reduce((sum, fact) => sum + facts.count(fact), 0);
  const other = facts.noted.get('uuid-invalid');
  if (valid > 0 && (spellings.length > 1 || facts.count('uuid-mixed') > 0)) {
    const shown = spellings.map((fact) => `${facts.count(fact)} ${SPELLING[fact]}`).join(', ');
    yield finding({ check: 'uuid-case', severity: 'notice', table: table.source.name, column: column.name, count: valid, examples: facts.noted.get(spellings.at(-1) as Fact)?.examples ?? [], detail: `${shown}; the type is ${column.type}` });
  }
  // Names such as `id` promise nothing: only a column of mostly uuids is one.
  if (other !== undefined && valid > other.count) yield finding({ check: 'uuid-invalid', severity: 'notice', table: table.source.name, column: column.name, count: other.count, examples: other.examples, detail: `${other.count} of ${valid + other.count} value(s) are no uuid; the type is ${column.type}` });
}

const SPELLING = { 'uuid-lower': 'in small letters', 'uuid-upper': 'in capitals', 'uuid-mixed': 'in both', 'uuid-plain': 'without dashes' } as const;
