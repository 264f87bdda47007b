/**
 * Applies a staged batch with PostgreSQL's foreign keys enforced, for a role that may not set session_replication_role.
 * A row that others refer to is never removed to come back: its update keeps its children, and no cascade acts on them.
 *
 * 1. tables that nobody refers to: the rows of all changed keys go
 * 2. unique values that stand in the way of final ones step aside
 * 3. parents first: new rows come, rows that stay are updated
 * 4. tables that nobody refers to: their rows come
 * 5. children first: rows that are gone go, once it is proved that nobody refers to them
 */
import { Failure } from '@causeway/contracts/failures';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { failPoint } from '@causeway/runtime/fail-point';
import { type AppliedBatches, inStreamTransaction } from '../apply-batches.ts';
import { byHalves, insertStaged, settleQuarantine, stagedKeysRelation } from '../apply-staged.ts';
import type { ForeignKey } from '../foreign-keys.ts';
import { PLACE, type StagedParts, stagedRows } from '../staged-parts.ts';
import { type Advance, checkGuard } from '../stream-guard.ts';
import type { StreamSession } from '../stream-session.ts';
import type { StreamTable } from '../stream-table.ts';
import { parentsFirst } from '@causeway/control/target/table-order';
import { readUniqueIndexes, stepAsideSql } from './unique-indexes.ts';

export async function applyOrdered(session: StreamSession, staged: StagedParts, to: Advance): Promise<AppliedBatches> {
  return inStreamTransaction(session, to, async (begin) => {
    if (begin.length > 0) checkGuard(session, (await session.pipeline.run(begin))[2]);
    await session.client.query('SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on; SET LOCAL enable_seqscan = on; SET CONSTRAINTS ALL DEFERRED');
    // First: what is refused below is entered anew.
    const changes = await settleQuarantine(session, staged);
    const ordered = new OrderedWrites(session, staged);
    const rows = await ordered.write();
    for (const [table, change] of changes) session.countQuarantined(table, change);
    // Here and not at the COMMIT: what a deferred constraint refuses is then told like everything else.
    await session.client.query('SET CONSTRAINTS ALL IMMEDIATE');
    return { rows, quarantined: staged.rejects + ordered.refused };
  });
}

class OrderedWrites {
  refused = 0;
  private readonly session: StreamSession;
  private readonly referenced: readonly StreamTable[];
  private readonly leaves: readonly StreamTable[];
  private readonly broken: readonly ForeignKey[];

  constructor(session: StreamSession, staged: StagedParts) {
    this.session = session;
    const { foreignKeys } = session;
    const isReferenced = (table: StreamTable): boolean => foreignKeys.some((key) => key.parent === table.name);
    const byName = new Map([...staged.tables].map((table) => [table.name, table]));
    const { order, broken } = parentsFirst([...staged.tables].filter(isReferenced).map((table) => table.name), foreignKeys);
    this.referenced = order.map((name) => byName.get(name) as StreamTable);
    this.leaves = [...staged.tables].filter((table) => !isReferenced(table));
    this.broken = broken.filter((key) => !key.deferrable);
  }

  async write(): Promise<number> {
    const { client } = this.session;
    let rows = 0;
    for (const table of this.leaves) await client.query(`DELETE FROM ${table.name} t USING ${stagedKeysRelation(table)} WHERE ${table.matches('t', 'k')}`);
    failPoint('loader.mid_copy');
    for (const table of this.referenced) await this.stepAside(table);
    for (const table of this.referenced) rows += await this.insertNew(table);
    for (const table of this.referenced) rows += await this.update(table);
    for (const table of this.leaves) {
      const inserted = await insertStaged(this.session, table);
      rows += inserted.rows;
      this.refused += inserted.refused;
    }
    for (const table of this.referenced.toReversed()) await this.removeGone(table);
    return rows;
  }

  private async stepAside(table: StreamTable): Promise<void> {
    for (const index of await readUniqueIndexes(this.session.client, table)) {
      const sql = stepAsideSql(table, index, stagedKeysRelation(table));
      if (sql !== null) await this.session.client.query(sql);
    }
  }

