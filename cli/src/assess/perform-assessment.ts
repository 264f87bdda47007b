/** Opens the source and assesses it, in whatever thread this is called. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { exactCellJson } from '@causeway/contracts/source-value';
import { assessSource } from '@causeway/control/assess/assess-source';
import type { Assessment } from '@causeway/control/assess/assessment';
import { discoverSchema } from '@causeway/control/plan/discover-schema';
import { ownCollation } from '@causeway/control/plan/own-collation';
import { openSource, sourceFailure } from '@causeway/runtime/sqlite/open-source';
import { estimateTables } from '@causeway/control/plan/estimate-rows';
import { DEFAULT_SCHEMA, givenPlan } from '../migrate/migration-plan.ts';
import type { AssessMessage, AssessStart } from './assess-messages.ts';

export function performAssessment(start: AssessStart, say: (message: AssessMessage) => void): Assessment {
  const given = givenPlan({ planFile: start.planFile, targetSchema: start.targetSchema });
  const out = start.rowsFile === undefined ? null : openSync(start.rowsFile, 'w', 0o600);
  const db = openSource(start.file);
  try {
    const tables = discoverSchema(db).tables.filter((t) => ownCollation(t)?.unreadable !== true).map((t) => ({ source: t.name, order: t.withoutRowid ? ({ kind: 'primary', columns: [] } as const) : ({ kind: 'rowid', alias: t.rowidAlias } as const) }));
    say({ kind: 'tables', tables: estimateTables(start.file, tables) });
    return assessSource(db, {
      file: start.source,
      bytes: start.bytes,
      names: start.names,
      targetSchema: start.targetSchema ?? DEFAULT_SCHEMA,
      ...(given === null ? {} : { given }),
      onRows: (table, rows) => say({ kind: 'rows', table, rows }),
      ...(out === null ? {} : { onRefused: (table, row) => void writeSync(out, `${JSON.stringify({ table, key: Object.fromEntries(row.key.map((cell) => [cell.name, exactCellJson(cell)])), column: row.column, code: row.code, reason: row.reason })}\n`) }),
    });
  } catch (error) {
    throw sourceFailure(start.source, error);
  } finally {
    db.close();
    if (out !== null) closeSync(out);
  }
}
