/** What a value without a canonical form is worth by the policy of its column (contracts/table-contract, MisfitPolicy). */
import type { ColumnContract } from '@causeway/contracts/table-contract';
import type { SourceCell } from './cell-reader.ts';
import { IllFormedText } from './exact-text.ts';

/** Undefined where the policy says nothing of it: then its row belongs into the quarantine. */
export function valueByPolicy(column: ColumnContract, value: SourceCell | IllFormedText | null): SourceCell | null | undefined {
  if (value === null || column.policy === undefined) return undefined;
  if (column.policy === 'null') return column.notNull ? undefined : null;
  const text = value instanceof IllFormedText ? new TextDecoder(value.encoding, { ignoreBOM: true }).decode(value.bytes) : value;
  return typeof text === 'string' ? text.split('\0').join('\uFFFD') : undefined;
}
