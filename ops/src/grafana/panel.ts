/** A panel as it is declared: what it shows, in which unit, when it turns red, and what to read about it. */

export interface Query {
  readonly expr: string;
  /** Grafana's legend format; absent: all labels. */
  readonly legend?: string;
}

export interface Threshold {
  /** Null: from the lowest value on. */
  readonly from: number | null;
  readonly color: 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'text';
}

export interface Panel {
  readonly title: string;
  /** What it means, and what is good; shown at the panel's corner. */
  readonly description: string;
  readonly kind: 'stat' | 'timeseries' | 'bargauge' | 'state' | 'table';
  /** Grafana's unit. */
  readonly unit: 's' | 'bytes' | 'Bps' | 'short' | 'percentunit' | 'ops' | 'reqps' | 'none' | 'dateTimeFromNow';
  readonly queries: readonly Query[];
  readonly thresholds?: readonly Threshold[];
  /** Values in words; for states. */
  readonly words?: Readonly<Record<string, { readonly text: string; readonly color: Threshold['color'] }>>;
  /** Shows the name of the series and not its value. */
  readonly showName?: boolean;
  /** Page of docs/runbooks, without the ending. */
  readonly runbook?: string;
  readonly width: number;
  readonly height?: number;
  readonly decimals?: number;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Variable {
  readonly name: string;
  readonly label: string;
  readonly query: string;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}

/** Green below, then yellow, then red. */
export const risesTo = (yellow: number, red: number): readonly Threshold[] => [{ from: null, color: 'green' }, { from: yellow, color: 'yellow' }, { from: red, color: 'red' }];
/** Anything above zero is bad. */
export const ANY_IS_BAD: readonly Threshold[] = [{ from: null, color: 'green' }, { from: 0.5, color: 'red' }];
export const fallsTo = (yellow: number, red: number): readonly Threshold[] => [{ from: null, color: 'red' }, { from: red, color: 'yellow' }, { from: yellow, color: 'green' }];
export const PLAIN: readonly Threshold[] = [{ from: null, color: 'text' }];
