/** From where, through what, to where; and what the parts cost. */
import { formatBytes, formatCount } from '../format-amount.ts';
import { type Html, html } from '../html-template.ts';
import type { ReportModel } from '../report-model.ts';
import { shortened } from './cell-parts.ts';
import { dataTable } from './data-table.ts';

export function routeSection(model: ReportModel): Html {
  const { source, target, transport } = model;
  return html`<section><h2>The way of the data</h2><p class="lead">${transport.meaning}</p><div class="route">
${list('Source', [
  ['File', shortened(source.fileName)],
  ['Size', formatBytes(source.bytes)],
  ['Pages', `${formatCount(source.pageSize)} bytes each`],
  ['Encoding', source.encoding],
  ['Journal', source.journalMode],
  ['Schema', source.schemaFingerprint.slice(0, 16)],
])}
${list('Migration', [
  ['Name', shortened(model.migration)],
  ['Generation', String(model.generation)],
  ['Transport', transport.kind === 'kafka' ? 'Apache Kafka' : 'embedded log'],
  ['Started', instant(model.startedAt)],
  ['Finished', instant(model.finishedAt)],
  ['Causeway', model.toolVersion],
])}
${list('Target', [
  ['Host', target.host],
  ['Port', String(target.port)],
  ['Database', shortened(target.database)],
  ['Schema', shortened(target.schema)],
  ['Server', target.serverVersion],
])}
</div></section>`;
}

function list(title: string, entries: readonly (readonly [string, string])[]): Html {
  return html`<div><h3>${title}</h3><dl>${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></div>`;
}

function instant(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

export function servicesTable(model: ReportModel): Html {
  if (model.services.length === 0) return html``;
  return dataTable({
    caption: 'What each service used',
    columns: [{ title: 'Service' }, { title: 'Peak memory (RSS)', as: 'number' }, { title: 'CPU time', as: 'number' }],
    rows: model.services.map((service) => [
      service.service,
      `${formatCount(service.peakRssMiB)} MiB`,
      `${service.cpuSeconds.toFixed(1)} s`,
    ]),
  });
}
