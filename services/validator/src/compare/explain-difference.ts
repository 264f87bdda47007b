/**
 * From buckets that differ down to key and column: cut the large ones, list the rows of the rest on both sides, match
 * them, and describe the first. Memory is bounded by rows listed at once, time by rows listed in all.
 */
import { addSums, type BucketSum } from '../align/bucket-sums.ts';
import { type Buckets, cutBucket, ordinalsOf } from '../align/buckets.ts';
import { type QuarantinedKeys, unmet } from '../align/quarantined-keys.ts';
import { cutSlices } from '../align/slices.ts';
import type { Slice } from '../align/slice.ts';
import type { SourceExtent } from '../align/source-extent.ts';
import type { SourceThreads } from '../measure/source/source-threads.ts';
import type { TargetSnapshot } from '../measure/target/target-snapshot.ts';
import { Failure } from '@causeway/contracts/failures';
import type { TableContract } from '@causeway/contracts/table-contract';
import { type DifferingBucket, differingBuckets } from './differing-buckets.ts';
import { countDifferences, matchRows, type UnmatchedRows } from './match-rows.ts';
import { nameDifferences } from './name-differences.ts';
import type { TableDifference } from './table-difference.ts';

export interface BothSides {
  readonly contract: TableContract;
  readonly extent: SourceExtent;
  readonly source: SourceThreads;
  readonly target: TargetSnapshot;
  readonly quarantine: QuarantinedKeys | null;
  readonly signal: AbortSignal;
}

export interface Explanation {
  readonly differences: readonly TableDifference[];
  readonly count: number;
  readonly exact: boolean;
  /** What each extra row was matched by. */
  readonly extra: ReadonlyMap<TableDifference, bigint>;
}

/** A pair of a listed row takes about a hundred bytes, on both sides. */
const LISTED_AT_ONCE = 100_000;
/** A table that differs everywhere is not listed to its end. */
const LISTED_IN_ALL = 2_000_000;

interface Found {
  readonly differing: { readonly buckets: Buckets; readonly rows: UnmatchedRows[]; readonly wanted: readonly number[] }[];
  count: number;
  listed: number;
  exact: boolean;
}

export async function explainDifference(sides: BothSides, buckets: Buckets, differing: readonly DifferingBucket[], limit: number): Promise<Explanation> {
  const found: Found = { differing: [], count: 0, listed: 0, exact: true };
  await look(sides, buckets, differing, found, limit);
  if (found.count === 0) throw new Failure('SOURCE_CHANGED', `table ${JSON.stringify(sides.contract.source)} was written while it was verified`);
  const named = await describe(sides, found, limit);
  return { differences: named.differences, count: found.count - named.joined, exact: found.exact, extra: named.extra };
}

/** Lists buckets in batches; a bucket larger than a batch is cut and looked into first. */
async function look(sides: BothSides, buckets: Buckets, differing: readonly DifferingBucket[], found: Found, limit: number): Promise<void> {
  let batch: number[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await list(sides, buckets, batch, found, limit);
    batch = [];
    size = 0;
  };
  for (const { bucket, rows } of differing) {
    if (found.listed + size > LISTED_IN_ALL && found.count >= limit) {
      found.count++;
      found.exact = false;
      continue;
    }
    const finer = rows > LISTED_AT_ONCE ? cutBucket(buckets, bucket) : null;
    if (finer !== null) {
      await look(sides, finer, await measureAgain(sides, buckets, bucket, finer), found, limit);
      continue;
    }
    if (size + rows > LISTED_AT_ONCE) await flush();
    batch.push(bucket);
    size += rows;
  }
  await flush();
}

async function measureAgain(sides: BothSides, buckets: Buckets, bucket: number, finer: Buckets): Promise<DifferingBucket[]> {
  const [source, target] = await Promise.all([
    sides.source.scan<'measure'>({ kind: 'measure', ...scanOf(sides, buckets, [bucket]), buckets: finer, limit: 0 }, sides),
    sides.target.measure(finer, { buckets, wanted: [bucket] }, sides.signal),
  ]);
  const sums = new Map<number, BucketSum>();
  for (const part of source) addSums(sums, part.sums);
  return differingBuckets(sums, target);
}

async function list(sides: BothSides, buckets: Buckets, wanted: readonly number[], found: Found, limit: number): Promise<void> {
  const [source, target] = await Promise.all([
    sides.source.scan<'list'>({ kind: 'list', ...scanOf(sides, buckets, wanted), buckets, wanted }, sides),
    sides.target.list({ buckets, wanted }, sides.signal),
  ]);
  const unmatched = matchRows(source.flat(), target);
  found.listed += Math.max(target.length / 2, 1);
  const room = limit - found.count;
  found.count += countDifferences(unmatched);
  if (room > 0 && unmatched.length > 0) found.differing.push({ buckets, rows: unmatched.slice(0, room), wanted });
}

async function describe(sides: BothSides, found: Found, limit: number): Promise<ReturnType<typeof nameDifferences>> {
  const unmatched = found.differing.flatMap((part) => part.rows);
  const source = [];
  const target = [];
  for (const { buckets, rows, wanted } of found.differing) {
    const matches = rows.map((row) => row.match);
    // A match may stand for many rows; more than this many of them are not needed to name the first differences.
    const most = limit * 4;
    const [left, right] = await Promise.all([
      sides.source.scan<'describe'>({ kind: 'describe', ...scanOf(sides, buckets, wanted), buckets, wanted: matches, limit: most }, sides),
      sides.target.describe({ buckets, wanted }, matches, most, sides.signal),
    ]);
    source.push(...left.flat());
    target.push(...right);
  }
  const named = nameDifferences(sides.contract, unmatched, source, target);
  return { ...named, differences: named.differences.slice(0, limit) };
}

/** Slices that hold the buckets, and the quarantine as if nothing of it had been met yet. */
function scanOf(sides: BothSides, buckets: Buckets, wanted: readonly number[]): { contract: TableContract; quarantine: QuarantinedKeys | null; slices: Slice[] } {
  const { contract, extent } = sides;
  const slices = buckets.kind === 'key' ? runsOf(wanted).map(([first, last]) => ({ column: contract.key[0] as string, ...ordinalsOf(buckets, first, last) })) : cutSlices(extent.order);
  return { contract, quarantine: unmet(sides.quarantine), slices };
}

/** Runs of adjacent numbers of an ascending list. */
function runsOf(wanted: readonly number[]): [first: number, last: number][] {
  const out: [number, number][] = [];
  for (const bucket of wanted) {
    const last = out.at(-1);
    if (last !== undefined && last[1] === bucket - 1) last[1] = bucket;
    else out.push([bucket, bucket]);
  }
  return out;
}
