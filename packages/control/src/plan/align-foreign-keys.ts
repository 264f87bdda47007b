/**
 * A foreign key needs the same type on both ends, and SQLite never asked for it. Where the plan gave the two ends
 * different types, both go back to one that holds either.
 */
import type { PlanTable } from './plan-document.ts';
import type { SourceSchema } from './source-schema.ts';

type PlanColumn = PlanTable['columns'][number];

/** Types that PostgreSQL compares with each other in a foreign key. */
const FAMILY: Record<string, string> = { bigint: 'number', integer: 'number', smallint: 'number', numeric: 'number', text: 'text', 'double precision': 'number' };

function family(type: string): string {
  if (type.startsWith('character varying')) return 'text';
  if (type.startsWith('numeric')) return 'number';
  return FAMILY[type] ?? type;
}

export function alignForeignKeyTypes(schema: SourceSchema, tables: readonly PlanTable[]): PlanTable[] {
  const out = tables.map((t) => ({ ...t, columns: t.columns.map((c) => ({ ...c })) }));
  const column = (table: string, name: string | null): PlanColumn | undefined =>
    out.find((t) => t.name.toLowerCase() === table.toLowerCase())?.columns.find((c) => c.name.toLowerCase() === name?.toLowerCase());
  // A change on one key may disturb another one that shares a column; types only move towards text, so this ends.
  for (let changed = true; changed; ) {
    changed = false;
    for (const table of schema.tables) {
      for (const key of table.foreignKeys) {
        key.columns.forEach((name, i) => {
          const child = column(table.name, name);
          const parent = column(key.parent, key.parentColumns[i] ?? null);
          if (child !== undefined && parent !== undefined && alignPair(child, parent)) changed = true;
        });
      }
    }
  }
  return out;
}

function alignPair(child: PlanColumn, parent: PlanColumn): boolean {
  if (family(child.type) === family(parent.type)) return false;
  // Only uuid and inet were chosen from text by its looks; they can go back to it.
  let changed = false;
  for (const side of [child, parent]) {
    if (side.type !== 'uuid' && side.type !== 'inet') continue;
    side.type = 'text';
    side.evidence += '; kept as text because the other end of a foreign key is not of this type';
    changed = true;
  }
  return changed;
}
