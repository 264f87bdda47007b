/** What only the text of CREATE TABLE tells and the pragmas do not. */
import type { ColumnConstraint, ColumnDefinition, DeferSubclause, ForeignKeyClause, NamedTableConstraint, ResolveType } from 'sqlite3-parser';
import { foldAscii } from './fold-ascii.ts';
import { type ParsedExpression, parsedExpression } from './parsed-expression.ts';
import { parseStatement, type Unparsed } from './sqlite-grammar.ts';

export type ConflictAction = Lowercase<ResolveType>;

export interface ParsedCheck {
  readonly name: string | null;
  /** Source name of the column that carries it; null for a table constraint. */
  readonly column: string | null;
  readonly expression: ParsedExpression;
}

export interface ParsedForeignKey {
  readonly name: string | null;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  /** DEFERRABLE INITIALLY DEFERRED is the only form that SQLite defers. */
  readonly initiallyDeferred: boolean;
}

export interface ParsedKey {
  readonly kind: 'primary_key' | 'unique';
  readonly name: string | null;
  /** Column names; an expression's text is kept verbatim (SQLite allows none here today). */
  readonly columns: readonly string[];
  readonly onConflict: ConflictAction | null;
}

export interface ParsedColumn {
  readonly name: string;
  readonly collation: string | null;
  readonly default: ParsedExpression | null;
  readonly generated: { readonly expression: ParsedExpression; readonly stored: boolean } | null;
  readonly notNullOnConflict: ConflictAction | null;
  readonly autoincrement: boolean;
}

export interface ParsedTable {
  readonly name: string;
  /** In the order of the text; key: name with ASCII letters in lower case. */
  readonly columns: ReadonlyMap<string, ParsedColumn>;
  readonly checks: readonly ParsedCheck[];
  readonly keys: readonly ParsedKey[];
  readonly foreignKeys: readonly ParsedForeignKey[];
  readonly autoincrement: boolean;
}

interface Found {
  readonly source: string;
  readonly checks: ParsedCheck[];
  readonly keys: ParsedKey[];
  readonly foreignKeys: ParsedForeignKey[];
  autoincrement: boolean;
}

export function parseCreateTable(sql: string): ParsedTable | Unparsed {
  const statement = parseStatement(sql);
  if ('unparsed' in statement) return statement;
  if (statement.type !== 'CreateTableStmt') return { unparsed: `not a CREATE TABLE but ${statement.type}` };
  if (statement.body.type !== 'ColumnsAndConstraintsCreateTableBody') return { unparsed: 'CREATE TABLE … AS SELECT has no columns of its own' };
  const found: Found = { source: sql, checks: [], keys: [], foreignKeys: [], autoincrement: false };
  const columns = new Map<string, ParsedColumn>();
  for (const definition of statement.body.columns) {
    columns.set(foldAscii(definition.colName.text), readColumn(definition, found));
  }
  for (const constraint of statement.body.constraints ?? []) readTableConstraint(constraint, found);
  return { name: statement.tblName.objName.text, columns, checks: found.checks, keys: found.keys, foreignKeys: found.foreignKeys, autoincrement: found.autoincrement };
}

function readColumn(definition: ColumnDefinition, found: Found): ParsedColumn {
  const name = definition.colName.text;
  let column: ParsedColumn = { name, collation: null, default: null, generated: null, notNullOnConflict: null, autoincrement: false };
  for (const named of definition.constraints) {
    column = { ...column, ...columnProperty(named.constraint, found.source) };
    recordColumnConstraint(named.name?.text ?? null, named.constraint, name, found);
  }
  return column;
}

