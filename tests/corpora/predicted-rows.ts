/** The rows that an assessment predicts for the quarantine, and those that a migration has put there, in one comparable form. */
import { readFileSync } from 'node:fs';
import { exactCellJson } from '@causeway/contracts/source-value';
import { assessSource } from '@causeway/control/assess/assess-source';
import type { Assessment } from '@causeway/control/assess/assessment';
import type { PlanDocument } from '@causeway/control/plan/plan-document';
import { openSource, sourceFailure } from '@causeway/runtime/sqlite/open-source';
import { prepareSource } from '@causeway/runtime/sqlite/prepare-source';

export interface Predicted {
  readonly assessment: Assessment;
  readonly rows: readonly string[];
}

export async function predictedRows(file: string, workFolder: string, given?: PlanDocument): Promise<Predicted> {
  const prepared = await prepareSource(file, workFolder, { forceCopy: false });
  const db = openSource(prepared.readPath);
  const rows: string[] = [];
  try {
    const assessment = assessSource(db, {
      file: prepared.readPath,
      bytes: prepared.bytes,
      names: 'exact',
      targetSchema: 'public',
      ...(given === undefined ? {} : { given }),
      onRefused: (table, row) => rows.push(line({ table, key: Object.fromEntries(row.key.map((cell) => [cell.name, exactCellJson(cell)])), column: row.column, code: row.code })),
    });
    return { assessment, rows: rows.sort() };
  } catch (error) {
    // As the command tells it.
    throw sourceFailure(file, error);
  } finally {
    db.close();
  }
}

/** Of `--quarantine-out`. */
export function quarantinedRows(out: string): string[] {
  const lines = readFileSync(out, 'utf8').split('\n').filter((text) => text !== '');
  return lines.map((text) => line(JSON.parse(text))).sort();
}

function line(row: { table: string; key: object; column: string; code: string }): string {
  const key = Object.fromEntries(Object.entries(row.key).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify([row.table, key, row.column, row.code]).replaceAll('\\u0000', '\\\\0');
}
