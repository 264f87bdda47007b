/**
 * One chart as inline SVG, drawn in this process. Colours are CSS variables of the page, so that a chart follows light
 * and dark like everything else; echarts hands them through untouched.
 */
import type { EChartsCoreOption } from 'echarts/core';
// The bundle: its parts are some hundred modules, which take ten times as long to load (40 instead of 430 ms of processor time).
import { init } from 'echarts/dist/echarts.esm.min.mjs';
import { escapeHtml, type Html, trustedHtml } from './html-template.ts';

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** `label` says in words what the picture shows, for those who cannot see it. */
export function chartSvg(option: EChartsCoreOption, size: ChartSize, label: string): Html {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({ animation: false, ...option });
    return trustedHtml(accessible(plain(chart.renderToSVGString()), label));
  } finally {
    // Without this the chart's timers keep the process alive for ever.
    chart.dispose();
  }
}

/** Takes out what only a script would use; its classes are numbered through the process, so the same report would differ. */
function plain(svg: string): string {
  return svg
    .replace(/<style\b[\s\S]*?<\/style>/gu, '')
    .replace(/ (?:class|ecmeta_\w+|pointer-events|xmlns:xlink|version|baseProfile)="[^"]*"/gu, '')
    .replaceAll('font-family:sans-serif', 'font-family:inherit')
    .replace(/\n+/gu, '\n');
}

function accessible(svg: string, label: string): string {
  return svg.replace('<svg ', `<svg role="img" aria-label="${escapeHtml(label)}" `);
}
