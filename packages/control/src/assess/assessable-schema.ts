/** Leaves out of a schema what no plan can be made for, and says why: the rest is assessed all the same. */
import { Failure } from '@causeway/contracts/failures';
import { ownCollation } from '../plan/own-collation.ts';
import type { SourceSchema, SourceTable } from '../plan/source-schema.ts';
import { type NameStyle, targetNames } from '../plan/target-names.ts';
import type { Finding } from './assessment.ts';
import { finding } from './checks/check-input.ts';

const MAX_COLUMNS = 1_600;

/** `skipped`: tables that a reviewed plan leaves behind; what would hinder them hinders nothing. */
export function assessableSchema(schema: SourceSchema, style: NameStyle, skipped: ReadonlySet<string> = new Set()): { schema: SourceSchema; findings: Finding[] } {
  const findings: Finding[] = [];
  const kept: SourceTable[] = [];
  // Looking for the one that collides takes a look at all names for each: only where there is one.
  const collides = nameProblem(schema.tables, style) !== null;
  for (const table of schema.tables) {
    const problem = columnProblem(table, style) ?? (collides ? nameProblem([...kept, table], style) : null);
    if (problem === null) kept.push(table);
    else if (!skipped.has(table.name)) findings.push(problem);
  }
  return { schema: { ...schema, tables: kept }, findings };
}

function columnProblem(table: SourceTable, style: NameStyle): Finding | null {
  if (table.columns.length > MAX_COLUMNS) return finding({ check: 'too-many-columns', severity: 'blocker', table: table.name, count: table.columns.length, detail: `${table.columns.length} columns` });
  const collation = ownCollation(table);
  if (collation?.unreadable === true) return finding({ check: 'collation-own', severity: 'blocker', table: table.name, detail: `no rowid, and an index that is sorted by ${JSON.stringify(collation.name)}: no other library can read it` });
  return collision(table.columns.map((c) => c.name), style, 'column', `columns of ${JSON.stringify(table.name)}`, table.name);
}

const nameProblem = (tables: readonly SourceTable[], style: NameStyle): Finding | null => collision(tables.map((t) => t.name), style, 'table', 'tables', tables.at(-1)?.name ?? '');

function collision(names: readonly string[], style: NameStyle, kind: 'table' | 'column', where: string, table: string): Finding | null {
  try {
    targetNames(names, style, kind, where);
    return null;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return finding({ check: 'name-collision', severity: 'blocker', table, detail: error.message });
  }
}
