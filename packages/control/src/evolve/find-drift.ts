/**
 * What the application has changed of its schema since the contracts were made. Pure.
 *
 * Only columns that were added behind the others are known to have left every other cell as it was. For everything else
 * the table is taken over again as it stands: whatever lay between the two looks, its rows are then right.
 */
import type { TableContract } from '@causeway/contracts/table-contract';
import type { SourceSchema, SourceTable } from '../plan/source-schema.ts';
import { columnsOf, type SourceShape } from './source-shape.ts';

export interface DriftInput {
  readonly contracts: readonly TableContract[];
  readonly schema: SourceSchema;
  /** Tables that the plan leaves behind. */
  readonly skipped: ReadonlySet<string>;
  readonly shape: SourceShape | null;
}

export type TableDrift =
  | { readonly kind: 'made'; readonly source: SourceTable }
  | { readonly kind: 'dropped'; readonly contract: TableContract }
  | {
      readonly kind: 'changed';
      readonly contract: TableContract;
      readonly source: SourceTable;
      readonly added: readonly string[];
      readonly removed: readonly string[];
      /** Old name → new name. */
      readonly renamed: ReadonlyMap<string, string>;
      /** Surviving columns whose declared type is another one. */
      readonly retyped: readonly string[];
      /** Another key, or another name of the rowid. */
      readonly renamedRows: boolean;
    };

/** Tables that are as they were do not appear. */
export function findDrift({ contracts, schema, skipped, shape }: DriftInput): TableDrift[] {
  const present = new Map(schema.tables.map((table) => [table.name, table]));
  const drift: TableDrift[] = [];
  for (const contract of contracts) {
    const source = present.get(contract.source);
    if (source === undefined) drift.push({ kind: 'dropped', contract });
    else drift.push(...changedTable(contract, source, shape?.[contract.source] ?? null));
  }
  const known = new Set(contracts.map((contract) => contract.source));
  for (const source of schema.tables) if (!known.has(source.name) && !skipped.has(source.name)) drift.push({ kind: 'made', source });
  return drift;
}

function changedTable(contract: TableContract, source: SourceTable, before: SourceShape[string] | null): TableDrift[] {
  const now = columnsOf(source);
  const names = new Set(now.map(([name]) => name));
  const had = new Set(contract.columns.map((column) => column.source));
  const vanished = contract.columns.map((column) => column.source).filter((name) => !names.has(name));
  const appeared = now.map(([name]) => name).filter((name) => !had.has(name) && !leftOut(source, name, before));
  const renamed = renames(before, now, vanished, appeared);
  const retyped = before === null ? [] : now.filter(([name, declared]) => before.some(([was, as]) => was === name && as !== declared)).map(([name]) => name);
  const added = appeared.filter((name) => ![...renamed.values()].includes(name));
  const removed = vanished.filter((name) => !renamed.has(name));
  const renamedRows = !sameNames(contract, source);
  if (added.length + removed.length + renamed.size + retyped.length === 0 && !renamedRows) return [];
  return [{ kind: 'changed', contract, source, added, removed, renamed, retyped, renamedRows }];
}

/** A computed column that PostgreSQL computes as well is in no contract from the beginning (plan/existing). */
function leftOut(source: SourceTable, name: string, before: SourceShape[string] | null): boolean {
  const computed = source.columns.some((column) => column.name === name && column.generated !== 'no');
  return computed && (before === null || before.some(([was]) => was === name));
}

/** The rows still have the names that the contract gives them: its key, or the rowid under the same name. */
function sameNames(contract: TableContract, source: SourceTable): boolean {
  if (source.fts !== null) return true;
  const key = source.columns.filter((column) => column.keyPosition > 0).toSorted((a, b) => a.keyPosition - b.keyPosition).map((column) => column.name);
  const order = source.withoutRowid ? contract.order.kind === 'primary' : contract.order.kind === 'rowid' && contract.order.alias === source.rowidAlias;
  return order && (contract.keyless || key.join('\0') === contract.key.join('\0'));
}

/** A column in the same place with the same declared type. That it was dropped and another one made is the same for us, as all rows come again. */
function renames(before: SourceShape[string] | null, now: SourceShape[string], vanished: readonly string[], appeared: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  if (before === null || before.length !== now.length) return found;
  before.forEach(([name, declared], i) => {
    const [other, as] = now[i] as readonly [string, string];
    if (vanished.includes(name) && appeared.includes(other) && declared === as) found.set(name, other);
  });
  return found;
}
