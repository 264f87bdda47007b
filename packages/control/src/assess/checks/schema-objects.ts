/** Objects of the schema that do not arrive as they are: what the plan says of each. */
import type { CheckId, Severity } from '@causeway/contracts/assess-checks';
import type { PlanObject } from '../../plan/plan-document.ts';
import type { Finding } from '../assessment.ts';
import { type CheckInput, finding } from './check-input.ts';

const BY_KIND: Readonly<Record<string, CheckId>> = { view: 'view', trigger: 'trigger', check: 'check-constraint', index: 'index', unique: 'index', default: 'default', generated_column: 'generated-column', virtual_table: 'virtual-table', shadow_table: 'virtual-table' };

export function* schemaObjects(input: CheckInput): Generator<Finding> {
  // A virtual table brings up to five others along: they are told with it.
  for (const object of input.plan.objects) {
    const check = BY_KIND[object.kind];
    if (check === undefined || object.kind === 'shadow_table' || object.fidelity === 'exact') continue;
    const ofTable = object.kind !== 'view' && object.kind !== 'virtual_table';
    yield finding({ check, severity: severityOf(object), table: ofTable ? object.table : object.name, column: columnOf(object), detail: `${object.name}${object.notes.length > 0 ? `: ${object.notes.join('; ')}` : ''}` });
  }
  for (const { source } of input.tables) yield* ofTable(source);
}

const columnOf = (object: PlanObject): string | null => (object.kind === 'default' || object.kind === 'generated_column' ? object.name : null);

function severityOf(object: PlanObject): Severity {
  if (object.fidelity === 'needs_decision') return 'decision';
  return object.fidelity === 'not_moved' ? 'notice' : 'info';
}

function* ofTable(source: CheckInput['tables'][number]['source']): Generator<Finding> {
  const at = { table: source.name };
  if (source.fts !== null) yield finding({ ...at, check: 'full-text', severity: 'notice', detail: source.fts === 'rtree' ? 'an R*Tree' : `${source.fts} table with its own text` });
  if (source.withoutRowid) yield finding({ ...at, check: 'without-rowid', severity: 'info', detail: 'read by its primary key' });
  if (source.strict) yield finding({ ...at, check: 'strict', severity: 'info', detail: 'its values have their declared types' });
  if (source.autoincrement) yield finding({ ...at, check: 'autoincrement', severity: 'info', detail: `numbers go on behind ${source.sequence ?? 0}` });
  const clauses = [...source.sql.matchAll(/\bon\s+conflict\s+(rollback|abort|fail|ignore|replace)\b/gi)].map((m) => m[1]?.toUpperCase() ?? '');
  if (clauses.length > 0) yield finding({ ...at, check: 'conflict-clause', severity: 'notice', count: clauses.length, detail: `ON CONFLICT ${[...new Set(clauses)].join(', ')}` });
}
