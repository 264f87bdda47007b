/** Generated columns: their values arrive as they are, and a trigger computes what the application writes from the switch on. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { findColumn, type ScopeColumn } from '@causeway/dialect/column-scope';
import { foldAscii } from '@causeway/dialect/parse/fold-ascii';
import type { ParsedExpression } from '@causeway/dialect/parse/parsed-expression';
import { generatedProof } from '@causeway/dialect/proof-query';
import { type GeneratedTranslation, translateGenerated } from '@causeway/dialect/translate-expression';
import { computedColumnSql, computedTriggerName } from '../../target/computed-column.ts';
import type { PlanObject } from '../plan-document.ts';
import type { TableScope } from './table-scope.ts';

interface Generated {
  readonly name: string;
  readonly target: ScopeColumn;
  readonly expression: ParsedExpression | null;
  /** Null: the text of CREATE TABLE was not understood. */
  readonly translation: GeneratedTranslation | null;
}

/** In an order in which each comes after those that it reads. */
export function generatedObjects(table: TableScope): PlanObject[] {
  const all = new Map(generatedColumns(table).map((column) => [column.target.target, column]));
  const depths = new Map([...all.values()].map((column) => [column, depthOf(column, all)]));
  return [...depths].toSorted(([, a], [, b]) => (a ?? -1) - (b ?? -1)).map(([column, depth]) => objectOf(table, column, depth, all));
}

function generatedColumns(table: TableScope): Generated[] {
  return table.source.columns.flatMap((column) => {
    const target = findColumn(table.scope, column.name);
    if (target === undefined || column.generated === 'no') return [];
    const expression = table.parsed?.columns.get(foldAscii(column.name))?.generated?.expression ?? null;
    return [{ name: column.name, target, expression, translation: expression === null ? null : translateGenerated(expression, table.scope, target) }];
  });
}

/** Null where it, or one that it reads, has no translation. SQLite allows no cycles. */
function depthOf({ translation }: Generated, all: ReadonlyMap<string, Generated>): number | null {
  if (translation === null || translation.sql === null) return null;
  const read = translation.reads.map((column) => depthOf(all.get(column.target) as Generated, all));
  return read.includes(null) ? null : Math.max(-1, ...(read as number[])) + 1;
}

function objectOf(table: TableScope, generated: Generated, depth: number | null, all: ReadonlyMap<string, Generated>): PlanObject {
  const { name, target, expression, translation } = generated;
  const told = { kind: 'generated_column', name, table: table.source.name, source: expression === null ? table.source.sql : `GENERATED ALWAYS AS (${expression.text})` };
  if (translation === null || expression === null || depth === null) return { ...told, fidelity: 'needs_decision', target: null, stage: 'none', notes: [...reasons(translation), 'nothing computes it in PostgreSQL: rows that are written there have the value that they bring'] };
  const proof = generatedProof(translation, { sqlite: quoteIdentifier(table.source.name), postgres: table.target }, quoteIdentifier(target.target), keyOf(table));
  return {
    ...told,
    fidelity: translation.fidelity,
    target: computedColumnSql({
      schema: table.targetSchema,
      table: table.plan.target,
      column: target.target,
      notNull: table.source.columns.find((column) => column.name === name)?.notNull ?? false,
      sql: translateGenerated(expression, table.scope, target, 'NEW.').sql as string,
      depth,
      after: translation.reads.map((column) => computedTriggerName({ column: column.target, depth: depthOf(all.get(column.target) as Generated, all) as number })),
    }),
    stage: 'create',
    notes: ['a trigger computes it', ...translation.notes],
    ...(proof === null ? {} : { proof: { ...proof } }),
  };
}

function reasons(translation: GeneratedTranslation | null): readonly string[] {
  if (translation === null) return ['the text of CREATE TABLE was not understood'];
  return translation.sql === null ? translation.notes : ['it reads a generated column that has no translation'];
}

function keyOf(table: TableScope): string[] {
  const key = table.source.columns.filter((column) => column.keyPosition > 0).toSorted((a, b) => a.keyPosition - b.keyPosition);
  return key.flatMap((column) => findColumn(table.scope, column.name) ?? []).map((column) => quoteIdentifier(column.target));
}
