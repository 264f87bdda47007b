/** FROM: tables and subqueries, joined from left to right as SQLite does, commas included. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { FromClause, JoinedSelectTable, SelectTable } from 'sqlite3-parser';
import { columnValue } from '../expression/column-value.ts';
import { compare } from '../expression/compare.ts';
import { asCondition } from '../expression/condition.ts';
import type { Context } from '../expression/context.ts';
import { translateNode } from '../expression/translate-node.ts';
import { Untranslatable } from '../expression/untranslatable.ts';
import { foldAscii } from '../parse/fold-ascii.ts';
import type { Select } from '../parse/sqlite-grammar.ts';
import type { Relation, ViewColumn, ViewTable, ViewTables } from './relation.ts';
import type { SelectScope } from './view-context.ts';

export interface FromTools {
  readonly tables: ViewTables;
  readonly scope: SelectScope;
  readonly context: Context;
  /** Translates a subquery, which sees nothing of the outer query. */
  readonly subquery: (select: Select) => { readonly sql: string; readonly columns: readonly ViewColumn[] };
}

const NATURAL = 4;
const LEFT = 8;
const RIGHT = 16;

export function translateFrom(from: FromClause, tools: FromTools): string {
  if (from.select === undefined) throw new Untranslatable('an empty FROM');
  let sql = relation(from.select, tools);
  for (const join of from.joins ?? []) sql = joined(sql, join, tools);
  return sql;
}

function joined(left: string, join: JoinedSelectTable, tools: FromTools): string {
  const type = join.operator.type === 'TypedJoinJoinOperator' ? (join.operator.joinType ?? 1) : 1;
  if ((type & NATURAL) !== 0) throw new Untranslatable('NATURAL JOIN');
  if ((type & RIGHT) !== 0) throw new Untranslatable('RIGHT or FULL JOIN');
  const earlier = tools.scope.relations.length;
  const right = relation(join.table, tools);
  const condition = joinCondition(join, earlier, tools);
  const outer = (type & LEFT) !== 0;
  if (condition === null) return outer ? `${left} LEFT JOIN ${right} ON TRUE` : `${left} CROSS JOIN ${right}`;
  return `${left} ${outer ? 'LEFT' : 'INNER'} JOIN ${right} ON ${condition}`;
}

function joinCondition(join: JoinedSelectTable, earlier: number, tools: FromTools): string | null {
  const { constraint } = join;
  if (constraint === undefined) return null;
  if (constraint.type === 'OnJoinConstraint') return asCondition(translateNode(constraint.expr, tools.context));
  return constraint.columns.map((c) => mergedColumn(c.text, earlier, tools)).join(' AND ');
}

/** A column of USING: equal on both sides, and from then on one column, the left one. */
function mergedColumn(name: string, earlier: number, tools: FromTools): string {
  const { relations } = tools.scope;
  const right = relations[earlier] as Relation;
  const find = (r: Relation): ViewColumn | undefined => r.columns.find((c) => foldAscii(c.name) === foldAscii(name));
  const left = relations.slice(0, earlier).find((r) => find(r) !== undefined && !r.merged.has(foldAscii(name)));
  if (left === undefined || find(right) === undefined || relations.length !== earlier + 1) throw new Untranslatable(`USING (${name})`);
  const value = (r: Relation) => columnValue((find(r) as ViewColumn).column, `${quoteIdentifier(r.alias)}.`);
  relations[earlier] = { ...right, merged: new Set([...right.merged, foldAscii(name)]) };
  return compare(value(left), '=', value(right), tools.context).sql;
}

function relation(table: SelectTable, tools: FromTools): string {
  switch (table.type) {
    case 'TableSelectTable': {
      const name = table.tblName.objName.text;
      const known = tools.tables.get(foldAscii(name));
      const database = table.tblName.dbName?.text;
      if (known === undefined || (database !== undefined && foldAscii(database) !== 'main')) throw new Untranslatable(`reads ${name}, which is not among the tables and views that were moved`);
      if (known.fidelity === 'approximated') tools.context.notes.add(`reads the view ${name}, which is approximated`);
      return named(table.alias?.name.text ?? name, known, known.target, tools);
    }
    case 'SelectSelectTable': {
      const { sql, columns } = tools.subquery(table.select);
      return named(table.alias?.name.text ?? `causeway_${tools.scope.relations.length + 1}`, { columns }, `(${sql})`, tools);
    }
    case 'SubSelectTable':
      if (table.alias !== undefined) throw new Untranslatable('a parenthesized join with an alias');
      // PostgreSQL takes parentheses around a join only.
      return (table.from.joins ?? []).length === 0 ? translateFrom(table.from, tools) : `(${translateFrom(table.from, tools)})`;
    default:
      throw new Untranslatable('a table-valued function');
  }
}

function named(alias: string, { columns, rowid, fulltext }: Pick<ViewTable, 'columns' | 'rowid' | 'fulltext'>, sql: string, tools: FromTools): string {
  if (tools.scope.relations.some((r) => foldAscii(r.alias) === foldAscii(alias))) throw new Untranslatable(`the name ${alias} stands twice in FROM`);
  tools.scope.relations.push({ alias, columns, merged: new Set(), ...(rowid === undefined ? {} : { rowid }), ...(fulltext === undefined ? {} : { fulltext }) });
  return `${sql} AS ${quoteIdentifier(alias)}`;
}
