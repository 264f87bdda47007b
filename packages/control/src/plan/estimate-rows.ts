/** How many rows a table has, about: for progress only, so nothing here reads a table from end to end. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import { openSource } from '@causeway/runtime/sqlite/open-source';

export interface TableEstimate {
  readonly name: string;
  readonly rows: number;
  /** Not estimated. */
  readonly bytes: 0;
}

const COUNT_AT_MOST = 100_000;

export function estimateTables(file: string, contracts: readonly Pick<TableContract, 'source' | 'order'>[]): TableEstimate[] {
  const db = openSource(file);
  try {
    return contracts.map((contract) => {
      const table = quoteIdentifier(contract.source);
      const counted = db.prepare(`SELECT count(*) FROM (SELECT 1 FROM ${table} LIMIT ${COUNT_AT_MOST})`).pluck().get() as number;
      const alias = contract.order.kind === 'rowid' ? contract.order.alias : null;
      if (counted < COUNT_AT_MOST || alias === null) return { name: contract.source, rows: counted, bytes: 0 };
      // Apart: asked for both at once, SQLite reads the whole table instead of its two ends.
      const span = db.prepare(`SELECT (SELECT max(${quoteIdentifier(alias)}) FROM ${table}) - (SELECT min(${quoteIdentifier(alias)}) FROM ${table}) + 1`).pluck().get() as number;
      return { name: contract.source, rows: Math.max(counted, Math.min(span, Number.MAX_SAFE_INTEGER)), bytes: 0 };
    });
  } finally {
    db.close();
  }
}
