import type { ReportModel } from './report-model.ts';

export interface ReportTotals {
  readonly tables: number;
  readonly equalTables: number;
  readonly sourceRows: number;
  readonly targetRows: number;
  readonly quarantinedRows: number;
  /** Rows of the target in tables proved equal: what the verdict may claim. */
  readonly provedRows: number;
  readonly bytes: number;
  /** Wall seconds from start to finish. */
  readonly seconds: number;
}

export function reportTotals(model: Pick<ReportModel, 'tables' | 'startedAt' | 'finishedAt'>): ReportTotals {
  const sum = (of: (table: ReportModel['tables'][number]) => number): number =>
    model.tables.reduce((total, table) => total + of(table), 0);
  return {
    tables: model.tables.length,
    equalTables: model.tables.filter((table) => table.equal).length,
    sourceRows: sum((table) => table.sourceRows),
    targetRows: sum((table) => table.targetRows),
    quarantinedRows: sum((table) => table.quarantinedRows),
    provedRows: sum((table) => (table.equal ? table.targetRows : 0)),
    bytes: sum((table) => table.bytes),
    seconds: Math.max(0, (Date.parse(model.finishedAt) - Date.parse(model.startedAt)) / 1000),
  };
}
