/** The comparison as lines of a terminal. */
import type { QueryComparison } from '@causeway/control/queries/compare-queries';
import { visibleText } from '../report/visible-text.ts';
import type { QueriesOutcome } from './queries-outcome.ts';

const OUTCOMES: Readonly<Record<QueryComparison['outcome'], string>> = { same: 'same', other_order: 'OTHER ORDER', different: 'DIFFERENT', failed: 'FAILED' };
const NAME = 44;

export function queriesText(outcome: QueriesOutcome): string {
  const lines = outcome.queries.flatMap((q) => [
    `${cut(visibleText(q.name)).padEnd(NAME)} ${milliseconds(q.sqliteMs)} ${milliseconds(q.postgresMs)} ${(q.speedup === null ? '–' : `${q.speedup.toFixed(q.speedup < 10 ? 2 : 0)}×`).padStart(8)}  ${OUTCOMES[q.outcome]}`,
    ...(q.detail === '' ? [] : [`    ${visibleText(q.detail)}`]),
  ]);
  const head = `${'query'.padEnd(NAME)} ${'SQLite'.padStart(12)} ${'PostgreSQL'.padStart(12)} ${'faster'.padStart(8)}  results`;
  const median = outcome.medianSpeedup === null ? '' : `PostgreSQL is ${outcome.medianSpeedup.toFixed(2)} times as fast in the median; ${outcome.slower.length} of ${outcome.queries.length} are slower there\n`;
  return `${[head, ...lines].join('\n')}\n${median}`;
}

export function milliseconds(value: number | null): string {
  return (value === null ? '–' : `${value < 10 ? value.toFixed(3) : value.toFixed(1)} ms`).padStart(12);
}

const cut = (name: string): string => ([...name].length <= NAME ? name : `${[...name].slice(0, NAME - 1).join('')}…`);
