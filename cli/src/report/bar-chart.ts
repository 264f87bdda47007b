import { chartSvg } from './chart-svg.ts';
import { middleShortened } from './display-width.ts';
import type { Html } from './html-template.ts';
import { visibleText } from './visible-text.ts';

export interface BarSeries {
  readonly name: string;
  /** A CSS variable of the page, such as `var(--c1)`. */
  readonly color: string;
  readonly values: readonly number[];
}

export interface BarChartInput {
  /** What the chart shows, in words; read aloud in its stead. */
  readonly label: string;
  readonly categories: readonly string[];
  /** One series, or several that are stacked to 100 % of a row. */
  readonly series: readonly BarSeries[];
  /** At the end of each bar; absent in a stacked chart. */
  readonly valueLabel?: (value: number) => string;
}

/** Less than half of the page: two stand side by side a little enlarged, and on a phone one is shrunk little. */
const WIDTH = 440;
const ROW = 22;
const NAME_WIDTH = 152;
const NAME_COLUMNS = 21;
const FONT = 11;

/** Horizontal bars, so that names have room; the first category is at the top. */
export function barChart(input: BarChartInput): Html {
  const stacked = input.series.length > 1;
  const top = stacked ? 28 : 4;
  const option = {
    textStyle: { fontSize: FONT },
    grid: { left: NAME_WIDTH, right: stacked ? 12 : 88, top, bottom: 4 },
    ...(stacked ? { legend: legend() } : {}),
    xAxis: { type: 'value', show: false, min: 0, max: stacked ? 1 : 'dataMax' },
    yAxis: nameAxis(input.categories),
    series: input.series.map((series) => barSeries(series, stacked, input)),
  };
  return chartSvg(option, { width: WIDTH, height: top + 4 + ROW * input.categories.length }, input.label);
}

function legend(): object {
  return { top: 0, left: NAME_WIDTH, itemWidth: 10, itemHeight: 10, itemGap: 12, selectedMode: false, textStyle: { color: 'var(--muted)', fontSize: FONT } };
}

function nameAxis(categories: readonly string[]): object {
  return {
    type: 'category',
    inverse: true,
    data: categories.map((name) => middleShortened(visibleText(name), NAME_COLUMNS)),
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: 'var(--ink)', fontSize: FONT, interval: 0, margin: 8, width: NAME_WIDTH - 10, overflow: 'truncate', ellipsis: '…' },
  };
}

function barSeries(series: BarSeries, stacked: boolean, input: BarChartInput): object {
  return {
    type: 'bar',
    name: series.name,
    silent: true,
    ...(stacked ? { stack: 'share' } : {}),
    data: shares(series.values, input, stacked).map((value, i) => ({ value, label: { formatter: () => input.valueLabel?.(series.values[i] ?? 0) ?? '' } })),
    barWidth: 12,
    itemStyle: { color: series.color, borderRadius: stacked ? 0 : [0, 3, 3, 0] },
    label: { show: !stacked && input.valueLabel !== undefined, position: 'right', color: 'var(--muted)', fontSize: FONT },
  };
}

/** In a stacked chart each row is a whole: the mix is the point, not the size. */
function shares(values: readonly number[], input: BarChartInput, stacked: boolean): number[] {
  if (!stacked) return [...values];
  return values.map((value, i) => {
    const whole = input.series.reduce((total, series) => total + (series.values[i] ?? 0), 0);
    return whole === 0 ? 0 : value / whole;
  });
}
