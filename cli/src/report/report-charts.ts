/** The four pictures of the report: what each shows is in its title; none is drawn where there is nothing to show. */
import { STORAGE_CLASSES, type StorageClass } from '@causeway/contracts/source-value';
import { barChart } from './bar-chart.ts';
import { formatCount, formatRate, formatSeconds } from './format-amount.ts';
import type { Html } from './html-template.ts';
import type { ReportModel, ReportTable } from './report-model.ts';

export interface ReportChart {
  readonly title: string;
  readonly svg: Html;
}

/** More bars than this are not read as a picture; the table below has them all. */
const MOST_BARS = 20;

const CLASS_COLORS: Readonly<Record<StorageClass, string>> = {
  integer: 'var(--c1)',
  text: 'var(--c2)',
  real: 'var(--c3)',
  blob: 'var(--c4)',
  null: 'var(--c0)',
};

export function reportCharts(model: ReportModel): ReportChart[] {
  return [rowsChart(model), rateChart(model), storageChart(model), phasesChart(model)].filter((chart) => chart !== null);
}

function largest(tables: readonly ReportTable[], by: (table: ReportTable) => number): ReportTable[] {
  return [...tables].sort((a, b) => by(b) - by(a)).slice(0, MOST_BARS);
}

function title(what: string, shown: number, all: number): string {
  return shown < all ? `${what}, the ${shown} largest of ${formatCount(all)}` : what;
}

function rowsChart(model: ReportModel): ReportChart | null {
  const tables = largest(model.tables, (table) => table.sourceRows);
  if ((tables[0]?.sourceRows ?? 0) === 0) return null;
  const svg = barChart({
    label: `Rows of the ${tables.length} largest tables`,
    categories: tables.map((table) => table.source),
    series: [{ name: 'rows', color: 'var(--c1)', values: tables.map((table) => table.sourceRows) }],
    valueLabel: formatCount,
  });
  return { title: title('Rows per table', tables.length, model.tables.length), svg };
}

function phasesChart(model: ReportModel): ReportChart | null {
  const phases = Object.entries(model.seconds);
  if (phases.length === 0) return null;
  const svg = barChart({
    label: 'Seconds spent in each phase',
    categories: phases.map(([phase]) => phase),
    series: [{ name: 'seconds', color: 'var(--c2)', values: phases.map(([, seconds]) => seconds) }],
    valueLabel: formatSeconds,
  });
  return { title: 'Time by phase', svg };
}

function rateChart(model: ReportModel): ReportChart | null {
  const moved = model.tables.filter((table) => table.rowsPerSecond > 0);
  // The rate of a few rows is noise: the same large tables as in the first chart are the ones worth comparing.
  const tables = largest(moved, (table) => table.sourceRows);
  if (tables.length === 0) return null;
  const svg = barChart({
    label: `Rows per second of the ${tables.length} largest tables`,
    categories: tables.map((table) => table.source),
    series: [{ name: 'rows per second', color: 'var(--c3)', values: tables.map((table) => table.rowsPerSecond) }],
    valueLabel: formatRate,
  });
  return { title: title('Rate per table', tables.length, moved.length), svg };
}

function storageChart(model: ReportModel): ReportChart | null {
  const byTable = new Map<string, Map<StorageClass, number>>();
  for (const column of model.columns) {
    const counts = byTable.get(column.table) ?? new Map<StorageClass, number>();
    byTable.set(column.table, counts);
    for (const name of STORAGE_CLASSES) counts.set(name, (counts.get(name) ?? 0) + (column.storage[name] ?? 0));
  }
  const known = model.tables.filter((table) => byTable.has(table.source) && table.sourceRows > 0);
  const filled = largest(known, (table) => table.sourceRows);
  if (filled.length === 0) return null;
  const order: readonly StorageClass[] = ['integer', 'real', 'text', 'blob', 'null'];
  const series = order.map((name) => ({
    name,
    color: CLASS_COLORS[name],
    values: filled.map((table) => byTable.get(table.source)?.get(name) ?? 0),
  }));
  const svg = barChart({ label: 'Share of SQLite storage classes in each table', categories: filled.map((table) => table.source), series });
  return { title: title('Storage classes really present', filled.length, known.length), svg };
}
