/** Matches the rows of both sides that were listed for the same buckets, as multisets. */
import type { RowList } from '../measure/source/list-task.ts';

export interface UnmatchedRows {
  readonly match: bigint;
  /** Digests that only the source, or only the target, has under this match. */
  readonly source: readonly bigint[];
  readonly target: readonly bigint[];
}

export function matchRows(source: RowList, target: RowList): UnmatchedRows[] {
  const left = byMatch(source);
  const right = byMatch(target);
  const out: UnmatchedRows[] = [];
  for (const match of new Set([...left.keys(), ...right.keys()])) {
    const rest = withoutCommon(left.get(match) ?? [], right.get(match) ?? []);
    if (rest.source.length + rest.target.length > 0) out.push({ match, ...rest });
  }
  return out;
}

function byMatch(list: RowList): Map<bigint, bigint[]> {
  const out = new Map<bigint, bigint[]>();
  for (let i = 0; i < list.length; i += 2) {
    const match = list[i] as bigint;
    const digests = out.get(match);
    if (digests === undefined) out.set(match, [list[i + 1] as bigint]);
    else digests.push(list[i + 1] as bigint);
  }
  return out;
}

function withoutCommon(source: readonly bigint[], target: readonly bigint[]): { source: bigint[]; target: bigint[] } {
  const rest = [...target];
  const only = source.filter((digest) => {
    const at = rest.indexOf(digest);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return { source: only, target: rest };
}

/** A pair of unmatched rows is one difference. */
export function countDifferences(rows: readonly UnmatchedRows[]): number {
  return rows.reduce((sum, row) => sum + Math.max(row.source.length, row.target.length), 0);
}
