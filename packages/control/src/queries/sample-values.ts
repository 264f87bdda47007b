/** The values that a query is asked with: the same on both sides, spread evenly, and the same in every run. */
import { Failure } from '@causeway/contracts/failures';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { SampleClass } from './postgres-form.ts';
import type { ParameterSource, Query } from './query-set.ts';

export type ParameterValue = bigint | string;
export type Sample = ReadonlyMap<string, ParameterValue>;

/** More of a query's values are not kept. */
const MOST_VALUES = 10_000;

/** One sample where the query has no parameters. */
export function sampleValues(db: SourceDatabase, query: Query, count: number): Sample[] {
  if (query.parameters.size === 0) return [new Map()];
  const columns = [...query.parameters].map(([name, source]) => [name, valuesOf(db, query, source, count)] as const);
  return Array.from({ length: count }, (_, i) => new Map(columns.map(([name, values]) => [name, values[i % values.length] as ParameterValue])));
}

export function sampleClasses(samples: readonly Sample[]): Map<string, SampleClass> {
  return new Map([...(samples[0] ?? [])].map(([name, value]) => [name, typeof value === 'bigint' ? 'integer' : 'text']));
}

function valuesOf(db: SourceDatabase, query: Query, source: ParameterSource, count: number): ParameterValue[] {
  if (source.kind === 'range') return spread(count, source.to - source.from + 1).map((at) => BigInt(source.from + at));
  const found = all(db, query, source.sql);
  if (found.length === 0) throw new Failure('USAGE', `${query.name}: the values of a parameter are none: ${source.sql}`);
  return spread(count, found.length).map((at) => found[at] as ParameterValue);
}

function all(db: SourceDatabase, query: Query, sql: string): ParameterValue[] {
  try {
    const values: ParameterValue[] = [];
    for (const value of db.prepare(sql).pluck().safeIntegers().iterate() as Iterable<unknown>) {
      if (typeof value !== 'bigint' && typeof value !== 'string') continue;
      values.push(value);
      if (values.length === MOST_VALUES) break;
    }
    return values;
  } catch (cause) {
    throw new Failure('USAGE', `${query.name}: ${(cause as Error).message}`, { cause });
  }
}

/** Positions from 0 to size - 1, far apart, without a step that a pattern in the data could follow. */
function spread(count: number, size: number): number[] {
  const golden = 0.618_033_988_749_895;
  return Array.from({ length: count }, (_, i) => Math.floor((((i + 1) * golden) % 1) * size));
}
