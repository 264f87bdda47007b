/** The assessment as one HTML page in the form of the report: no script, no request. */
import { ASSESS_CHECKS, type AssessVerdict, type Severity } from '@causeway/contracts/assess-checks';
import type { AssessedTable, Assessment, Finding } from '@causeway/control/assess/assessment';
import { formatBytes, formatCount, formatCounted, formatSeconds } from '../report/format-amount.ts';
import { type Html, html, trustedHtml } from '../report/html-template.ts';
import { bulletList, pill, shortened, type Tone, withCode } from '../report/page/cell-parts.ts';
import { dataTable } from '../report/page/data-table.ts';
import { pageHead } from '../report/page/page-head.ts';
import { VERDICTS } from './assessment-text.ts';

const LOOKS: Readonly<Record<AssessVerdict, readonly [tone: string, sign: string, sentence: string]>> = {
  ready: ['good', '✓', 'Every row and every object can move as it is.'],
  ready_with_decisions: ['warn', '?', 'It can be moved; what is listed as a decision does not arrive as it is unless the plan says otherwise.'],
  blocked: ['bad', '✗', 'The migration cannot begin before the blockers are gone.'],
};
const TONES: Readonly<Record<Severity, Tone>> = { blocker: 'bad', decision: 'bad', notice: 'warn', info: 'plain' };

export function assessmentHtml(assessment: Assessment, toolVersion: string): string {
  const [tone, sign, sentence] = LOOKS[assessment.verdict];
  const title = VERDICTS[assessment.verdict];
  return html`${pageHead(html`${title}: ${shortened(assessment.source.fileName)} (Causeway assessment)`)}
<body>
<header><h1>${shortened(assessment.source.fileName)} → PostgreSQL</h1><p class="muted">Assessment</p></header>
<main>
<section class="verdict ${tone}" aria-label="Verdict"><h2><span aria-hidden="true">${sign}</span> ${title}</h2><p>${sentence}</p></section>
${facts(assessment)}
${findingsSection(assessment)}
${quarantineSection(assessment)}
${tablesSection(assessment)}
</main>
<footer>Made by Causeway ${toolVersion}. The same as data: <code>causeway assess --json</code> (${assessment.schema}).</footer>
</body>
</html>
`.markup;
}

function facts(a: Assessment): Html {
  const list: [string, string][] = [
    ['Tables', formatCount(a.tables.length)],
    ['Rows', formatCount(a.rows)],
    ['File', formatBytes(a.source.bytes)],
    ['Rows for the quarantine', formatCount(a.predictedQuarantine)],
    ['Expected duration', formatSeconds(a.expected.seconds)],
    ['Expected in PostgreSQL', formatBytes(a.expected.targetBytes)],
    ['Read in', formatSeconds(a.seconds.read ?? 0)],
    ['Foreign keys, uniqueness', formatSeconds((a.seconds.foreignKeys ?? 0) + (a.seconds.uniqueness ?? 0))],
  ];
  return html`<dl class="facts">${list.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function findingsSection(a: Assessment): Html {
  if (a.findings.length === 0) return html``;
  const groups = [...Map.groupBy(a.findings, (f) => `${f.severity}\0${f.check}`).values()];
  return html`<section><h2>Findings</h2><p class="lead">What was found, worst first, with what to do. Only keys are shown, never values.</p>${groups.map((group) => findingGroup(group))}</section>`;
}

function findingGroup(group: readonly Finding[]): Html {
  const [first] = group as [Finding];
  const open = first.severity === 'blocker' || first.severity === 'decision' ? trustedHtml(' open=""') : html``;
  const check = ASSESS_CHECKS[first.check];
  return html`<details${open}><summary>${pill(first.severity, TONES[first.severity])} <strong>${first.check}</strong> <span class="muted">${formatCounted(group.length, 'finding')}: ${check.title}</span></summary>
<p>What to do: ${withCode(check.remedy)}</p>
${dataTable({
  caption: `Findings of ${first.check}`,
  columns: [{ title: 'Table', as: 'name' }, { title: 'Column', as: 'name' }, { title: 'Count', as: 'number' }, { title: 'Evidence', as: 'wide' }, { title: 'For example', as: 'wide' }],
  rows: group.map((f) => [f.table === null ? html`<span class="muted">database</span>` : shortened(f.table), f.column === null ? '' : shortened(f.column), formatCount(f.count), shortened(f.detail), exampleList(f.examples)]),
})}</details>`;
}

const exampleList = (examples: Finding['examples']): Html => bulletList(examples.map((key) => html`<code>${Object.entries(key).map(([name, value]) => `${name} = ${value}`).join(', ')}</code>`));

function quarantineSection(a: Assessment): Html {
  if (a.quarantine.length === 0) return html``;
  return html`<section><h2>Rows for the quarantine</h2><p class="lead">These rows, and no others, would be kept apart under this plan; all others arrive equal.</p>
${dataTable({
  caption: 'Predicted rows by table, column and reason',
  columns: [{ title: 'Table', as: 'name' }, { title: 'Column', as: 'name' }, { title: 'Rows', as: 'number' }, { title: 'Reason', as: 'wide' }, { title: 'For example', as: 'wide' }],
  rows: a.quarantine.map((q) => [shortened(q.table), shortened(q.column), formatCount(q.rows), html`${q.reason} <code class="muted">${q.code}</code>`, exampleList(q.examples)]),
})}</section>`;
}

function tablesSection(a: Assessment): Html {
  return html`<section><h2>Tables and columns</h2><p class="lead">What is there, and the type that it gets.</p>${a.tables.map(tableDetails)}</section>`;
}

function tableDetails(table: AssessedTable): Html {
  const refused = table.predictedQuarantine > 0 ? html`, ${formatCounted(table.predictedQuarantine, 'row')} for the quarantine` : html``;
  return html`<details><summary><strong>${shortened(table.name)}</strong> <span class="muted">${formatCounted(table.rows, 'row')}${refused}</span></summary>
${dataTable({
  caption: `Columns of ${shortened(table.name)}`,
  columns: [{ title: 'Column', as: 'name' }, { title: 'Declared' }, { title: 'Found' }, { title: 'PostgreSQL type' }, { title: 'Because', as: 'wide' }],
  rows: table.columns.map((c) => [
    shortened(c.name),
    c.declared === '' ? html`<span class="muted">none</span>` : html`<code>${shortened(c.declared)}</code>`,
    html`${Object.entries(c.classes).filter(([, n]) => n > 0).map(([name, n], i) => html`${i > 0 && html`<br>`}<span class="whole">${formatCount(n)} ${name}</span>`)}`,
    html`<code>${c.type}${c.notNull && ' NOT NULL'}</code>`,
    shortened(c.evidence),
  ]),
})}</details>`;
}
