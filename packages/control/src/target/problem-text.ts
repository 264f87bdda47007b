/** A problem of the way back in words: what, where, how many rows and one of their keys. For gates, status and reports. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { BackProblem } from './back-problem.ts';

export function problemText(problem: BackProblem, contracts: readonly Pick<TableContract, 'table' | 'source'>[]): string {
  const table = contracts.find((contract) => contract.table === problem.table);
  const place = table === undefined ? '' : ` in ${quoteIdentifier(table.source)}${problem.column === null ? '' : `.${quoteIdentifier(problem.column)}`}`;
  const rows = problem.key === null ? '' : `, ${problem.count} ${problem.count === 1 ? 'row' : 'rows'}, key ${JSON.stringify(problem.key)}`;
  return `${problem.kind}${place}${rows}: ${problem.detail}`;
}
