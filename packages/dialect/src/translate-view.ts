/** Views: SELECTs of tables and earlier views, with joins, grouping, set operations and order. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import type { SortedColumn } from 'sqlite3-parser';
import { collated } from './expression/compare.ts';
import { translateNode } from './expression/translate-node.ts';
import { Untranslatable } from './expression/untranslatable.ts';
import { textValue, type Value } from './expression/value.ts';
import { needsDecision, type Translation } from './fidelity.ts';
import { foldAscii } from './parse/fold-ascii.ts';
import { type Expr, parseStatement, type Select } from './parse/sqlite-grammar.ts';
import { onlyBinary } from './view/aggregate.ts';
import type { OutputColumn } from './view/output-column.ts';
import type { ViewColumn, ViewTables } from './view/relation.ts';
import { type SelectCore, type SelectTools, translateCore } from './view/select-core.ts';

export type { ViewColumn, ViewTable, ViewTables } from './view/relation.ts';

/** `sql` is the query, to stand after `CREATE VIEW name AS`. */
export interface ViewTranslation extends Translation {
  /** For views that read this one; null without SQL. */
  readonly columns: readonly ViewColumn[] | null;
}

/** `tables` holds the moved tables and the views translated so far: translate views in the order of their making. */
export function translateView(sql: string, tables: ViewTables): ViewTranslation {
  const statement = parseStatement(sql);
  if ('unparsed' in statement) return undecided(`not understood: ${statement.unparsed}`);
  if (statement.type !== 'CreateViewStmt') return undecided(`not a CREATE VIEW but ${statement.type}`);
  const notes = new Set<string>();
  try {
    const names = statement.columns?.map((c) => c.colName.text) ?? null;
    const view = translateSelect(statement.select, names, { tables, source: sql, notes });
    return { fidelity: notes.size === 0 ? 'exact' : 'approximated', sql: view.sql, notes: [...notes], columns: view.columns };
  } catch (error) {
    if (error instanceof Untranslatable || error instanceof RangeError) return undecided(error.message);
    throw error;
  }
}

/** A SELECT by itself. `parameters` says what stands for each, by its name with its colon. */
export function translateQuery(sql: string, tables: ViewTables, parameters: ReadonlyMap<string, Value> = new Map()): ViewTranslation {
  const statement = parseStatement(sql);
  if ('unparsed' in statement) return undecided(`not understood: ${statement.unparsed}`);
  if (statement.type !== 'SelectStmt') return undecided(`not a SELECT but ${statement.type}`);
  const notes = new Set<string>();
  try {
    const query = translateSelect(statement.body, null, { tables, source: sql, notes, parameter: (name) => parameters.get(name) });
    return { fidelity: notes.size === 0 ? 'exact' : 'approximated', sql: query.sql, notes: [...notes], columns: query.columns };
  } catch (error) {
    if (error instanceof Untranslatable || error instanceof RangeError) return undecided(error.message);
    throw error;
  }
}

const undecided = (note: string): ViewTranslation => ({ ...needsDecision(note), columns: null });

type Tools = Omit<SelectTools, 'subquery'>;

