/**
 * Finds the rows that PostgreSQL refuses, by halving: a COPY of many tuples fails as a whole, so each half is tried
 * under a savepoint until single rows remain. k bad rows of n cost about k·log2(n) COPYs.
 */
import type { TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';
import { copyBinary } from './copy-binary.ts';
import { isDataError } from './data-error.ts';

export interface RefusedRow {
  /** Position of the row among the rows of its range that the extractor accepted. */
  readonly place: number;
  /** SQLSTATE. */
  readonly code: string;
  /** The server's message, without its detail: that one quotes values. */
  readonly reason: string;
}

/** Loads every tuple that PostgreSQL accepts; returns the others. */
export async function findRefused(client: pg.ClientBase, contract: TableContract, tuples: readonly Buffer[]): Promise<RefusedRow[]> {
  const refused: RefusedRow[] = [];
  const pending: { from: number; to: number }[] = tuples.length === 0 ? [] : [{ from: 0, to: tuples.length }];
  while (pending.length > 0) {
    const { from, to } = pending.pop() as { from: number; to: number };
    await client.query('SAVEPOINT row_search');
    try {
      await copyBinary(client, contract, [Buffer.concat(tuples.slice(from, to))]);
      await client.query('RELEASE SAVEPOINT row_search');
    } catch (error) {
      if (!isDataError(error)) throw error;
      await client.query('ROLLBACK TO SAVEPOINT row_search');
      if (to - from === 1) {
        const { code, message } = error as { code: string; message: string };
        refused.push({ place: from, code: `SQLSTATE_${code}`, reason: reasonWithoutValue(message) });
      } else {
        const middle = (from + to) >>> 1;
        // The left half goes on top, so that rows are loaded in their order.
        pending.push({ from: middle, to }, { from, to: middle });
      }
    }
  }
  return refused;
}

/** Some messages quote the value after a colon (`invalid input syntax for type json: "…"`); row values stay out. */
export function reasonWithoutValue(message: string): string {
  // Invariant: I15
  return message.replace(/: ".*$/s, '').replaceAll(/"[^"]{64,}"/gs, '"…"');
}
