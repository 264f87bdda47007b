/** What a command prints when it is done: the tables in aligned columns, the verdict, where the report is. */
import { displayWidth, padded, paddedLeft } from '../report/display-width.ts';
import { formatClock, formatCount, formatCounted } from '../report/format-amount.ts';
import { reportContradictions } from '../report/report-contradictions.ts';
import type { ReportModel, ReportTable, Verdict } from '../report/report-model.ts';
import { redactedReport } from '../report/redacted-report.ts';
import { reportTotals } from '../report/report-totals.ts';
import { VERDICT_TITLES, verdictSentence } from '../report/verdict-sentence.ts';
import { visibleLines, visibleText } from '../report/visible-text.ts';
import type { TerminalStyle } from './terminal-style.ts';

export interface RunSummary {
  readonly report: ReportModel;
  /** Where the page was written; absent where none was asked for. */
  readonly reportPath?: string;
}

/** A longer list would push the verdict's neighbours off the screen; the report has every table. */
const MOST_TABLES = 40;
const LEAST_NAME = 12;

export function verdictLines(summary: RunSummary, style: TerminalStyle): string[] {
  const report = redactedReport(summary.report);
  const contradictions = reportContradictions(report);
  const paint = contradictions.length > 0 ? style.red : verdictPaint(report.verdict, style);
  const sign = report.verdict === 'equal' || report.verdict === 'equal_with_quarantine' ? '✓' : '✗';
  const lines =
    contradictions.length > 0
      ? [paint('✗ The report contradicts itself: do not rely on it.'), ...contradictions.map((text) => `  ${visibleText(text)}`)]
      : [`${paint(`${sign} ${VERDICT_TITLES[report.verdict]}.`)} ${visibleText(verdictSentence(report))}`];
  lines.push(`  ${formatClock(reportTotals(report).seconds)} in all`);
  if (report.failure !== undefined) lines.push(`  ${report.failure.code}: ${visibleLines(report.failure.remedy)}`);
  if (summary.reportPath !== undefined) lines.push(`  Report: ${visibleText(summary.reportPath)}`);
  return lines;
}

function verdictPaint(verdict: Verdict, style: TerminalStyle): (text: string) => string {
  if (verdict === 'equal') return style.green;
  return verdict === 'equal_with_quarantine' ? style.yellow : style.red;
}

interface SummaryColumn {
  readonly title: string;
  readonly cell: (table: ReportTable) => string;
}

const NUMBERS: readonly SummaryColumn[] = [
  { title: 'sqlite', cell: (table) => formatCount(table.sourceRows) },
  { title: 'postgres', cell: (table) => formatCount(table.targetRows) },
  { title: 'quarantine', cell: (table) => formatCount(table.quarantinedRows) },
  { title: 'equal', cell: (table) => (table.equal ? '✓' : '✗') },
  { title: 'rows/s', cell: (table) => formatCount(table.rowsPerSecond) },
];

export function summaryTable(report: ReportModel, columns: number, style: TerminalStyle): string[] {
  if (report.tables.length === 0) return [];
  const shown = shownTables(report.tables);
  const name = (table: ReportTable): string => visibleText(table.source === table.target ? table.source : `${table.source} → ${table.target}`);
  const fits = fittingColumns(shown, columns);
  const room = columns - fits.reduce((total, column) => total + widthOf(column, shown) + 2, 0);
  const nameWidth = Math.max(1, Math.min(room, Math.max(LEAST_NAME, ...shown.map((table) => displayWidth(name(table))))));
  const row = (first: string, cells: readonly string[]): string =>
    [padded(first, nameWidth), ...cells.map((cell, i) => paddedLeft(cell, widthOf(fits[i] as SummaryColumn, shown)))].join('  ');
  const lines = shown.map((table) => {
    const line = row(name(table), fits.map((column) => column.cell(table)));
    return table.equal ? line : style.red(line);
  });
  const rest = report.tables.length - shown.length;
  return [
    style.dim(row('table', fits.map((column) => column.title))),
    ...lines,
    ...(rest > 0 ? [style.dim(`and ${formatCounted(rest, 'more table')}: see the report`)] : []),
  ];
}

/** Those that are not equal are never left out before those that are; then the largest, in the order of the source. */
function shownTables(tables: readonly ReportTable[]): readonly ReportTable[] {
  if (tables.length <= MOST_TABLES) return tables;
  const weight = (table: ReportTable): number => (table.equal ? 0 : 2) + (table.quarantinedRows > 0 ? 1 : 0);
  const chosen = new Set([...tables].sort((a, b) => weight(b) - weight(a) || b.sourceRows - a.sourceRows).slice(0, MOST_TABLES));
  return tables.filter((table) => chosen.has(table));
}

/** On a narrow terminal the rate goes first, then the quarantine, then the counts; whether it is equal stays. */
function fittingColumns(tables: readonly ReportTable[], columns: number): readonly SummaryColumn[] {
  const kept = [...NUMBERS];
  for (const title of ['rows/s', 'quarantine', 'postgres', 'sqlite']) {
    const width = kept.reduce((total, column) => total + widthOf(column, tables) + 2, LEAST_NAME);
    if (width <= columns) break;
    kept.splice(kept.findIndex((column) => column.title === title), 1);
  }
  return kept;
}

function widthOf(column: SummaryColumn, tables: readonly ReportTable[]): number {
  return Math.max(displayWidth(column.title), ...tables.map((table) => displayWidth(column.cell(table))));
}