function translateSelect(select: Select, names: readonly string[] | null, given: Tools): { readonly sql: string; readonly columns: readonly ViewColumn[] } {
  if (select.with !== undefined) throw new Untranslatable('a WITH clause');
  const tools: SelectTools = { ...given, subquery: (inner) => translateSelect(inner, null, given) };
  const [first, ...rest] = [select.select, ...(select.compounds ?? []).map((c) => c.select)].map((core) => {
    if (core.type !== 'SelectFrom') throw new Untranslatable('VALUES');
    return translateCore(core, names, tools);
  }) as [SelectCore, ...SelectCore[]];
  const operators = (select.compounds ?? []).map((c) => c.operator);
  const body = rest.reduce((sql, core, i) => combine(sql, operators[i] as string, first, core), first.sql);
  const wrapped = rest.length > 0 || first.distinct;
  const order = (select.orderBy ?? []).map((o) => orderTerm(o, first, wrapped, tools.notes));
  const limit = limitClause(select, tools.notes);
  const columns = first.outputs.map(({ name, column }) => ({ name, column }));
  const tail = `${order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`}${limit}`;
  if (tail === '' || !wrapped) return { sql: `${body}${tail}`, columns };
  return { sql: `SELECT ${columns.map((c) => quoteIdentifier(c.name)).join(', ')} FROM (${body}) AS "causeway_rows"${tail}`, columns };
}

const OPERATORS: Record<string, string> = { Union: 'UNION', UnionAll: 'UNION ALL', Except: 'EXCEPT', Intersect: 'INTERSECT' };

/** From left to right, which PostgreSQL does not do for INTERSECT by itself. */
function combine(sql: string, operator: string, first: SelectCore, next: SelectCore): string {
  if (first.outputs.length !== next.outputs.length) throw new Untranslatable('a set operation of different numbers of columns');
  for (const [i, a] of first.outputs.entries()) {
    const b = next.outputs[i] as OutputColumn;
    if (a.column.type !== b.column.type || a.value.kind !== b.value.kind) throw new Untranslatable(`a set operation of ${a.column.type} and ${b.column.type}`);
    if (operator !== 'UnionAll') for (const o of [a, b]) onlyBinary(o.value, OPERATORS[operator] as string);
    if (operator !== 'UnionAll' && a.value.kind === 'opaque') throw new Untranslatable(`${OPERATORS[operator]} of columns that became ${a.column.type}`);
  }
  return `(${sql}) ${OPERATORS[operator]} (${next.sql})`;
}

/** NULLs come first upwards and last downwards in SQLite, and text by its bytes. */
function orderTerm(term: SortedColumn, core: SelectCore, onlyOutputs: boolean, notes: Set<string>): string {
  const found = outputOf(term.expr, core.outputs);
  if (found === null && onlyOutputs) throw new Untranslatable('ORDER BY something else than a column of the result');
  const value = found === null ? orderValue(term.expr, core) : found.value;
  const sql = found !== null && onlyOutputs ? quoteIdentifier(found.name) : (value.raw ?? value.sql);
  if (value.kind === 'opaque' && value.column?.canonical !== true) notes.add('ORDER BY meaning, where SQLite compares the stored text');
  const key = value.kind === 'text' ? `${collated(textValue(sql), value.collation?.name ?? 'BINARY')} COLLATE "C"` : sql;
  const down = term.order === 'Desc';
  const first = term.nulls === undefined ? !down : term.nulls === 'First';
  // Where there is no NULL its place is left unsaid: an index then answers in this order.
  if (value.column?.notNull === true && !core.sql.includes(' LEFT JOIN ')) return `${key}${down ? ' DESC' : ''}`;
  return `${key}${down ? ' DESC' : ''} NULLS ${first ? 'FIRST' : 'LAST'}`;
}

function orderValue(expr: Expr, core: SelectCore): Value {
  const value = translateNode(expr, core.context);
  const ungrouped = core.ungrouped();
  if (ungrouped !== undefined) throw new Untranslatable(`ORDER BY ${ungrouped}, which is neither grouped nor aggregated`);
  if (value.constant !== undefined || value.kind === 'null') throw new Untranslatable('ORDER BY a constant');
  return value;
}

function outputOf(expr: Expr, outputs: readonly OutputColumn[]): OutputColumn | null {
  if (expr.type === 'NumericLiteral') {
    const found = outputs[Number(expr.value) - 1];
    if (found === undefined) throw new Untranslatable('ORDER BY a position that is not there');
    return found;
  }
  if (expr.type !== 'Id') return null;
  const name = foldAscii(expr.name);
  return outputs.find((o) => o.alias !== null && foldAscii(o.alias) === name) ?? outputs.find((o) => foldAscii(o.name) === name) ?? null;
}

function limitClause(select: Select, notes: Set<string>): string {
  const { limit } = select;
  if (limit === undefined) return '';
  const number = (e: Expr): string => {
    if (e.type === 'NumericLiteral' && /^\d{1,9}$/.test(e.value)) return e.value;
    throw new Untranslatable('LIMIT with something else than a number');
  };
  notes.add('which rows LIMIT keeps is not defined where the ORDER BY does not tell them apart');
  return ` LIMIT ${number(limit.expr)}${limit.offset === undefined ? '' : ` OFFSET ${number(limit.offset)}`}`;
}
