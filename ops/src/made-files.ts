/** Every file of ops/ that is made from the declarations here: its path from the root of the repository → its text. */
import { DASHBOARDS } from './grafana/dashboards/all-dashboards.ts';
import { renderDashboard } from './grafana/render-dashboard.ts';
import { renderConfig } from './prometheus/render-config.ts';
import { PRODUCTION, renderRules } from './prometheus/render-rules.ts';
import { renderRuleTests } from './prometheus/render-rule-tests.ts';

/** Grafana serves the files of its folder public/: docs/runbooks is mounted there (docs/observability.md). */
const RUNBOOKS_IN_GRAFANA = '/public/runbooks';

export function madeFiles(): Readonly<Record<string, string>> {
  const dashboards = Object.entries(DASHBOARDS).map(([name, dashboard]) => [`ops/grafana/dashboards/${name}.json`, renderDashboard(dashboard, RUNBOOKS_IN_GRAFANA)]);
  return {
    ...Object.fromEntries(dashboards),
    'ops/prometheus/prometheus.yml': renderConfig(1),
    'ops/prometheus/rules/causeway.yml': renderRules(PRODUCTION),
    'ops/prometheus/tests/causeway.yml': renderRuleTests('../rules/causeway.yml'),
  };
}
