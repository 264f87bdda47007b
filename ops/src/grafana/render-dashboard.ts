/** A declared dashboard in Grafana's form. */
import * as cog from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard } from './panel.ts';
import { heightOf, renderPanel, SOURCE } from './render-panel.ts';

const COLUMNS = 24;

export function renderDashboard(dashboard: Dashboard, runbookBase: string): string {
  const builder = new cog.DashboardBuilder(dashboard.title)
    .uid(dashboard.uid)
    .description(dashboard.description)
    .tags(['causeway'])
    .readonly()
    .timezone('browser')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('10s')
    .tooltip(cog.DashboardCursorSync.Crosshair)
    .link(new cog.DashboardLinkBuilder('Causeway').type(cog.DashboardLinkType.Dashboards).tags(['causeway']).asDropdown(false).includeVars(true).keepTime(true))
    .withVariable(new cog.DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'));
  for (const { name, label, query } of dashboard.variables) {
    builder.withVariable(new cog.QueryVariableBuilder(name).label(label).datasource(SOURCE).query({ query, refId: name }).definition(query).refresh(cog.VariableRefresh.OnTimeRangeChanged).sort(cog.VariableSort.AlphabeticalAsc).includeAll(true).allValue('.*').multi(true));
  }
  addRows(builder, dashboard, runbookBase);
  return `${JSON.stringify(builder.build(), null, 2)}\n`;
}

/** From left to right, then down; a row's title stands above its panels. */
function addRows(builder: cog.DashboardBuilder, dashboard: Dashboard, runbookBase: string): void {
  let [id, y] = [1, 0];
  for (const row of dashboard.rows) {
    builder.withRow(new cog.RowBuilder(row.title).id(id++).gridPos({ x: 0, y: y++, w: COLUMNS, h: 1 }));
    let [x, tallest] = [0, 0];
    for (const panel of row.panels) {
      if (x + panel.width > COLUMNS) [x, y, tallest] = [0, y + tallest, 0];
      builder.withPanel(renderPanel(panel, { id: id++, x, y }, runbookBase));
      x += panel.width;
      tallest = Math.max(tallest, heightOf(panel));
    }
    y += tallest;
  }
}
