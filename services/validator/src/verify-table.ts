/** Verifies one table: align, measure both sides at once, compare, explain what differs. */
import { addSums, type BucketSum, totalOf } from './align/bucket-sums.ts';
import { chooseBuckets } from './align/buckets.ts';
import { keyHash, type QuarantinedKeys, quarantinedKeys, unfoundKeys } from './align/quarantined-keys.ts';
import { cutSlices } from './align/slices.ts';
import { differingBuckets } from './compare/differing-buckets.ts';
import { explainDifference, type Explanation } from './compare/explain-difference.ts';
import type { SourceMeasure } from './measure/source/measure-task.ts';
import type { SourceThreads } from './measure/source/source-threads.ts';
import { TargetSnapshot } from './measure/target/target-snapshot.ts';
import type { TableDifference } from './compare/table-difference.ts';
import type { ExplainedDifference, TableVerification } from './report/table-verification.ts';
import type { ExactCell } from '@causeway/contracts/source-value';
import type { TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';

/** Keys of a table's quarantined rows, read anew by every call: cells in the order of the key, or the rowid alone. */
export type QuarantineOfTable = () => AsyncIterable<readonly ExactCell[]>;

export interface VerifyTableInput {
  readonly contract: TableContract;
  /** Reading threads on the source; several tables may share them. */
  readonly source: SourceThreads;
  /** One connection is taken for the whole verification, a second one to cancel. */
  readonly pool: pg.Pool;
  readonly quarantine: QuarantineOfTable;
  readonly signal: AbortSignal;
  /** Rows of the source that were read since the last call. */
  readonly onProgress?: (rows: number) => void;
  /** Differences that are named; the rest is counted. */
  readonly maxDifferences?: number;
}

export const MAX_DIFFERENCES = 100;

const NOTHING: Explanation = { differences: [], count: 0, exact: true, extra: new Map() };

/** Throws the signal's reason, SOURCE_* where the file cannot be read, TARGET_REFUSED where the table cannot. */
export async function verifyTable(input: VerifyTableInput): Promise<TableVerification> {
  const { contract, source, signal } = input;
  const started = performance.now();
  const limit = input.maxDifferences ?? MAX_DIFFERENCES;
  const quarantine = await readKeys(input.quarantine);
  const extent = await source.extent(contract);
  const buckets = chooseBuckets(contract, extent.key);
  const target = await TargetSnapshot.open(input.pool, contract);
  try {
    const scan = { kind: 'measure', contract, buckets, quarantine, slices: cutSlices(extent.order), limit } as const;
    const options = input.onProgress === undefined ? { signal } : { signal, progress: input.onProgress };
    const [parts, targetSums] = await bothOrNeither(source.scan<'measure'>(scan, options), target.measure(buckets, null, signal));
    const measured = joinParts(parts);
    const sourceSums = new Map<number, BucketSum>();
    for (const part of parts) addSums(sourceSums, part.sums);
    const differing = differingBuckets(sourceSums, targetSums);
    const explained = differing.length === 0 ? NOTHING : await explainDifference({ contract, extent, source, target, quarantine, signal }, buckets, differing, limit);
    const unfound = await nameUnfound(quarantine, input.quarantine, limit);
    const found = together(contract, measured, explained, unfound);
    const targetTotal = totalOf(targetSums);
    return {
      table: contract.table,
      source: contract.source,
      target: contract.target,
      sourceRows: measured.rows,
      targetRows: targetTotal.rows,
      quarantinedRows: inQuarantine(quarantine),
      // Invariant: I10
      equal: found.differenceCount === 0 && measured.rows === targetTotal.rows + inQuarantine(quarantine),
      explained: explainedOf(contract, measured.explained),
      digestSource: hex(totalOf(sourceSums)),
      digestTarget: hex(targetTotal),
      ...found,
      differences: found.differences.slice(0, limit),
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await target.close();
  }
}

/** Waits for both even if one fails: the snapshot's connection must be idle before it is given back. */
async function bothOrNeither<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}

async function readKeys(keys: QuarantineOfTable): Promise<QuarantinedKeys | null> {
  const hashes: bigint[] = [];
  for await (const key of keys()) hashes.push(keyHash(key));
  return quarantinedKeys(hashes);
}

function inQuarantine(keys: QuarantinedKeys | null): number {
  return keys === null ? 0 : keys.expected.reduce((sum, n) => sum + n, 0);
}

function joinParts(parts: readonly SourceMeasure[]): Omit<SourceMeasure, 'sums'> {
  return {
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
    quarantined: parts.reduce((sum, part) => sum + part.quarantined, 0),
    uncanonical: parts.reduce((sum, part) => sum + part.uncanonical, 0),
    samples: parts.flatMap((part) => part.samples),
    explained: (parts[0]?.explained ?? []).map((_, i) => parts.reduce((sum, part) => sum + (part.explained[i] ?? 0), 0)),
  };
}

/** Values that are others by a policy of the plan, which the validator has expected at their places. */
function explainedOf(contract: TableContract, counts: readonly number[]): ExplainedDifference[] {
  return contract.columns.flatMap(({ source, policy }, i) => {
    const values = counts[i] ?? 0;
    return policy === undefined || values === 0 ? [] : [{ column: source, policy, values }];
  });
}

/** Quarantined rows that the source does not have: names of the first, and their number. */
async function nameUnfound(keys: QuarantinedKeys | null, quarantine: QuarantineOfTable, limit: number): Promise<{ named: TableDifference[]; count: number }> {
  const missing = unfoundKeys(keys);
  const named: TableDifference[] = [];
  if (missing.size === 0 || keys === null) return { named, count: 0 };
  for await (const key of quarantine()) {
    if (named.length >= limit) break;
    if (missing.has(keyHash(key))) named.push({ kind: 'quarantine', key, columns: [] });
  }
  return { named, count: keys.expected.reduce((sum, n, i) => sum + n - (keys.found[i] as number), 0) };
}

/** All findings of a table. A target's row whose source has no canonical form is one difference, not two. */
function together(
  contract: TableContract,
  measured: Omit<SourceMeasure, 'sums'>,
  explained: Explanation,
  unfound: { named: TableDifference[]; count: number },
): Pick<TableVerification, 'differences' | 'differenceCount' | 'countIsExact'> {
  const uncanonical = measured.samples.map((row): TableDifference => ({ kind: 'uncanonical', key: row.cells, columns: [contract.columns[row.column]?.source ?? ''] }));
  const known = new Set(measured.samples.map((row) => row.match).filter((match) => match !== null));
  const others = explained.differences.filter((difference) => !known.has(explained.extra.get(difference) as bigint));
  return {
    differences: [...uncanonical, ...others, ...unfound.named],
    differenceCount: measured.uncanonical + explained.count - (explained.differences.length - others.length) + unfound.count,
    countIsExact: explained.exact && measured.uncanonical === measured.samples.length,
  };
}

function hex(total: BucketSum): string {
  return total.sum.toString(16).padStart(16, '0');
}
