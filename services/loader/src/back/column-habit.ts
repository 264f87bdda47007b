/**
 * How an application writes a column: measured on the rows that it has written itself, so that what comes back is
 * written the same way. A column may mix forms; the most frequent one wins.
 */
import type { ColumnContract } from '@causeway/contracts/table-contract';
import type { SqliteCell } from './held-value.ts';

export interface ColumnHabit {
  /** Whole numbers are INTEGER (else REAL). */
  readonly wholeAsInteger: boolean;
  /** In a column that takes every class: classes of numbers, texts and bytes. */
  readonly textOf: ReadonlySet<'integer' | 'real'>;
  readonly bytesAsText: boolean;
  readonly uuid: { readonly dashes: boolean; readonly upper: boolean };
  readonly moment: MomentHabit;
  readonly compactJson: boolean;
}

export interface MomentHabit {
  readonly separator: string;
  readonly zone: string;
  /** Hours and minutes alone where the seconds are zero. */
  readonly minutes: boolean;
  /** The date alone where the time is midnight. */
  readonly dateOnly: boolean;
  readonly fraction: FractionHabit;
}

/**
 * `digits` of a fraction of a second; `optional`: none where it is zero; `shortest`: as many as it needs.
 */
export type FractionHabit = { readonly kind: 'fixed' | 'optional'; readonly digits: number } | { readonly kind: 'shortest' };

export function habitOf(column: ColumnContract, sample: readonly SqliteCell[]): ColumnHabit {
  const texts = sample.filter((v): v is string => typeof v === 'string');
  const integers = sample.filter((v) => typeof v === 'bigint').length;
  const wholeReals = sample.filter((v) => typeof v === 'number' && Number.isInteger(v)).length;
  const reals = sample.filter((v) => typeof v === 'number').length;
  const textOf = new Set<'integer' | 'real'>();
  if (column.form === 'any') {
    // Digits in a text beside integers: which of both is the rule decides for texts that look like numbers.
    if (integers > texts.filter((t) => /^-?\d+$/.test(t)).length) textOf.add('integer');
    if (reals > texts.filter((t) => /^-?\d+\.\d+/.test(t)).length) textOf.add('real');
  }
  return {
    wholeAsInteger: integers >= wholeReals,
    textOf,
    bytesAsText: texts.length > sample.length / 2,
    uuid: { dashes: most(texts, (t) => t.length === 36), upper: most(texts.filter((t) => /[a-f]/i.test(t)), (t) => /[A-F]/.test(t)) },
    moment: momentHabit(texts),
    // Python's json and PostgreSQL put a blank behind the colon; most others put none.
    compactJson: most(texts.filter((t) => /":/.test(t)), (t) => !/": /.test(t)),
  };
}

function most<T>(values: readonly T[], is: (value: T) => boolean): boolean {
  return values.filter(is).length * 2 > values.length;
}

const MOMENT = /^(?:\d{4}-\d\d-\d\d)?([ T]?)(\d\d:\d\d)?(:\d\d)?(?:\.(\d+))?(Z|z|[+-]\d\d(?::?\d\d)?)?$/;

function momentHabit(texts: readonly string[]): MomentHabit {
  const parts = texts.map((text) => MOMENT.exec(text)).filter((found) => found !== null);
  const clocks = parts.filter((p) => p[2] !== undefined);
  const zones = clocks.map((p) => p[5] ?? '');
  const zone = mostFrequent(zones);
  return {
    separator: mostFrequent(clocks.map((p) => p[1] ?? '')) || ' ',
    // Another zone than UTC would need its offset for every moment: those are written in UTC.
    zone: /^[+-](?!00:?(00)?$)/.test(zone) ? '+00:00' : zone,
    minutes: most(clocks, (p) => p[3] === undefined),
    dateOnly: most(parts, (p) => p[2] === undefined),
    fraction: fractionHabit(clocks.filter((p) => p[3] !== undefined).map((p) => p[4] ?? '')),
  };
}

function fractionHabit(fractions: readonly string[]): FractionHabit {
  const lengths = new Set(fractions.map((f) => f.length));
  const fractional = [...lengths].filter((n) => n > 0);
  if (fractional.length === 0) return { kind: 'optional', digits: 6 };
  const digits = Number(mostFrequent(fractions.filter((f) => f.length > 0).map((f) => String(f.length))));
  // Where several lengths occur and none of them ends in zero, the writer leaves trailing zeros out.
  if (fractional.length > 1 && !fractions.some((f) => f.endsWith('0'))) return { kind: 'shortest' };
  return { kind: lengths.has(0) ? 'optional' : 'fixed', digits };
}

function mostFrequent(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best = '';
  for (const [value, count] of counts) if (count > (counts.get(best) ?? 0)) best = value;
  return best;
}
