/** First on the page: what was proved, in one sentence with numbers. */
import { formatBytes, formatCount, formatSeconds } from '../format-amount.ts';
import { type Html, html } from '../html-template.ts';
import { reportContradictions } from '../report-contradictions.ts';
import type { ReportFailure, ReportModel, Verdict } from '../report-model.ts';
import { reportTotals } from '../report-totals.ts';
import { VERDICT_TITLES, verdictSentence } from '../verdict-sentence.ts';
import { bulletList, withCode } from './cell-parts.ts';

const LOOKS: Readonly<Record<Verdict, readonly [tone: string, sign: string]>> = {
  equal: ['good', '✓'],
  equal_with_quarantine: ['warn', '✓'],
  different: ['bad', '✗'],
  failed: ['bad', '✗'],
};

export function verdictBanner(model: ReportModel): Html {
  const contradictions = reportContradictions(model);
  const [tone, sign] = contradictions.length > 0 ? (['bad', '✗'] as const) : LOOKS[model.verdict];
  const title = contradictions.length > 0 ? 'This report contradicts itself: do not rely on it' : VERDICT_TITLES[model.verdict];
  const body = contradictions.length > 0 ? bulletList(contradictions) : html`<p>${verdictSentence(model)}</p>${remedy(model.failure)}`;
  return html`<section class="verdict ${tone}" aria-label="Verdict"><h2><span aria-hidden="true">${sign}</span> ${title}</h2>${body}</section>`;
}

function remedy(failure: ReportFailure | undefined): Html {
  if (failure === undefined) return html``;
  return html`<p class="code"><code>${failure.code}</code> What to do: ${withCode(failure.remedy)}</p>`;
}

export function keyFacts(model: ReportModel): Html {
  const totals = reportTotals(model);
  const rate = totals.seconds > 0 ? formatCount(totals.targetRows / totals.seconds) : '–';
  const facts: [string, string][] = [
    ['Tables proved equal', `${formatCount(totals.equalTables)} of ${formatCount(totals.tables)}`],
    ['Rows in SQLite', formatCount(totals.sourceRows)],
    ['Rows in PostgreSQL', formatCount(totals.targetRows)],
    ['Rows in quarantine', formatCount(totals.quarantinedRows)],
    ['Moved', formatBytes(totals.bytes)],
    ['Duration', formatSeconds(totals.seconds)],
    ['Rows per second', rate],
  ];
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
