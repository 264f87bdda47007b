/** An alert as it is declared: its rule, what people read, and the series by which promtool proves it. */

/** Makes the text of a rule. `age` writes a duration of hours or days as seconds; the scale of time shortens it together with every `for`. */
export interface RuleText {
  age(duration: string): string;
}

/** Series in promtool's notation: name with labels → values, one a minute. */
export type Series = Readonly<Record<string, string>>;

export interface Alert {
  readonly name: `Causeway${string}` | `Postgres${string}`;
  readonly severity: 'critical' | 'warning';
  /** How long the condition must hold; '0s': at once. */
  readonly for: string;
  expr(text: RuleText): string;
  readonly summary: string;
  /** One sentence with the value; $labels and $value are Prometheus's own. */
  readonly description: string;
  /** Fires with these, by the twentieth minute beyond `for`. */
  readonly fires: Series;
  /** Stays silent with these. */
  readonly silent: Series;
}

/** Page of an alert in docs/runbooks, without the ending: CausewayLagHigh → lag-high, PostgresDown → postgres-down. */
export function runbookOf(name: Alert['name']): string {
  return name
    .replace(/^Causeway/, '')
    .replaceAll(/(?<!^)([A-Z])/g, '-$1')
    .toLowerCase();
}
