/** One SELECT … FROM … WHERE … GROUP BY … HAVING. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { ResultColumn, SelectFrom } from 'sqlite3-parser';
import { columnValue } from '../expression/column-value.ts';
import { asCondition } from '../expression/condition.ts';
import type { Context } from '../expression/context.ts';
import { translateNode } from '../expression/translate-node.ts';
import { Untranslatable } from '../expression/untranslatable.ts';
import type { Value } from '../expression/value.ts';
import { foldAscii } from '../parse/fold-ascii.ts';
import type { Expr, Select } from '../parse/sqlite-grammar.ts';
import { onlyBinary } from './aggregate.ts';
import { translateFrom } from './from-clause.ts';
import { distinctNames, type OutputColumn, outputColumn, selectList } from './output-column.ts';
import { readSearches } from './fulltext-scope.ts';
import type { Relation, ViewColumn, ViewTables } from './relation.ts';
import { type SelectScope, selectScope, viewContext } from './view-context.ts';

export interface SelectTools {
  readonly tables: ViewTables;
  readonly source: string;
  readonly notes: Set<string>;
  readonly parameter?: Context['parameter'];
  readonly subquery: (select: Select) => { readonly sql: string; readonly columns: readonly ViewColumn[] };
}

export interface SelectCore {
  readonly sql: string;
  readonly outputs: readonly OutputColumn[];
  readonly context: Context;
  readonly distinct: boolean;
  /** Of the columns that a further expression has read: one that the grouping does not determine. */
  readonly ungrouped: () => string | undefined;
}

export function translateCore(core: SelectFrom, names: readonly string[] | null, tools: SelectTools): SelectCore {
  if (core.windowClause !== undefined) throw new Untranslatable('a WINDOW clause');
  const scope = selectScope();
  const context = viewContext(scope, tools.source, tools.notes, tools.parameter);
  const from = core.from === undefined ? null : translateFrom(core.from, { ...tools, scope, context });
  readSearches(core.whereClause, scope);
  const distinct = core.distinctness === 'Distinct';
  scope.bare.clear();
  const outputs = distinctNames(core.columns.flatMap((c) => results(c, scope, context)), names);
  const bareOfOutputs = new Set(scope.bare);
  for (const o of outputs) if (o.alias !== null && !scope.aliases.has(foldAscii(o.alias))) scope.aliases.set(foldAscii(o.alias), o.value);
  const where = core.whereClause === undefined ? null : whereCondition(core.whereClause, scope, context);
  const groups = (core.groupBy ?? []).map((g) => groupKey(g, outputs, context, tools.notes));
  scope.bare.clear();
  const having = core.having === undefined ? null : asCondition(translateNode(core.having, context));
  const grouped = core.groupBy !== undefined || scope.state.aggregates > 0;
  if (grouped) checkGrouping(outputs, new Set([...bareOfOutputs, ...scope.bare]), groups);
  if (distinct) for (const o of outputs) groupable(o.value, 'DISTINCT', tools.notes);
  const clauses = [
    `SELECT ${distinct ? 'DISTINCT ' : ''}${selectList(outputs)}`,
    from === null ? null : `FROM ${from}`,
    where === null ? null : `WHERE ${where}`,
    groups.length === 0 ? null : `GROUP BY ${groups.map((g) => g.raw ?? g.sql).join(', ')}`,
    having === null ? null : `HAVING ${having}`,
  ];
  scope.bare.clear();
  const ungrouped = (): string | undefined => (grouped ? [...scope.bare].find((b) => groups.every((g) => g.raw !== b)) : undefined);
  return { sql: clauses.filter((c) => c !== null).join(' '), outputs, context, distinct, ungrouped };
}

function whereCondition(where: Expr, scope: SelectScope, context: Context): string {
  const before = scope.state.aggregates;
  const sql = asCondition(translateNode(where, context));
  if (scope.state.aggregates !== before) throw new Untranslatable('an aggregate in WHERE');
  return sql;
}

function results(result: ResultColumn, scope: SelectScope, context: Context): readonly OutputColumn[] {
  if (result.type === 'StarResultColumn') return scope.relations.flatMap((r) => allColumns(r, true, scope));
  if (result.type === 'TableStarResultColumn') {
    const relation = scope.relations.find((r) => foldAscii(r.alias) === foldAscii(result.table.text));
    if (relation === undefined) throw new Untranslatable(`there is no table ${result.table.text}`);
    return allColumns(relation, false, scope);
  }
  const value = translateNode(result.expr, context);
  const alias = result.alias?.name.text ?? null;
  const { offset, length } = result.expr.span;
  const verbatim = context.source.slice(offset, offset + length);
  // Without an alias SQLite names a column by its name and an expression by its text.
  return [outputColumn(alias ?? plainName(result.expr, value) ?? verbatim, alias, value)];
}

function plainName(expr: Expr, value: Value): string | null {
  if (expr.type === 'ParenthesizedExpr' && expr.exprs.length === 1) return plainName(expr.exprs[0] as Expr, value);
  return (expr.type === 'Id' || expr.type === 'NameExpr' || expr.type === 'QualifiedExpr') && value.column !== undefined ? value.column.target : null;
}

function allColumns(relation: Relation, merged: boolean, scope: SelectScope): readonly OutputColumn[] {
  return relation.columns
    .filter((c) => !merged || !relation.merged.has(foldAscii(c.name)))
    .map((c) => {
      const value = columnValue(c.column, `${quoteIdentifier(relation.alias)}.`);
      if (value.raw !== undefined) scope.bare.add(value.raw);
      return outputColumn(c.column.target, null, value);
    });
}

/** A number is a position, an alias its expression. */
function groupKey(expr: Expr, outputs: readonly OutputColumn[], context: Context, notes: Set<string>): Value {
  const position = expr.type === 'NumericLiteral' ? outputs[Number(expr.value) - 1] : undefined;
  if (expr.type === 'NumericLiteral' && position === undefined) throw new Untranslatable('GROUP BY a constant');
  const value = position?.value ?? translateNode(expr, context);
  if (value.constant !== undefined || value.kind === 'null') throw new Untranslatable('GROUP BY a constant');
  groupable(value, 'GROUP BY', notes);
  return value;
}

function groupable(value: Value, what: string, notes: Set<string>): void {
  onlyBinary(value, what);
  if (value.kind === 'opaque' && value.column?.canonical !== true) notes.add(`${what} by meaning, where SQLite compares the stored text`);
}

/** SQLite takes a column that is neither grouped nor aggregated from some row of the group; PostgreSQL refuses it. */
function checkGrouping(outputs: readonly OutputColumn[], bare: ReadonlySet<string>, groups: readonly Value[]): void {
  const names = new Set(groups.map((g) => g.raw).filter((n) => n !== undefined));
  const computed = groups.some((g) => g.raw === undefined);
  const loose = [...bare].filter((b) => !names.has(b));
  if (loose.length === 0) return;
  const covered = computed && outputs.every((o) => groups.some((g) => g.sql === o.value.sql) || loose.every((b) => !o.value.sql.includes(b)));
  if (!covered) throw new Untranslatable(`the column ${loose[0]} is neither grouped nor aggregated`);
}
