/** What `causeway queries` found: its JSON, and the section in the report. */
import { median, type QueryComparison } from '@causeway/control/queries/compare-queries';

export interface QueriesOutcome {
  readonly verdict: 'same' | 'different';
  readonly rounds: number;
  /** Of the queries that both sides answered; null where there is none. */
  readonly medianSpeedup: number | null;
  /** Names of those that are slower in PostgreSQL. */
  readonly slower: readonly string[];
  readonly queries: readonly QueryComparison[];
}

export function queriesOutcome(queries: readonly QueryComparison[], rounds: number): QueriesOutcome {
  const speedups = queries.flatMap((q) => (q.speedup === null ? [] : [q.speedup]));
  return {
    verdict: queries.every((q) => q.outcome === 'same') ? 'same' : 'different',
    rounds,
    medianSpeedup: speedups.length === 0 ? null : median(speedups),
    slower: queries.filter((q) => q.speedup !== null && q.speedup < 1).map((q) => q.name),
    queries,
  };
}
