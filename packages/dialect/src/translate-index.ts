/** Indexes and UNIQUE constraints: key parts with their order and collation, and the condition of a partial one. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { type ColumnScope, findColumn, type ScopeColumn } from './column-scope.ts';
import { columnValue } from './expression/column-value.ts';
import { collated } from './expression/compare.ts';
import { textValue } from './expression/value.ts';
import { needsDecision, type Translation, worstFidelity } from './fidelity.ts';
import { type ParsedIndex, parseCreateIndex } from './parse/create-index.ts';
import { type ExpressionTranslation, translateCondition, translateImmutable } from './translate-expression.ts';

export interface IndexSource {
  readonly unique: boolean;
  /** CREATE INDEX as written; null for an index that a constraint made. */
  readonly sql: string | null;
  /** From pragma index_xinfo, key parts only. A null name is an expression. */
  readonly parts: readonly { readonly name: string | null; readonly descending: boolean; readonly collation: string }[];
}

/** `sql` is what follows `CREATE [UNIQUE] INDEX name ON table`; the caller knows both names. */
export interface IndexTranslation extends Translation {
  readonly unique: boolean;
  /** Target columns in order, where the index is a plain UNIQUE (…) that a constraint could be; null otherwise. */
  readonly plainColumns: readonly string[] | null;
  /** The condition of a partial index. */
  readonly where: ExpressionTranslation | null;
}

interface Part extends Translation {
  readonly plainColumn: string | null;
}

/** PostgreSQL's limit for the key of an index. */
const MAX_PARTS = 32;

export function translateIndex(source: IndexSource, scope: ColumnScope): IndexTranslation {
  const parsed = source.sql === null ? null : parseCreateIndex(source.sql);
  if (parsed !== null && 'unparsed' in parsed) return undecided(source, `not understood: ${parsed.unparsed}`);
  if (source.parts.length > MAX_PARTS) return undecided(source, `more than ${MAX_PARTS} key parts`);
  const parts = source.parts.map((_, i) => translatePart(source, i, parsed, scope));
  const where = parsed?.where == null ? null : translateCondition(parsed.where, scope);
  const all: readonly Translation[] = where === null ? parts : [...parts, where];
  const notes = [...new Set(all.flatMap((t) => t.notes))];
  const fidelity = worstFidelity(all.map((t) => t.fidelity));
  if (fidelity === 'needs_decision') return { ...undecided(source, ''), notes };
  const plain = where === null ? parts.map((p) => p.plainColumn) : [null];
  return {
    fidelity,
    sql: `(${parts.map((p) => p.sql).join(', ')})${where === null ? '' : ` WHERE ${where.sql}`}`,
    notes,
    unique: source.unique,
    plainColumns: plain.every((c) => c !== null) ? plain : null,
    where,
  };
}

const undecided = (source: IndexSource, note: string): IndexTranslation => ({ ...needsDecision(note), unique: source.unique, plainColumns: null, where: null });

function translatePart(source: IndexSource, i: number, parsed: ParsedIndex | null, scope: ColumnScope): Part {
  const part = source.parts[i] as IndexSource['parts'][number];
  const collation = part.collation.toUpperCase();
  if (!['BINARY', 'NOCASE', 'RTRIM'].includes(collation)) return { ...needsDecision(`the collation ${part.collation} belongs to the application`), plainColumn: null };
  if (part.name === null) return expressionPart(i, part.descending, collation, parsed, scope);
  const column = findColumn(scope, part.name);
  if (column === undefined) return { ...needsDecision(`there is no column ${part.name}`), plainColumn: null };
  const value = columnValue(column);
  const folded = value.kind === 'text' && collation !== 'BINARY';
  const name = quoteIdentifier(column.target);
  return {
    fidelity: source.unique && value.kind === 'opaque' && column.canonical !== true ? 'approximated' : 'exact',
    sql: ordered(folded ? `(${collated(textValue(name), collation)})` : name, part.descending, !column.notNull),
    notes: uniqueNotes(source, column, value.kind === 'opaque'),
    plainColumn: folded || part.descending ? null : column.target,
  };
}

function uniqueNotes(source: IndexSource, column: ScopeColumn, opaque: boolean): readonly string[] {
  if (!source.unique || !opaque || column.canonical === true) return [];
  return [`unique by meaning as ${column.type}, where SQLite compares the stored text`];
}

function expressionPart(i: number, descending: boolean, collation: string, parsed: ParsedIndex | null, scope: ColumnScope): Part {
  const written = parsed?.parts[i];
  if (written === undefined) return { ...needsDecision('an expression whose text is not known'), plainColumn: null };
  const t = translateImmutable(written.expression, scope);
  if (t.sql === null) return { ...t, plainColumn: null };
  if (t.kind === 'null') return { ...needsDecision('the expression is always NULL'), plainColumn: null };
  const sql = t.kind === 'text' ? collated(textValue(t.sql), collation) : t.sql;
  return { ...t, sql: ordered(`(${sql})`, descending, true), plainColumn: null };
}

/** NULLs are the smallest values in SQLite and the largest in PostgreSQL. */
function ordered(key: string, descending: boolean, nullable: boolean): string {
  if (descending) return nullable ? `${key} DESC NULLS LAST` : `${key} DESC`;
  return nullable ? `${key} NULLS FIRST` : key;
}
