/** The rules file. One scale of time shortens every `for` and every age; the text of the rules is the same at any scale. */
import { stringify } from 'yaml';
import { ALERT_GROUPS } from '../alerts/all-alerts.ts';
import { type Alert, runbookOf } from '../alerts/alert.ts';
import { scaled, scaledSeconds } from './duration.ts';

export interface RuleOptions {
  /** 1: as in production. */
  readonly timeScale: number;
  /** Where the pages of docs/runbooks are served; as it stands, a path in this repository. */
  readonly runbookBase: string;
}

export const PRODUCTION: RuleOptions = { timeScale: 1, runbookBase: 'docs/runbooks' };

export function renderRules(options: RuleOptions): string {
  const groups = Object.entries(ALERT_GROUPS).map(([name, alerts]) => ({ name, rules: alerts.map((alert) => ruleOf(alert, options)) }));
  return `# Made by \`node ops/src/main.ts\` from ops/src/alerts; change those.\n${stringify({ groups }, { lineWidth: 0 })}`;
}

function ruleOf(alert: Alert, { timeScale, runbookBase }: RuleOptions): object {
  return {
    alert: alert.name,
    expr: alert.expr({ age: (duration) => scaledSeconds(duration, timeScale) }),
    ...(alert.for === '0s' ? {} : { for: scaled(alert.for, timeScale) }),
    labels: { severity: alert.severity },
    annotations: { summary: alert.summary, description: alert.description, runbook_url: `${runbookBase}/${runbookOf(alert.name)}.md` },
  };
}