/** The parser counts the keyword to a signed or parenthesized default; the verbatim text is without it. */
function defaultExpression(expr: ParsedExpression['expr'], source: string): ParsedExpression {
  const parsed = parsedExpression(expr, source);
  return { ...parsed, text: parsed.text.replace(/^default(?![\w$])(?:\s|\/\*[\s\S]*?\*\/|--[^\n]*\n)*(?=[-+(])/i, '') };
}

/** Properties that stay with the column. Where one is given twice the last counts, as in SQLite. */
function columnProperty(constraint: ColumnConstraint, source: string): Partial<ParsedColumn> {
  switch (constraint.type) {
    case 'CollateColumnConstraint':
      return { collation: constraint.collationName.text };
    case 'DefaultColumnConstraint':
      return { default: defaultExpression(constraint.expr, source) };
    case 'GeneratedColumnConstraint':
      return { generated: { expression: parsedExpression(constraint.expr, source), stored: foldAscii(constraint.typ?.name ?? '') === 'stored' } };
    case 'NotNullColumnConstraint':
      return { notNullOnConflict: conflict(constraint.conflictClause) };
    case 'PrimaryKeyColumnConstraint':
      return { autoincrement: constraint.autoIncrement };
    default:
      return {};
  }
}

function recordColumnConstraint(name: string | null, constraint: ColumnConstraint, column: string, found: Found): void {
  switch (constraint.type) {
    case 'CheckColumnConstraint':
      found.checks.push({ name, column, expression: parsedExpression(constraint.expr, found.source) });
      break;
    case 'PrimaryKeyColumnConstraint':
      found.autoincrement ||= constraint.autoIncrement;
      found.keys.push({ kind: 'primary_key', name, columns: [column], onConflict: conflict(constraint.conflictClause) });
      break;
    case 'UniqueColumnConstraint':
      found.keys.push({ kind: 'unique', name, columns: [column], onConflict: conflict(constraint.conflictClause) });
      break;
    case 'ForeignKeyColumnConstraint':
      found.foreignKeys.push(foreignKey(name, [column], constraint.clause, constraint.deferClause));
      break;
    case 'DeferColumnConstraint':
      deferLast(found, constraint.clause);
      break;
    default:
  }
}

/** In a column the deferral is a clause of its own that applies to the latest foreign key of the table. */
function deferLast(found: Found, clause: DeferSubclause): void {
  const last = found.foreignKeys.pop();
  if (last !== undefined) found.foreignKeys.push({ ...last, initiallyDeferred: isDeferred(clause) });
}

function readTableConstraint({ name, constraint }: NamedTableConstraint, found: Found): void {
  const named = name?.text ?? null;
  switch (constraint.type) {
    case 'CheckTableConstraint':
      found.checks.push({ name: named, column: null, expression: parsedExpression(constraint.expr, found.source) });
      break;
    case 'ForeignKeyTableConstraint':
      found.foreignKeys.push(foreignKey(named, constraint.columns.map((c) => c.colName.text), constraint.clause, constraint.deferClause));
      break;
    default: {
      const primary = constraint.type === 'PrimaryKeyTableConstraint';
      if (primary) found.autoincrement ||= constraint.autoIncrement;
      const columns = constraint.columns.map((c) => keyColumn(c.expr, found.source));
      found.keys.push({ kind: primary ? 'primary_key' : 'unique', name: named, columns, onConflict: conflict(constraint.conflictClause) });
    }
  }
}

/** A key column may be written as a name, a 'string' or with COLLATE. */
function keyColumn(expr: ParsedExpression['expr'], source: string): string {
  if (expr.type === 'Id') return expr.name;
  if (expr.type === 'NameExpr') return expr.name.text;
  if (expr.type === 'StringLiteral') return expr.value;
  if (expr.type === 'CollateExpr') return keyColumn(expr.expr, source);
  return parsedExpression(expr, source).text;
}

function foreignKey(name: string | null, columns: readonly string[], clause: ForeignKeyClause, defer: DeferSubclause | undefined): ParsedForeignKey {
  return {
    name,
    columns,
    parent: clause.tblName.text,
    parentColumns: (clause.columns ?? []).map((c) => c.colName.text),
    initiallyDeferred: defer !== undefined && isDeferred(defer),
  };
}

const isDeferred = (clause: DeferSubclause): boolean => clause.deferrable && clause.initDeferred === 'InitiallyDeferred';

const conflict = (clause: ResolveType | undefined): ConflictAction | null => (clause === undefined ? null : (clause.toLowerCase() as ConflictAction));
