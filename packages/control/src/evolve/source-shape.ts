/** How the captured tables look, kept in the source with the capture: what a later look is compared with. */
import type { SourceSchema, SourceTable } from '../plan/source-schema.ts';

/** Name → declared type, in the order of the columns. */
export type SourceShape = Readonly<Record<string, readonly (readonly [name: string, declared: string])[]>>;

export function shapeOf(schema: SourceSchema): SourceShape {
  return Object.fromEntries(schema.tables.map((table) => [table.name, columnsOf(table)]));
}

export function columnsOf(table: SourceTable): (readonly [string, string])[] {
  return table.columns.map((column) => [column.name, column.declared] as const);
}

/** Null where the capture was installed by a causeway that kept none. */
export function parseShape(text: unknown): SourceShape | null {
  return typeof text === 'string' ? (JSON.parse(text) as SourceShape) : null;
}
