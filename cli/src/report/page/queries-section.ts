/** The application's queries on both sides: the same results, times, and both plans. */
import type { QueryComparison } from '@causeway/control/queries/compare-queries';
import { formatCount, formatCounted } from '../format-amount.ts';
import { type Html, html } from '../html-template.ts';
import type { ReportModel } from '../report-model.ts';
import { bulletList, pill, shortened, sqlBlock } from './cell-parts.ts';
import { dataTable } from './data-table.ts';

export function queriesSection(model: ReportModel): Html {
  const { queries } = model;
  if (queries === undefined) return html``;
  const median = queries.medianSpeedup === null ? '' : ` PostgreSQL is ${factor(queries.medianSpeedup)} as fast in the median; ${formatCounted(queries.slower.length, 'query', 'queries')} of ${formatCount(queries.queries.length)} slower there.`;
  return html`<section><h2>Queries on both sides</h2>
<p class="lead">Each side was asked ${formatCounted(queries.rounds, 'time')}, in turns; times are medians until all rows were there.${median}</p>
${dataTable({
  caption: 'Queries of the application',
  columns: [{ title: 'Query', as: 'name' }, { title: 'Results' }, { title: 'SQLite', as: 'number' }, { title: 'PostgreSQL', as: 'number' }, { title: 'Faster', as: 'number' }, { title: 'Rows', as: 'number' }, { title: 'How', as: 'wide' }],
  rows: queries.queries.map((query) => [shortened(query.name), outcomePill(query.outcome), milliseconds(query.sqliteMs), milliseconds(query.postgresMs), query.speedup === null ? '–' : factor(query.speedup), formatCount(query.rows), details(query)]),
})}</section>`;
}

const FORMS = { given: 'in the form that the file gives', translated: 'translated', as_written: 'as it is written' } as const;

function details(query: QueryComparison): Html {
  const notes = [query.detail, ...(query.roundedCells > 0 ? [`${formatCount(query.roundedCells)} sums are equal but for their last digits`] : []), ...query.notes].filter((note) => note !== '');
  const plans = html`<details><summary>SQL and plans</summary>${sqlBlock('SQLite', query.sqliteSql)}${sqlBlock('Its plan', query.sqlitePlan.join('\n'))}${sqlBlock('PostgreSQL', query.postgresSql)}${sqlBlock('Its plan', query.postgresPlan.join('\n'))}</details>`;
  return html`${FORMS[query.how]}${notes.length > 0 && bulletList(notes)}${plans}`;
}

function outcomePill(outcome: QueryComparison['outcome']): Html {
  if (outcome === 'same') return pill('✓ same', 'good');
  return outcome === 'other_order' ? pill('≈ other order', 'warn') : outcome === 'different' ? pill('✗ different', 'bad') : pill('✗ not asked', 'bad');
}

export const milliseconds = (value: number | null): string => (value === null ? '–' : `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`);

const factor = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)}×`;
