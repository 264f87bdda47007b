/** Writes a finished verification into the control record, where the command reads it. */
import type { Generation } from '@causeway/control/record/table-record';
import { storedName } from '@causeway/control/record/quarantine-record';
import type pg from 'pg';
import { keyParts } from './key-parts.ts';
import type { TableVerification } from './table-verification.ts';
import type { ProofVerdict } from './verdict.ts';

export async function storeVerification(pool: pg.Pool, g: Generation, verdict: ProofVerdict, tables: readonly TableVerification[], seconds: number): Promise<void> {
  await pool.query('INSERT INTO causeway.verification (migration, generation, verdict, tables, seconds) VALUES ($1, $2, $3, $4, $5)', [
    g.migration,
    g.generation,
    verdict,
    JSON.stringify(tables.map(stored)),
    seconds,
  ]);
}

function stored(table: TableVerification): unknown {
  return {
    ...table,
    source: storedName(table.source),
    target: storedName(table.target),
    explained: table.explained.map((e) => ({ ...e, column: storedName(e.column) })),
    differences: table.differences.map((difference) => ({ kind: difference.kind, key: keyParts(difference.key), columns: difference.columns.map(storedName) })),
  };
}
