/** Adds up what services tell about single tables and passes it on as progress of the whole. */
import type { TableContract } from '@causeway/contracts/table-contract';
import type { ServiceMessage } from '@causeway/runtime/service-lifecycle';
import type pg from 'pg';
import type { ProgressEvent, ProgressStage, TableSize } from '../progress/progress-event.ts';

type Told = Extract<ServiceMessage, { type: 'progress' }>;

const STAGE: Record<Told['stage'], ProgressStage> = { loaded: 'snapshot', keyed: 'keys', verified: 'verify' };

interface Count {
  rows: number;
  bytes: number;
}

export class TableProgressMeter {
  private readonly counts = new Map<string, Count>();
  private readonly expected = new Map<string, number>();
  private readonly pool: pg.Pool;
  private readonly id: string;
  private readonly onEvent: (event: ProgressEvent) => void;
  private names: Promise<ReadonlyMap<number, string>> | undefined;

  constructor(pool: pg.Pool, id: string, onEvent: (event: ProgressEvent) => void) {
    this.pool = pool;
    this.id = id;
    this.onEvent = onEvent;
  }

  expect(tables: readonly TableSize[]): void {
    for (const table of tables) this.expected.set(table.name, table.rows);
  }

  add(told: Told): void {
    this.names ??= this.readNames();
    void this.names.then((names) => this.tell(told, names.get(told.table) ?? `table ${told.table}`));
  }

  private tell(told: Told, name: string): void {
    const key = `${told.stage}/${told.table}`;
    const count = this.counts.get(key) ?? { rows: 0, bytes: 0 };
    count.rows += told.rows;
    count.bytes += told.bytes;
    this.counts.set(key, count);
    this.onEvent({ kind: 'table', name, rowsDone: count.rows, rowsTotal: Math.max(count.rows, this.expected.get(name) ?? 0), bytesDone: count.bytes, stage: STAGE[told.stage] });
  }

  private async readNames(): Promise<ReadonlyMap<number, string>> {
    const result = await this.pool.query('SELECT contract FROM causeway.table_contract WHERE migration = $1 ORDER BY generation', [this.id]).catch(() => ({ rows: [] }));
    return new Map(result.rows.map((row) => [(row.contract as TableContract).table, (row.contract as TableContract).source]));
  }
}
