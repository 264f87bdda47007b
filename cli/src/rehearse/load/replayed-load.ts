/**
 * Writes at a steady rate to whichever side the primary file names, by the rows that are there, and keeps count of what
 * was acknowledged. What the application's own constraints refuse is skipped and counted.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom, type SeededRandom } from '../../demo/sample-erp/seeded-random.ts';
import { CommitUnknown, type LoadDatabase, LoadFenced, type LoadTransaction } from './load-database.ts';
import { keyFromText, keyText, type LoadKey } from './load-key.ts';
import { type LoadChange, LoadLedger, type LoadResult } from './load-ledger.ts';
import { deleteStatement, insertStatement, rewriteStatement, sameCellStatement, type Side, updateStatement } from './load-statements.ts';
import type { LoadColumn, LoadTable } from './load-table.ts';
import type { SampledRows } from './sample-rows.ts';

export interface LoadInput {
  readonly tables: readonly (LoadTable & SampledRows)[];
  readonly primaryFile: string;
  /** Changes a second. */
  readonly rate: number;
  readonly seed: number;
  readonly open: (side: Side) => Promise<LoadDatabase>;
}

const MOST_IN_ONE = 4;
const GAP_MS = 20;
const RETRY_MS = 2;
const AFTER_TROUBLE_MS = 50;
/** Transactions that changed nothing: a schema may leave little to write. */
const IDLE = 20;
/** Of a table's rows, so that enough are left to the end. */
const MOST_DELETED = 0.2;

export class ReplayedLoad {
  private readonly input: LoadInput;
  private readonly random: SeededRandom;
  private readonly ledger = new LoadLedger();
  private readonly open = new Map<Side, LoadDatabase>();
  private readonly skipped: Record<string, number> = {};
  private readonly gaps: { endedAt: number; ms: number }[] = [];
  private readonly deleted = new Map<number, number>();
  private readonly counts = { transactions: 0, changes: 0, refusedByFence: 0, unknown: 0 };
  private lastAt: number | undefined;
  private idle = 0;

  constructor(input: LoadInput) {
    this.input = input;
    this.random = seededRandom(input.seed);
  }

  async run(signal: AbortSignal): Promise<LoadResult> {
    const began = performance.now();
    while (!signal.aborted && this.input.tables.length > 0) {
      await this.once();
      const ahead = (this.counts.changes / this.input.rate) * 1000 - (performance.now() - began);
      if (ahead > 1) await sleep(Math.min(ahead, 1_000));
    }
    for (const database of this.open.values()) await database.close().catch(() => {});
    return { ...this.counts, skipped: this.skipped, seconds: (performance.now() - began) / 1000, gaps: this.gaps, entries: this.ledger.entries() };
  }

  private async once(): Promise<void> {
    const changes: LoadChange[] = [];
    try {
      const database = await this.primary();
      const ops = this.random.integer(1, MOST_IN_ONE);
      await database.transaction(async (tx) => {
        for (let i = 0; i < ops; i++) changes.push(...(await this.op(tx, database.side)));
      });
      if (changes.length > 0) this.acknowledged(changes);
      else if (++this.idle % IDLE === 0) await sleep(AFTER_TROUBLE_MS);
    } catch (error) {
      await this.failed(error, changes);
    }
  }

  private async failed(error: unknown, changes: readonly LoadChange[]): Promise<void> {
    if (error instanceof LoadFenced) {
      this.counts.refusedByFence++;
      return sleep(RETRY_MS);
    }
    if (error instanceof CommitUnknown) {
      this.counts.unknown++;
      this.ledger.unknown(changes);
    } else this.skip(error);
    if (isRefusal(error)) return;
    for (const database of this.open.values()) await database.close().catch(() => {});
    this.open.clear();
    await sleep(AFTER_TROUBLE_MS);
  }

  private async primary(): Promise<LoadDatabase> {
    const side = readFileSync(this.input.primaryFile, 'utf8').trim() as Side;
    const database = this.open.get(side) ?? (await this.input.open(side));
    this.open.set(side, database);
    return database;
  }

