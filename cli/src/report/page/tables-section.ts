import { formatBytes, formatCount, formatCounted, formatSeconds } from '../format-amount.ts';
import { type Html, html } from '../html-template.ts';
import type { ReportModel, ReportTable } from '../report-model.ts';
import { pill, shortened } from './cell-parts.ts';
import { type Cell, dataTable } from './data-table.ts';

const KEYS: Readonly<Record<ReportTable['keyKind'], string>> = {
  integer: 'integer',
  single: 'single',
  composite: 'composite',
  rowid: 'rowid',
};

export function tablesSection(model: ReportModel): Html {
  if (model.tables.length === 0) return html`<section><h2>Tables</h2><p class="muted">The source has no tables.</p></section>`;
  // Without quarantine and renames two columns would only repeat others: the rest gets their room.
  const renamed = model.tables.some((table) => table.source !== table.target);
  return html`<section><h2>Tables</h2>
<p class="lead">Every source row is either equal in PostgreSQL or in the quarantine: rows in SQLite = rows in PostgreSQL + quarantined. Checksums are computed on each side from the canonical form of every row; their first 12 digits are shown, the JSON has all.</p>
${dataTable({
  caption: formatCounted(model.tables.length, 'table'),
  columns: [
    { title: 'Table', as: 'name' },
    ...(renamed ? [{ title: 'In PostgreSQL', as: 'name' as const }] : []),
    { title: 'Verdict' },
    { title: 'SQLite', as: 'number' },
    { title: 'PostgreSQL', as: 'number' },
    { title: 'Quarantine', as: 'number' },
    { title: 'Bytes', as: 'number' },
    { title: 'Time', as: 'number' },
    { title: 'Rows/s', as: 'number' },
    { title: 'Key' },
    { title: 'Checksum' },
  ],
  rows: model.tables.map((table) => tableRow(table, renamed)),
})}</section>`;
}

function tableRow(table: ReportTable, renamed: boolean): Cell[] {
  return [
    shortened(table.source),
    ...(renamed ? [shortened(table.target)] : []),
    tableVerdict(table),
    formatCount(table.sourceRows),
    formatCount(table.targetRows),
    table.quarantinedRows === 0 ? html`<span class="muted">0</span>` : formatCount(table.quarantinedRows),
    formatBytes(table.bytes),
    formatSeconds(table.seconds),
    formatCount(table.rowsPerSecond),
    KEYS[table.keyKind],
    checksum(table),
  ];
}

function tableVerdict(table: ReportTable): Html {
  if (table.equal) return table.quarantinedRows > 0 ? pill('✓ equal + quarantine', 'warn') : pill('✓ equal', 'good');
  return table.checksumTarget === null ? pill('– not compared', 'warn') : pill('✗ different', 'bad');
}

function checksum(table: ReportTable): Html {
  const source = table.checksumSource?.slice(0, 12) ?? '–';
  const target = table.checksumTarget?.slice(0, 12) ?? '–';
  if (table.checksumSource !== null && table.checksumSource === table.checksumTarget) return html`<code class="whole">${source}</code>`;
  return html`<code class="whole">${source}</code><br><code class="whole">${target}</code>`;
}
