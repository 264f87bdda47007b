/** How dates are written in columns that were declared as dates, or look like it. */
import type { Finding } from '../assessment.ts';
import type { ColumnFacts, Fact } from '../facts/column-facts.ts';
import { type CheckedTable, type CheckInput, finding } from './check-input.ts';

type Column = CheckedTable['plan']['columns'][number];

const ENCODINGS: Readonly<Partial<Record<Fact, string>>> = { zone: 'date-times with a zone', 'no-zone': 'date-times without a zone', 'date-only': 'dates', 'epoch-s': 'seconds since 1970', 'epoch-ms': 'milliseconds since 1970', 'epoch-us': 'microseconds since 1970', julian: 'Julian days', 'date-invalid': 'no date in ISO form', 'date-out-of-range': 'out of range' };
const NUMBERS: readonly Fact[] = ['epoch-s', 'epoch-ms', 'epoch-us', 'julian'];
const TEXTS: readonly Fact[] = ['zone', 'no-zone', 'date-only'];

export function* dateEncodings(input: CheckInput): Generator<Finding> {
  for (const table of input.tables) {
    for (const [i, column] of table.plan.columns.entries()) {
      const facts = table.facts[i];
      if (facts !== undefined) yield* ofColumn(input, table, column, facts);
    }
  }
}

function* ofColumn(input: CheckInput, table: CheckedTable, column: Column, facts: ColumnFacts): Generator<Finding> {
  const at = { table: table.source.name, column: column.name };
  const shown = (facts_: readonly Fact[]): string => facts_.filter((f) => facts.count(f) > 0).map((f) => `${facts.count(f)} ${ENCODINGS[f]}`).join(', ');
  const numbers = NUMBERS.filter((fact) => facts.count(fact) > 0);
  const texts = TEXTS.some((fact) => facts.count(fact) > 0);
  const refused = input.refused.some((r) => r.table === at.table && r.column === at.column);
  const total = [...NUMBERS, ...TEXTS].reduce((sum, fact) => sum + facts.count(fact), 0);
  if (numbers.length + (texts ? 1 : 0) > 1) yield finding({ ...at, check: 'date-mixed', severity: 'notice', count: total, examples: examples(facts, numbers), detail: `${shown([...TEXTS, ...NUMBERS])}; the type is ${column.type}` });
  else if (numbers[0] === 'julian') yield finding({ ...at, check: 'date-julian', severity: 'notice', count: total, examples: examples(facts, numbers), detail: `${shown(numbers)}; the type is ${column.type}` });
  else if (numbers.length === 1 && total === presentIn(table, column)) yield finding({ ...at, check: 'date-epoch', severity: 'info', count: total, detail: `${shown(numbers)}; the type is ${column.type}` });
  if (facts.count('zone') > 0 && facts.count('no-zone') > 0) yield finding({ ...at, check: 'date-zone', severity: 'notice', count: total, examples: examples(facts, ['zone', 'no-zone']), detail: shown(['zone', 'no-zone']) });
  const isoTexts = facts.count('iso-text');
  if (isoTexts > 0 && isoTexts === presentIn(table, column)) yield finding({ ...at, check: 'date-text', severity: 'info', count: isoTexts, detail: `all ${isoTexts} text(s) are ISO dates` });
  if (refused) return;
  for (const fact of ['date-invalid', 'date-out-of-range'] as const) {
    const noted = facts.noted.get(fact);
    if (noted !== undefined) yield finding({ ...at, check: fact, severity: 'notice', count: noted.count, examples: noted.examples, detail: `${noted.count} value(s) are ${ENCODINGS[fact]}; the type is ${column.type}` });
  }
}

const examples = (facts: ColumnFacts, of: readonly Fact[]): Finding['examples'] => of.flatMap((fact) => facts.noted.get(fact)?.examples.slice(0, 1) ?? []);

function presentIn(table: CheckedTable, column: Column): number {
  const classes = table.profile.columns[table.plan.columns.indexOf(column)]?.classes;
  return classes === undefined ? -1 : classes.integer + classes.real + classes.text + classes.blob;
}
