/** Indexes, constraints, views, triggers: what became of each, and where it matters both texts of SQL. */
import { formatCounted } from '../format-amount.ts';
import { type Html, html, trustedHtml } from '../html-template.ts';
import type { Fidelity, ObjectKind, ReportModel, ReportObject } from '../report-model.ts';
import { bulletList, fidelityPill, shortened, sqlBlock } from './cell-parts.ts';
import { dataTable } from './data-table.ts';

const KINDS: Readonly<Record<ObjectKind, string>> = {
  index: 'index',
  unique: 'unique',
  check: 'check',
  foreign_key: 'foreign key',
  default: 'default',
  view: 'view',
  trigger: 'trigger',
  generated_column: 'generated column',
  virtual_table: 'virtual table',
  table: 'table',
  extension: 'extension',
  fulltext: 'full-text index',
  partition: 'partitions',
};

/** What asks for attention comes first. */
const GROUPS: readonly (readonly [Fidelity, string])[] = [
  ['needs_decision', 'Need a decision'],
  ['not_moved', 'Not moved'],
  ['approximated', 'Approximated'],
  ['exact', 'Exact'],
];

export function objectsSection(model: ReportModel): Html {
  if (model.objects.length === 0) return html``;
  return html`<section><h2>Schema objects</h2>
<p class="lead">Nothing is dropped silently: whatever could not be carried over as it is stands here with the reason.</p>
${GROUPS.map(([fidelity, title]) => objectGroup(title, fidelity, model.objects.filter((object) => object.fidelity === fidelity)))}</section>`;
}

function objectGroup(title: string, fidelity: Fidelity, objects: readonly ReportObject[]): Html {
  if (objects.length === 0) return html``;
  const open = fidelity === 'exact' ? html`` : trustedHtml(' open=""');
  return html`<details${open}><summary><strong>${title}</strong> <span class="muted">${formatCounted(objects.length, 'object')}</span></summary>
${dataTable({
  caption: `Schema objects: ${title.toLowerCase()}`,
  columns: [{ title: 'Name', as: 'name' }, { title: 'Kind' }, { title: 'Table', as: 'name' }, { title: 'Fidelity' }, { title: 'Notes and SQL', as: 'wide' }],
  rows: objects.map((object) => [
    shortened(object.name),
    KINDS[object.kind],
    shortened(object.table ?? '–'),
    fidelityPill(object.fidelity),
    html`${object.notes.length > 0 && bulletList(object.notes)}${sqlDetails(object)}`,
  ]),
})}</details>`;
}

function sqlDetails(object: ReportObject): Html {
  if (object.sourceSql === null && object.targetSql === null) return html``;
  return html`<details><summary>SQL</summary>${sqlBlock('SQLite', object.sourceSql)}${sqlBlock('PostgreSQL', object.targetSql)}</details>`;
}
