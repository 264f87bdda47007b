/** What a reader must act on: differences, quarantine, decisions, warnings. Absent where there is nothing. */
import { formatCount, formatCounted } from '../format-amount.ts';
import { type Html, html } from '../html-template.ts';
import type { ReportDifference, ReportModel } from '../report-model.ts';
import { bulletList, keyText, shortened } from './cell-parts.ts';
import { dataTable } from './data-table.ts';

/** The page stays readable; the JSON lists all of them. */
const MOST_DIFFERENCES = 500;

export function differencesSection(model: ReportModel): Html {
  if (model.differences.length === 0) return html``;
  const shown = model.differences.slice(0, MOST_DIFFERENCES);
  const rest = model.differences.length - shown.length;
  return html`<section><h2>Differences</h2>
<p class="lead">Where SQLite and PostgreSQL do not hold the same. Digests stand for the values, which are never written into a report.${rest > 0 && ` The first ${formatCount(shown.length)} are shown; the JSON lists ${formatCount(rest)} more.`}</p>
${dataTable({
  caption: `${formatCounted(model.differences.length, 'difference')} by table, key and column`,
  columns: [{ title: 'Table', as: 'name' }, { title: 'Key', as: 'name' }, { title: 'Column', as: 'name' }, { title: 'Digest in SQLite' }, { title: 'Digest in PostgreSQL' }],
  rows: shown.map(differenceRow),
})}</section>`;
}

function differenceRow(difference: ReportDifference): (Html | string)[] {
  return [
    shortened(difference.table),
    difference.key === null ? html`<span class="muted">whole table</span>` : html`<code>${keyText(difference.key)}</code>`,
    difference.column === null ? html`<span class="muted">whole row</span>` : shortened(difference.column),
    digest(difference.sourceDigest),
    digest(difference.targetDigest),
  ];
}

function digest(hex: string | null): Html {
  return hex === null ? html`<span class="muted">absent</span>` : html`<code class="whole">${hex.slice(0, 16)}</code>`;
}

export function quarantineSection(model: ReportModel): Html {
  if (model.quarantine.length === 0) return html``;
  return html`<section><h2>Quarantine</h2>
<p class="lead">Rows that PostgreSQL cannot hold as they are. Their original bytes are kept; <code>causeway quarantine export</code> writes them out. Only keys are shown here.</p>
${dataTable({
  caption: 'Quarantined rows by table, column and reason',
  columns: [{ title: 'Table', as: 'name' }, { title: 'Column', as: 'name' }, { title: 'Rows', as: 'number' }, { title: 'Reason', as: 'wide' }, { title: 'For example', as: 'wide' }],
  rows: model.quarantine.map((entry) => [
    shortened(entry.table),
    shortened(entry.column),
    formatCount(entry.rows),
    html`${entry.reason} <code class="muted">${entry.code}</code>`,
    bulletList(entry.exampleKeys.map((key) => html`<code>${keyText(key)}</code>`)),
  ]),
})}</section>`;
}

export function explainedSection(model: ReportModel): Html {
  if (model.explained.length === 0) return html``;
  return html`<section><h2>Explained differences</h2>
<p class="lead">Values that PostgreSQL cannot hold and that are another there, because a policy of the plan says so. The validator expects each at its place; every other difference fails.</p>
${dataTable({
  caption: 'Explained differences by table, column and policy',
  columns: [{ title: 'Table', as: 'name' }, { title: 'Column', as: 'name' }, { title: 'Policy' }, { title: 'Values', as: 'number' }],
  rows: model.explained.map((entry) => [shortened(entry.table), shortened(entry.column), html`<code>${entry.policy}</code>`, formatCount(entry.values)]),
})}</section>`;
}

export function warningsSection(model: ReportModel): Html {
  if (model.warnings.length === 0) return html``;
  return html`<section><h2>Warnings</h2>${bulletList(model.warnings)}</section>`;
}
