/**
 * The report as one HTML page that needs nothing else: no script, no request, readable offline, on paper and on a phone.
 * The policy in its head makes that a rule for the browser too, whatever a name in the source may contain.
 */
import { type Html, html } from './html-template.ts';
import { checksSection } from './page/checks-section.ts';
import { columnsSection } from './page/columns-section.ts';
import { shortened } from './page/cell-parts.ts';
import { differencesSection, explainedSection, quarantineSection, warningsSection } from './page/findings-section.ts';
import { loadSection } from './page/load-section.ts';
import { objectsSection } from './page/objects-section.ts';
import { pageHead } from './page/page-head.ts';
import { queriesSection } from './page/queries-section.ts';
import { routeSection, servicesTable } from './page/route-section.ts';
import { tablesSection } from './page/tables-section.ts';
import { keyFacts, verdictBanner } from './page/verdict-banner.ts';
import { redactedReport } from './redacted-report.ts';
import { reportCharts } from './report-charts.ts';
import type { ReportModel } from './report-model.ts';
import { VERDICT_TITLES } from './verdict-sentence.ts';

export function renderHtml(report: ReportModel): string {
  const model = redactedReport(report);
  return html`${pageHead(html`${VERDICT_TITLES[model.verdict]}: ${shortened(model.migration)} (Causeway report)`)}
<body>
<header><h1>${shortened(model.source.fileName)} → PostgreSQL</h1><p class="muted">Migration report, ${model.finishedAt.slice(0, 10)}</p></header>
<main>
${sections(model)}
</main>
<footer>Made by Causeway ${model.toolVersion}. The same as data, complete: the JSON file beside this page (${model.schema}).</footer>
</body>
</html>
`.markup;
}

function sections(model: ReportModel): Html[] {
  return [
    verdictBanner(model),
    keyFacts(model),
    differencesSection(model),
    quarantineSection(model),
    explainedSection(model),
    warningsSection(model),
    routeSection(model),
    figuresSection(model),
    tablesSection(model),
    queriesSection(model),
    loadSection(model),
    objectsSection(model),
    columnsSection(model),
    checksSection(model),
  ];
}

function figuresSection(model: ReportModel): Html {
  const charts = reportCharts(model);
  if (charts.length === 0 && model.services.length === 0) return html``;
  const figures = charts.map((chart) => html`<figure><figcaption>${chart.title}</figcaption>${chart.svg}</figure>`);
  // The last picture and the table are both small: together they are about as tall as their neighbour.
  const last = html`<div>${figures.at(-1) ?? ''}${servicesTable(model)}</div>`;
  return html`<section><h2>Time and volume</h2><p class="lead">Phases may overlap, so they need not add up to the duration.</p><div class="charts">${figures.slice(0, -1)}${last}</div></section>`;
}
