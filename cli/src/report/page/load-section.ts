/** The load test: many clients at once, against what one SQLite connection does. */
import type { LoadFigures, LoadSide } from '../../loadtest/load-outcome.ts';
import { formatCount } from '../format-amount.ts';
import { type Html, html } from '../html-template.ts';
import type { ReportModel } from '../report-model.ts';
import { bulletList, pill } from './cell-parts.ts';
import { dataTable } from './data-table.ts';
import { milliseconds } from './queries-section.ts';

export function loadSection(model: ReportModel): Html {
  const { load } = model;
  if (load === undefined) return html``;
  const rows = (['simple', 'complex'] as const).flatMap((kind) => [row(`${kind}, PostgreSQL`, load.postgres[kind]), row(`${kind}, SQLite alone`, load.sqlite[kind])]);
  return html`<section><h2>Load</h2>
<p class="lead">${formatCount(load.clients)} clients over ${formatCount(load.connections)} connections for ${formatCount(load.seconds)} s, thinking ${formatCount(load.thinkMs)} ms between two calls; ${formatCount(load.complexPercent)} of 100 calls were complex. ${rate(load.postgres)} SQLite's figures are of one caller in its own process, with nobody else.</p>
<p>${load.verdict === 'passed' ? pill('✓ within the bars', 'good') : pill('✗ outside the bars', 'bad')} simple p95 under ${milliseconds(load.bars.simpleP95Ms)}, complex under ${milliseconds(load.bars.complexP95Ms)}, no error</p>
${dataTable({ caption: 'Times of calls', columns: [{ title: 'Calls of', as: 'name' }, ...['Calls', 'Errors', 'p50', 'p95', 'p99', 'Longest'].map((title) => ({ title, as: 'number' as const }))], rows })}
${dataTable({ caption: 'PostgreSQL, by query', columns: [{ title: 'Query', as: 'name' }, { title: 'Kind' }, ...['Calls', 'Errors', 'p50', 'p95', 'p99', 'Longest'].map((title) => ({ title, as: 'number' as const }))], rows: load.postgres.queries.map((q) => [q.name, q.kind, ...figures(q)]) })}
${load.errors.length > 0 && bulletList(load.errors)}</section>`;
}

const row = (title: string, f: LoadFigures): string[] => [title, ...figures(f)];

const figures = (f: LoadFigures): string[] => [formatCount(f.calls), formatCount(f.errors), milliseconds(f.p50Ms), milliseconds(f.p95Ms), milliseconds(f.p99Ms), milliseconds(f.maxMs)];

const rate = (side: LoadSide): string => `PostgreSQL answered ${formatCount(side.callsPerSecond)} calls a second.`;
