import { type Html, html } from '../html-template.ts';
import type { ReportCheck, ReportModel } from '../report-model.ts';
import { bulletList, pill } from './cell-parts.ts';
import { dataTable } from './data-table.ts';

export function checksSection(model: ReportModel): Html {
  if (model.checks.length === 0) return html``;
  return html`<section><h2>What was checked, and what each check catches</h2>
<p class="lead">The validator reads both databases with its own readers; it shares the specification of a value with the loader, never its code.</p>
${dataTable({
  caption: 'Checks of this run',
  columns: [{ title: 'Check', as: 'name' }, { title: 'Outcome' }, { title: 'Extent', as: 'wide' }, { title: 'Catches', as: 'wide' }],
  rows: model.checks.map((check) => [check.name, outcomePill(check.outcome), check.detail, bulletList(check.catches)]),
})}</section>`;
}

function outcomePill(outcome: ReportCheck['outcome']): Html {
  if (outcome === 'passed') return pill('✓ passed', 'good');
  return outcome === 'failed' ? pill('✗ failed', 'bad') : pill('– not run', 'warn');
}
