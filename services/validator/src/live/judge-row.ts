/** Decides from both sides' states of one key whether it is as it must be. Pure. */
import type { TableContract } from '@causeway/contracts/table-contract';
import type { SourceRowState, TargetRowState } from './row-state.ts';

export type DivergenceKind = 'missing' | 'extra' | 'different';

export interface Verdict {
  readonly kind: DivergenceKind;
  /** Source names of the columns; empty where the whole row is concerned. */
  readonly columns: readonly string[];
}

/** Null: equal, or accounted for by the quarantine. Every row is in the target or in the quarantine, never in both. */
export function judgeRow(contract: TableContract, source: SourceRowState, target: readonly TargetRowState[], quarantined: boolean): Verdict | null {
  const [first, ...more] = target;
  if (source.digest === null) {
    // An entry of the quarantine for a row that is gone says more than there is, too.
    return first === undefined && !quarantined ? null : { kind: 'extra', columns: [] };
  }
  if (quarantined) return first === undefined || sharesMatches(contract) ? null : { kind: 'extra', columns: [] };
  if (first === undefined) return { kind: 'missing', columns: [] };
  if (more.length > 0) return { kind: 'extra', columns: [] };
  if (typeof source.digest !== 'bigint') return { kind: 'different', columns: named(contract, [source.digest.uncanonical]) };
  if (source.digest === first.digest) return null;
  return { kind: 'different', columns: differing(contract, source, first) };
}

/**
 * Two keys of the source may stand for one of the target (two spellings of a uuid): one of them is then in the
 * quarantine, and the row that is found belongs to the other.
 */
function sharesMatches(contract: TableContract): boolean {
  return contract.key.some((name) => {
    const column = contract.columns.find((c) => c.source === name);
    return column === undefined || column.form !== 'plain' || !['int2', 'int4', 'int8', 'text'].includes(column.type.kind);
  });
}

function differing(contract: TableContract, source: SourceRowState, target: TargetRowState): string[] {
  const { elements } = source;
  if (elements === null || target.elements === null) return [];
  const other = target.elements;
  return named(contract, elements.flatMap((element, i) => (element === other[i] ? [] : [i])));
}

function named(contract: TableContract, columns: readonly number[]): string[] {
  return columns.map((i) => contract.columns[i]?.source ?? '');
}
