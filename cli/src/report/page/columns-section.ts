/** Which PostgreSQL type each column got, and on what evidence. */
import { STORAGE_CLASSES } from '@causeway/contracts/source-value';
import { formatCount, formatCounted } from '../format-amount.ts';
import { type Html, html, trustedHtml } from '../html-template.ts';
import type { ReportColumn, ReportModel } from '../report-model.ts';
import { fidelityPill, shortened } from './cell-parts.ts';
import { dataTable } from './data-table.ts';

/** Up to here everything stands open; beyond, only tables where a type is not exact. */
const OPEN_TABLES = 4;

export function columnsSection(model: ReportModel): Html {
  if (model.columns.length === 0) return html``;
  const tables = Map.groupBy(model.columns, (column) => column.table);
  return html`<section><h2>Type decisions</h2>
<p class="lead">Decided for each column from its declared type, its constraints and the values that are really there. Any decision can be changed in the plan file.</p>
${[...tables].map(([table, columns]) => tableColumns(table, columns, tables.size <= OPEN_TABLES))}</section>`;
}

function tableColumns(table: string, columns: readonly ReportColumn[], few: boolean): Html {
  const inexact = columns.filter((column) => column.fidelity !== 'exact').length;
  const open = few || inexact > 0 ? trustedHtml(' open=""') : html``;
  const remark = inexact > 0 ? `, ${formatCount(inexact)} not exact` : '';
  return html`<details${open}><summary><strong>${shortened(table)}</strong> <span class="muted">${formatCounted(columns.length, 'column')}${remark}</span></summary>
${dataTable({
  caption: `Columns of ${shortened(table)}`,
  columns: [{ title: 'Column', as: 'name' }, { title: 'Declared' }, { title: 'Found' }, { title: 'PostgreSQL type' }, { title: 'Fidelity' }, { title: 'Because', as: 'wide' }],
  rows: columns.map((column) => [
    shortened(column.column),
    column.declaredType === '' ? html`<span class="muted">none</span>` : html`<code>${shortened(column.declaredType)}</code>`,
    storageText(column),
    html`<code>${column.targetType}</code>`,
    fidelityPill(column.fidelity),
    html`${column.reason} <code class="muted">${column.rule}</code>`,
  ]),
})}</details>`;
}

function storageText(column: ReportColumn): Html {
  const found = STORAGE_CLASSES.filter((name) => (column.storage[name] ?? 0) > 0);
  if (found.length === 0) return html`<span class="muted">no rows</span>`;
  return html`${found.map((name, i) => html`${i > 0 && html`<br>`}<span class="whole">${formatCount(column.storage[name] ?? 0)} ${name}</span>`)}`;
}
