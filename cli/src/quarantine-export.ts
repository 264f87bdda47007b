/** Quarantined rows as JSON lines, names as in the source (docs/machine-interface.md). */
import { writeFileSync } from 'node:fs';
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import { readQuarantine } from '@causeway/control/record/quarantine-record';
import { readContracts } from '@causeway/control/record/table-record';
import type pg from 'pg';

export async function* quarantineLines(pool: pg.Pool, record: MigrationRecord): AsyncGenerator<string> {
  const g = { migration: record.id, generation: record.generation };
  for (const contract of await readContracts(pool, g)) {
    for (const row of await readQuarantine(pool, g, contract.table)) {
      yield JSON.stringify({ table: contract.source, key: row.key, column: row.column, code: row.code, reason: row.reason, values: row.cells ?? {} });
    }
  }
}

/** Writes all lines to a file; the file is made even if there is none, so that its absence is never mistaken. */
export async function exportQuarantine(pool: pg.Pool, record: MigrationRecord, file: string): Promise<number> {
  const lines: string[] = [];
  for await (const line of quarantineLines(pool, record)) lines.push(`${line}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return lines.length;
}
