/** Every database of the hostile catalogue, with the outcome that it states; none may lose, double or change a row. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Bench, openBench, type Outcome } from '@causeway/testkit/causeway-command';
import type { HostileDatabase } from '@causeway/testkit/databases/hostile-database';
import { hostileDatabases } from '@causeway/testkit/databases/hostile-databases';
import pg from 'pg';
import { type Predicted, predictedRows, quarantinedRows } from '../corpora/predicted-rows.ts';

/** What a row becomes does not depend on the way that it travels: most go by the embedded log, which needs less of the machine. */
const KAFKA_EVERY = 4;

test.concurrent.each(hostileDatabases.map((database, i): [string, string, HostileDatabase, string] => [database.name, database.title, database, i % KAFKA_EVERY === 0 ? 'kafka' : 'embedded']))(
  '%s: %s',
  async (_name, _title, database, transport) => {
    const bench = await openBench('hostile');
    const folder = join(bench.folder, 'source');
    mkdirSync(folder);
    const file = join(folder, database.fileName ?? `${database.name}.sqlite`);
    try {
      database.make(file);
      const predicted = await predictedRows(file, join(bench.folder, 'assess')).catch((error: Error) => error);
      const out = join(bench.folder, 'q.jsonl');
      const result = await bench.run(['migrate', file, '--json', '--name', 'hostile', '--transport', transport, '--no-backup', '--quarantine-out', out]);
      if (result.outcome.verdict === 'failed') {
        await expectRefusal(bench, database, result.outcome, result.code);
        expectForeseen(predicted, result.outcome);
        return;
      }
      expectAccounted(database, result.outcome, out);
      // What is told before it starts is what comes, row by row.
      expect(predicted).not.toBeInstanceOf(Error);
      expect(quarantinedRows(out)).toEqual((predicted as Predicted).rows);
    } finally {
      database.unlock?.(file);
      await bench.close();
    }
  },
  180_000,
);

async function expectRefusal(bench: Bench, database: HostileDatabase, outcome: Outcome, code: number | null): Promise<void> {
  if (!database.expect.outcome.includes('refused')) throw new Error(`it was not to fail: ${outcome.code} ${outcome.message}`);
  expect(code).toBe(3);
  if (database.expect.failure !== undefined) expect(outcome.code).toBe(database.expect.failure);
  const client = new pg.Client({ connectionString: bench.database.url });
  await client.connect();
  const left = await client.query("select tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema', 'causeway')");
  await client.end();
  expect(left.rows).toEqual([]);
}

/** An assessment of what a migration refuses is refused alike, or names the blocker. */
function expectForeseen(predicted: Predicted | Error, outcome: Outcome): void {
  if (predicted instanceof Error) expect(predicted).toMatchObject({ code: outcome.code });
  else expect(predicted.assessment.verdict).toBe('blocked');
}

/** Every row of the source is equal in the target or in the quarantine, in the numbers that the catalogue states. */
function expectAccounted(database: HostileDatabase, outcome: Outcome, out: string): void {
  const { expect: wanted } = database;
  expect(wanted.outcome).not.toBe('refused');
  expect(outcome.tables.filter((t) => !t.equal)).toEqual([]);
  const rows = Object.fromEntries(outcome.tables.map((t) => [t.source, t.sourceRows]));
  for (const [table, count] of Object.entries(wanted.rows)) expect([table, rows[table]]).toEqual([table, count]);
  const quarantined = Object.fromEntries(outcome.tables.filter((t) => t.quarantinedRows > 0).map((t) => [t.source, t.quarantinedRows]));
  if (wanted.outcome === 'equal') expect(quarantined).toEqual({});
  else if (wanted.outcome === 'quarantine') expect(quarantined).toEqual(wanted.quarantined ?? {});
  else for (const [table, count] of Object.entries(quarantined)) expect(count).toBeLessThanOrEqual(wanted.quarantined?.[table] ?? 0);
  const lines = readFileSync(out, 'utf8').split('\n').filter((line) => line !== '');
  expect(lines).toHaveLength(Object.values(quarantined).reduce((sum, n) => sum + n, 0));
  for (const line of lines) expect(Object.keys(JSON.parse(line))).toEqual(['table', 'key', 'column', 'code', 'reason', 'values']);
}