  private async op(tx: LoadTransaction, side: Side): Promise<LoadChange[]> {
    const { tables } = this.input;
    const at = this.random.integer(0, tables.length - 1);
    const table = tables[at] as LoadInput['tables'][number];
    const dice = this.random.integer(1, 100);
    try {
      if (dice <= 10 && table.insertable && table.donors.length > 0) return await this.insert(tx, side, table, at);
      if (table.rows.length === 0) return [];
      if (dice <= 18 && table.deletable && this.mayDelete(at, table)) return await this.remove(tx, side, table, at);
      if (dice <= 30 && table.rewritable) return await this.rewrite(tx, side, table, at);
      return table.cells.length > 0 && table.donors.length > 0 ? await this.update(tx, side, table, at) : [];
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.skip(error);
      return [];
    }
  }

  private async update(tx: LoadTransaction, side: Side, table: LoadInput['tables'][number], at: number): Promise<LoadChange[]> {
    const [row, donor] = [this.random.pick(table.rows), this.random.pick(table.donors)];
    const column = this.random.pick(table.cells) as LoadColumn;
    const values: LoadKey = [...keyFromText(row), ...keyFromText(donor)];
    if ((await tx.run(updateStatement(table, column, side), values)) === 0) return [];
    return [{ kind: 'there', table: at, row }, ...(await this.cell(tx, side, table, { table: at, row, column, donor }))];
  }

  /** Nothing where a trigger of the application has made something else of it. */
  private async cell(tx: LoadTransaction, side: Side, table: LoadTable, { table: at, row, column, donor }: { table: number; row: string; column: LoadColumn; donor: string }): Promise<LoadChange[]> {
    const [same] = (await tx.first(sameCellStatement(table, column, side), [...keyFromText(row), ...keyFromText(donor)])) ?? [];
    return [Number(same) === 1 ? { kind: 'cell', table: at, row, column: column.sqlite, donor } : { kind: 'other', table: at, row, column: column.sqlite }];
  }

  private async rewrite(tx: LoadTransaction, side: Side, table: LoadInput['tables'][number], at: number): Promise<LoadChange[]> {
    const row = this.random.pick(table.rows);
    return (await tx.run(rewriteStatement(table, side), keyFromText(row))) === 0 ? [] : [{ kind: 'there', table: at, row }];
  }

  private async remove(tx: LoadTransaction, side: Side, table: LoadInput['tables'][number], at: number): Promise<LoadChange[]> {
    const row = this.random.pick(table.rows);
    return (await tx.run(deleteStatement(table, side), keyFromText(row))) === 0 ? [] : [{ kind: 'gone', table: at, row }];
  }

  private async insert(tx: LoadTransaction, side: Side, table: LoadInput['tables'][number], at: number): Promise<LoadChange[]> {
    const donor = this.random.pick(table.donors);
    const [id] = (await tx.first(insertStatement(table, side), keyFromText(donor))) ?? [];
    if (id === undefined || id === null) return [];
    const row = keyText([BigInt(id as bigint | string)]);
    const [column] = table.cells;
    return [{ kind: 'there', table: at, row }, ...(column === undefined ? [] : await this.cell(tx, side, table, { table: at, row, column, donor }))];
  }

  private mayDelete(at: number, table: SampledRows): boolean {
    return (this.deleted.get(at) ?? 0) < table.rows.length * MOST_DELETED;
  }

  private acknowledged(changes: readonly LoadChange[]): void {
    const now = performance.now();
    if (this.lastAt !== undefined && now - this.lastAt >= GAP_MS) this.gaps.push({ endedAt: Date.now(), ms: Math.round(now - this.lastAt) });
    this.lastAt = now;
    this.counts.transactions++;
    this.counts.changes += changes.filter((change) => change.kind === 'there' || change.kind === 'gone').length;
    this.ledger.committed(changes);
    for (const change of changes) {
      const { rows } = this.input.tables[change.table] as SampledRows;
      const known = rows.indexOf(change.row);
      if (change.kind === 'gone' && known >= 0) {
        rows.splice(known, 1);
        this.deleted.set(change.table, (this.deleted.get(change.table) ?? 0) + 1);
      } else if (change.kind === 'there' && known < 0) rows.push(change.row);
    }
  }

  private skip(error: unknown): void {
    const { code = 'other' } = error as { code?: string };
    this.skipped[code] = (this.skipped[code] ?? 0) + 1;
  }
}

/** Refused by the database for what it holds or how it is made: the connection is as good as before. */
function isRefusal(error: unknown): boolean {
  const { code = '' } = error as { code?: string };
  return code.startsWith('SQLITE_CONSTRAINT') || code === 'SQLITE_ERROR' || /^(?:22|23|42|P0)/.test(code);
}
