/**
 * What passes the fence: statements on the schema. A table that was made has no fence, one that was dropped has no rows;
 * and whoever takes our triggers away can write as they like. Told in words that name the table (rule 25).
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { schemaEntries } from './application-schema.ts';
import { fencedTables, fenceState, fenceTriggerName } from './source-fence.ts';

/** Null where nothing did, or where no fence stands. */
// Invariant: I86
export function sourceTouched(db: SourceDatabase, contracts: readonly Pick<TableContract, 'source'>[]): string | null {
  const state = fenceState(db);
  const version = BigInt(db.pragma('schema_version', { simple: true }) as number);
  if (state.attempt === 0n || version === state.schema) return null;
  const there = new Set(schemaEntries(db, 'application').filter((entry) => entry.type === 'table').map((entry) => entry.name));
  const dropped = contracts.filter((contract) => !there.has(contract.source)).map((contract) => `table ${quoteIdentifier(contract.source)} was dropped or renamed`);
  const triggers = new Map(schemaEntries(db, 'ours').filter((entry) => entry.type === 'trigger').map((entry) => [entry.name, entry.tbl_name]));
  const fenced = new Set([...triggers].filter(([name]) => name.startsWith(fenceTriggerName(''))).map(([, table]) => table));
  const open = fencedTables(db).filter((table) => !fenced.has(table)).map((table) => `table ${quoteIdentifier(table)} was made, or its fence taken away`);
  const found = [...dropped, ...open];
  return found.length > 0 ? found.join('; ') : `a statement on the schema passed the fence (schema_version ${state.schema} became ${version}): VACUUM, ALTER TABLE or CREATE INDEX`;
}
