/** Progress of each table and when it will be loaded, from the ledger in the target; asked for only while the snapshot is being loaded. */
import type { TableContract } from '@causeway/contracts/table-contract';
import { estimateTables } from '@causeway/control/plan/estimate-rows';
import { atLeast, type MigrationRecord, readMigration } from '@causeway/control/record/migration-record';
import { readContracts, readProgress } from '@causeway/control/record/table-record';
import type { MetricSet } from '@causeway/runtime/observe/metric-set';
import type pg from 'pg';
import { TableEta } from './table-eta.ts';

export function measureTables(metrics: MetricSet, pool: pg.Pool, record: MigrationRecord, sourceFile: string): void {
  const expected = metrics.gauge('extractor_table_expected_rows');
  const loaded = metrics.gauge('extractor_table_loaded_rows');
  const eta = metrics.gauge('extractor_table_eta_seconds');
  const g = { migration: record.id, generation: record.generation };
  const etas = new Map<number, TableEta>();
  let names: ReadonlyMap<number, { name: string; rows: number }> | undefined;
  let over = false;
  const look = async (): Promise<void> => {
    names ??= estimates(await readContracts(pool, g), sourceFile);
    // Before the progress, which is then the last one that can be.
    const whole = atLeast((await readMigration(pool, g.migration)).phase, 'loaded');
    for (const { table, rows, rejected } of await readProgress(pool, g)) {
      const known = names.get(table);
      if (known === undefined) continue;
      const done = Number(rows + rejected);
      const label = { table: known.name };
      const of = etas.get(table) ?? new TableEta();
      etas.set(table, of.at(performance.now(), done));
      expected.set(label, whole ? done : Math.max(done, known.rows));
      loaded.set(label, done);
      eta.set(label, whole ? 0 : of.seconds(known.rows));
    }
    over = whole;
  };
  metrics.onScrape(async () => {
    // A target that does not answer is told elsewhere.
    if (!over) await look().catch(() => {});
  });
}

function estimates(contracts: readonly TableContract[], sourceFile: string): Map<number, { name: string; rows: number }> {
  const sizes = new Map(estimateTables(sourceFile, contracts).map(({ name, rows }) => [name, rows]));
  return new Map(contracts.map((c) => [c.table, { name: c.target, rows: sizes.get(c.source) ?? 0 }]));
}