  /** In a circle of foreign keys a new row comes without the reference that cannot hold yet; the update brings it. */
  private async insertNew(table: StreamTable): Promise<number> {
    const absent = `AND NOT EXISTS (SELECT 1 FROM ${table.name} t WHERE ${sameKey(table)})`;
    const late = new Set(this.broken.filter((key) => key.child === table.name).flatMap((key) => key.childColumns));
    if (late.size === 0) return this.counted(await insertStaged(this.session, table, absent));
    const names = [...(table.contract.keyless ? [table.key[0]?.target as string] : []), ...table.contract.columns.map((c) => c.target)];
    const values = names.map((name) => (late.has(name) ? 'NULL' : `r.${quoteIdentifier(name)}`)).join(', ');
    const text = `INSERT INTO ${table.name} (${table.columnList()}) OVERRIDING SYSTEM VALUE SELECT ${values} FROM ${stagedRows(table)} r WHERE r.${quoteIdentifier(PLACE)} BETWEEN $1 AND $2 ${absent}`;
    return this.counted(await byHalves(this.session, table, text));
  }

  private async update(table: StreamTable): Promise<number> {
    const columns = table.contract.columns.map((c) => c.target).filter((name) => !table.key.some((part) => part.target === name));
    if (columns.length === 0) return 0;
    const list = (alias: string): string => columns.map((name) => `${alias}${quoteIdentifier(name)}`).join(', ');
    const text = `UPDATE ${table.name} t SET (${list('')}) = ROW(${list('r.')}) FROM ${stagedRows(table)} r
      WHERE r.${quoteIdentifier(PLACE)} BETWEEN $1 AND $2 AND ${sameKey(table)} AND (${list('t.')}) IS DISTINCT FROM (${list('r.')})`;
    // Its old version is no longer true.
    const gone = async (place: bigint): Promise<void> => {
      await this.session.client.query(`DELETE FROM ${table.name} t USING ${stagedRows(table)} r WHERE r.${quoteIdentifier(PLACE)} = $1 AND ${sameKey(table)}`, [place]);
    };
    return this.counted(await byHalves(this.session, table, text, gone));
  }

  private counted({ rows, refused }: { rows: number; refused: number }): number {
    this.refused += refused;
    return rows;
  }

  /** Whatever still refers to a row that is gone would be cascaded, or refused: the source has an orphan. */
  private async removeGone(table: StreamTable): Promise<void> {
    const gone = `${stagedKeysRelation(table)} WHERE ${table.matches('t', 'k')} AND NOT EXISTS (SELECT 1 FROM ${stagedRows(table)} r WHERE ${sameKey(table)})`;
    for (const key of this.session.foreignKeys.filter((foreign) => foreign.parent === table.name)) {
      const refers = key.childColumns.map((name, i) => `c.${quoteIdentifier(name)} = t.${quoteIdentifier(key.parentColumns[i] as string)}`).join(' AND ');
      // A row of the same table that goes with it is no obstacle.
      const others = key.child === table.name ? `AND NOT EXISTS (SELECT 1 FROM ${stagedKeysRelation(table)} WHERE ${table.matches('c', 'k')} AND NOT EXISTS (SELECT 1 FROM ${stagedRows(table)} r WHERE ${sameKey(table, 'c')}))` : '';
      const left = await this.session.client.query(`SELECT 1 FROM ${table.name} t, ${gone} AND EXISTS (SELECT 1 FROM ${key.child} c WHERE ${refers} ${others}) LIMIT 1`);
      // Invariant: I51
      if (left.rowCount !== 0) throw new Failure('CHANGE_REFUSED', `the source has removed rows of ${table.name} to which ${key.child} still refers (${quoteIdentifier(key.name)})`);
    }
    await this.session.client.query(`DELETE FROM ${table.name} t USING ${gone}`);
  }
}

const sameKey = (table: StreamTable, alias = 't'): string => table.key.map((part) => `${alias}.${quoteIdentifier(part.target)} = r.${quoteIdentifier(part.target)}`).join(' AND ');
