/** promtool's unit tests of the rules: every alert fires with its series once its time is over and not before; with the silent series of all together none does. */
import { stringify } from 'yaml';
import { ALERTS } from '../alerts/all-alerts.ts';
import type { Alert, Series } from '../alerts/alert.ts';
import { milliseconds } from './duration.ts';

const MINUTE = 60_000;

export function renderRuleTests(rulesFile: string): string {
  const tests = [...ALERTS.map(fires), silence()];
  return `# Made by \`node ops/src/main.ts\` from ops/src/alerts; change those.\n${stringify({ rule_files: [rulesFile], evaluation_interval: '1m', tests }, { lineWidth: 0 })}`;
}

function fires(alert: Alert): object {
  const minutes = Math.ceil(milliseconds(alert.for) / MINUTE);
  const firing = { expr: alertsOf(alert), eval_time: `${minutes + 20}m`, exp_samples: [{ labels: `{alertname="${alert.name}", alertstate="firing"}`, value: 1 }] };
  // At the first evaluation at which it holds an alert with a time is pending, and nobody is woken.
  const pending = { expr: `${alertsOf(alert)} and on (alertstate) label_replace(vector(1), "alertstate", "firing", "", "")`, eval_time: '0m', exp_samples: [] };
  return { name: `${alert.name} fires`, interval: '1m', input_series: inputs(alert.fires), promql_expr_test: minutes > 0 ? [pending, firing] : [firing] };
}

function silence(): object {
  const all = ALERTS.flatMap((alert) => Object.entries(alert.silent));
  const series = new Map(all);
  if (series.size !== all.length) throw new Error('two alerts are silent with the same series');
  const never = ['0m', '10m', '30m', '100m'].map((eval_time) => ({ expr: 'count by (alertname) (ALERTS{alertstate="firing"})', eval_time, exp_samples: [] }));
  return { name: 'a healthy system wakes nobody', interval: '1m', input_series: inputs(Object.fromEntries(series)), promql_expr_test: never };
}

const alertsOf = (alert: Alert): string => `count by (alertname, alertstate) (ALERTS{alertname="${alert.name}"})`;

const inputs = (series: Series): object[] => Object.entries(series).map(([name, values]) => ({ series: name, values }));
