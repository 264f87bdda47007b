/**
 * Gives the application's tables back what stood aside during the load, and proves each object identical to what was
 * recorded. One transaction per object: a restart goes on where the last run was stopped.
 */
import { settledDefinition } from '@causeway/contracts/settled-definition';
import type { TableContract } from '@causeway/contracts/table-contract';
import { recordObject } from '@causeway/control/record/object-record';
import { readSuspended, setSuspendedState, type SuspendedObject } from '@causeway/control/record/suspended-object';
import type { Generation } from '@causeway/control/record/table-record';
import type { Log } from '@causeway/runtime/log';
import { inTransaction, isConnectionError, messageOf } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import { presentDefinition } from './catalogue-objects.ts';

export interface Restored {
  readonly fidelity: 'exact' | 'approximated' | 'needs_decision';
  readonly note: string;
}

export async function restoreObjects(pool: pg.Pool, g: Generation, contracts: readonly TableContract[], log: Log): Promise<void> {
  for (const object of await readSuspended(pool, g.migration)) {
    const restored = await restoreObject(pool, g, contracts, object);
    if (restored.fidelity !== 'exact') log.warn({ kind: object.kind, fidelity: restored.fidelity }, 'an object of the application is not as it was; see the report');
  }
}

async function restoreObject(pool: pg.Pool, g: Generation, contracts: readonly TableContract[], object: SuspendedObject): Promise<Restored> {
  const attempt = (notValid: boolean): Promise<Restored> =>
    inTransaction(pool, async (client) => {
      const restored = await make(client, object, notValid);
      await settle(client, g, contracts, object, restored);
      return restored;
    });
  try {
    return await attempt(false);
  } catch (error) {
    if (isConnectionError(error) || (error as { code?: string }).code === undefined) throw error;
    // 23503: rows of the source break the foreign key, which SQLite does not have to enforce.
    if (object.kind === 'foreign_key' && (error as { code?: string }).code === '23503') return attempt(true);
    const failed: Restored = { fidelity: 'needs_decision', note: messageOf(error) };
    await inTransaction(pool, (client) => settle(client, g, contracts, object, failed));
    return failed;
  }
}

async function make(client: pg.ClientBase, object: SuspendedObject, notValid: boolean): Promise<Restored> {
  if ((await presentDefinition(client, object)) === null) {
    const [creation, ...following] = object.statements;
    await client.query(notValid ? `${creation} NOT VALID` : (creation as string));
    for (const statement of following) await client.query(statement);
  }
  return compareDefinitions(object.definition, await presentDefinition(client, object));
}

/** Pure: what the server says now against what it said before the load. */
export function compareDefinitions(recorded: string, present: string | null): Restored {
  const [was, is] = [settledDefinition(recorded), present === null ? null : settledDefinition(present)];
  if (is === was) return { fidelity: 'exact', note: 'removed for the load, rebuilt, and identical by its definition in the catalogue' };
  if (is === `${was} NOT VALID`) return { fidelity: 'approximated', note: 'rows that were moved violate it: it is NOT VALID, and holds for new rows' };
  return { fidelity: 'needs_decision', note: present === null ? 'it is not there' : `it is there with another definition: ${present}` };
}

async function settle(client: pg.ClientBase, g: Generation, contracts: readonly TableContract[], object: SuspendedObject, restored: Restored): Promise<void> {
  const made = restored.fidelity !== 'needs_decision';
  await setSuspendedState(client, g.migration, object, made ? 'restored' : 'failed');
  await recordObject(client, g, {
    kind: object.kind,
    table: contracts.find((c) => c.targetSchema === object.schema && c.target === object.table)?.table ?? null,
    name: object.name,
    fidelity: restored.fidelity,
    sourceSql: null,
    targetSql: object.statements[0] as string,
    notes: restored.note.replaceAll('; ', ', '),
    state: made ? 'made' : 'failed',
  });
}
