/**
 * Verifies every table of a generation and stores the result. Reads both databases only; may run while indexes and
 * constraints are still being built, and again at any time.
 */
import { statSync } from 'node:fs';
import { Failure } from '@causeway/contracts/failures';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import { readContracts } from '@causeway/control/record/table-record';
import type { Log } from '@causeway/runtime/log';
import { sourceStamp } from '@causeway/runtime/sqlite/prepare-source';
import type pg from 'pg';
import { quarantineOfTable } from './align/quarantine-of-table.ts';
import { SourceThreads } from './measure/source/source-threads.ts';
import { checkHash } from './measure/target/check-hash.ts';
import { proveConditions } from './proof/prove-conditions.ts';
import { storeVerification } from './report/store-verification.ts';
import type { TableVerification } from './report/table-verification.ts';
import { type ProofVerdict, verdictOf } from './report/verdict.ts';
import { verifyTable } from './verify-table.ts';

/** A smaller source is read sooner than another thread has started. */
const ONE_READER_BYTES = 4 * 1024 * 1024;

export interface ValidatorInput {
  readonly pool: pg.Pool;
  readonly record: MigrationRecord;
  readonly sourceFile: string;
  readonly readers: number;
  readonly maxDifferences: number;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onProgress: (table: number, rows: number) => void;
  readonly onVerified: (table: TableVerification) => void;
}

/** One table's queries overlap with the other's reading; more would only compete for the same two readers. */
export const TABLES_AT_ONCE = 2;

/** Throws SOURCE_CHANGED where the file was written meanwhile: nothing is then said about it. */
export async function runValidator(input: ValidatorInput): Promise<ProofVerdict> {
  const { pool, record, log } = input;
  const g = { migration: record.id, generation: record.generation };
  const started = performance.now();
  const stamp = sourceStamp(input.sourceFile);
  await checkHash(pool);
  const contracts = await readContracts(pool, g);
  const source = new SourceThreads(input.sourceFile, (statSync(input.sourceFile, { throwIfNoEntry: false })?.size ?? 0) < ONE_READER_BYTES ? 1 : input.readers);
  try {
    const tables = await verifyAll(input, source, contracts);
    // Invariant: I13
    if (sourceStamp(input.sourceFile) !== stamp) throw new Failure('SOURCE_CHANGED', `${input.sourceFile} was written while it was verified`);
    await proveConditions(pool, g, input.sourceFile, tables, log);
    const verdict = verdictOf(tables);
    const seconds = (performance.now() - started) / 1000;
    await storeVerification(pool, g, verdict, tables, seconds);
    log.info({ verdict, tables: tables.length, seconds }, 'verified');
    return verdict;
  } finally {
    await source.close();
  }
}

async function verifyAll(input: ValidatorInput, source: SourceThreads, contracts: readonly TableContract[]): Promise<TableVerification[]> {
  const results: TableVerification[] = [];
  const queue = contracts.values();
  const lane = async (): Promise<void> => {
    for (const contract of queue) {
      const result = await verifyOne(input, source, contract);
      results.push(result);
      input.onVerified(result);
      if (!result.equal) input.log.warn({ table: contract.table, differences: result.differenceCount }, 'a table differs');
    }
  };
  // All lanes come to rest before the readers are closed under them.
  const lanes = await Promise.allSettled(Array.from({ length: TABLES_AT_ONCE }, lane));
  const failed = lanes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return results.sort((a, b) => a.table - b.table);
}

function verifyOne(input: ValidatorInput, source: SourceThreads, contract: TableContract): Promise<TableVerification> {
  const g = { migration: input.record.id, generation: input.record.generation };
  return verifyTable({
    contract,
    source,
    pool: input.pool,
    quarantine: () => quarantineOfTable(input.pool, g, contract),
    signal: input.signal,
    onProgress: (rows) => input.onProgress(contract.table, rows),
    maxDifferences: input.maxDifferences,
  });
}
