/** A declared panel in Grafana's form, by its own builders: what they do not know, it does not know. */
import { PanelBuilder as BarGaugeBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as SeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Panel } from './panel.ts';

export interface Place {
  readonly id: number;
  readonly x: number;
  readonly y: number;
}

/** Grafana fills in the data source that the dashboard's variable names: a dollar and the name in braces. */
export const SOURCE: common.DataSourceRef = { type: 'prometheus', uid: ['$', '{datasource}'].join('') };

const HEIGHTS: Readonly<Record<Panel['kind'], number>> = { stat: 4, timeseries: 8, bargauge: 8, state: 6, table: 8 };

export const heightOf = (panel: Panel): number => panel.height ?? HEIGHTS[panel.kind];

export function renderPanel(panel: Panel, place: Place, runbookBase: string): Builder<dashboard.Panel> {
  const builder = start(panel)
    .id(place.id)
    .title(panel.title)
    .description(panel.description)
    .datasource(SOURCE)
    .unit(panel.unit === 'none' ? 'short' : panel.unit)
    .gridPos({ x: place.x, y: place.y, w: panel.width, h: heightOf(panel) })
    .targets(panel.queries.map((query, i) => target(panel, query, i)));
  if (panel.decimals !== undefined) builder.decimals(panel.decimals);
  if (panel.unit === 'percentunit') builder.min(0).max(1);
  if (panel.thresholds !== undefined) {
    builder.thresholds(new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps(panel.thresholds.map(({ from, color }) => ({ value: from, color }))));
  }
  if (panel.words !== undefined) {
    const options = Object.fromEntries(Object.entries(panel.words).map(([value, word], index) => [value, { ...word, index }]));
    builder.mappings([{ type: dashboard.MappingType.ValueToText, options }]);
  }
  if (panel.runbook !== undefined) {
    builder.links([new dashboard.DashboardLinkBuilder(`Runbook: ${panel.runbook}`).type(dashboard.DashboardLinkType.Link).url(`${runbookBase}/${panel.runbook}.md`).targetBlank(true)]);
  }
  return builder;
}

function start(panel: Panel): StatBuilder | SeriesBuilder | BarGaugeBuilder | StateBuilder | TableBuilder {
  const last = new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);
  switch (panel.kind) {
    case 'stat':
      return new StatBuilder()
        .reduceOptions(last)
        .graphMode(common.BigValueGraphMode.None)
        .colorMode(common.BigValueColorMode.Value)
        .textMode(panel.showName === true ? common.BigValueTextMode.Name : panel.queries[0]?.legend === undefined ? common.BigValueTextMode.Value : common.BigValueTextMode.ValueAndName);
    case 'bargauge':
      return new BarGaugeBuilder().reduceOptions(last).orientation(common.VizOrientation.Horizontal).displayMode(common.BarGaugeDisplayMode.Basic).showUnfilled(true);
    case 'state':
      return new StateBuilder().mergeValues(true).showValue(common.VisibilityMode.Auto).rowHeight(0.8).fillOpacity(70);
    case 'table':
      return new TableBuilder();
    case 'timeseries': {
      const legend = new common.VizLegendOptionsBuilder().showLegend(true).displayMode(common.LegendDisplayMode.Table).placement(common.LegendPlacement.Bottom).calcs(['lastNotNull', 'max']);
      const builder = new SeriesBuilder().lineWidth(1).fillOpacity(8).min(0).legend(legend).tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending));
      if (panel.thresholds !== undefined) builder.thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed));
      return builder;
    }
  }
}

function target(panel: Panel, { expr, legend }: Panel['queries'][number], index: number): DataqueryBuilder {
  const query = new DataqueryBuilder().datasource(SOURCE).refId(String.fromCharCode(65 + index)).expr(expr);
  if (legend !== undefined) query.legendFormat(legend);
  if (panel.kind === 'table') return query.instant().format(PromQueryFormat.Table);
  return panel.kind === 'stat' || panel.kind === 'bargauge' ? query.instant() : query.range();
}
