/** Compares one source table with the table that is to take its rows, value by value. */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { type LogicalType, parsePostgresType, postgresTypeName } from '@causeway/contracts/logical-type';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { Candidate } from '../column-candidates.ts';
import type { PlanColumn, PlanPolicy, PlanTable } from '../plan-document.ts';
import { type ColumnProfile, profileTable } from '../profile-table.ts';
import type { SourceColumn, SourceTable } from '../source-schema.ts';
import { type NameStyle, targetNames } from '../target-names.ts';
import type { ReadValue } from '../value-fit.ts';
import { existingCandidates } from './existing-candidates.ts';
import { type ExistingColumn, type ExistingTable, findByName } from './existing-tables.ts';

export interface ExistingTableRequest {
  readonly db: SourceDatabase;
  readonly table: SourceTable;
  readonly found: ExistingTable;
  readonly given: PlanTable | undefined;
  readonly style: NameStyle;
}

/** A source column and the column that takes it; type null: causeway has no transcoder for it. */
interface Pair {
  readonly source: SourceColumn;
  readonly target: ExistingColumn;
  readonly type: LogicalType | null;
  readonly candidates: readonly Candidate[];
}

/** Policies that leave the type as it is. */
const ANSWERS: readonly PlanPolicy[] = ['quarantine', 'null', 'replace'];

export function planExistingTable(request: ExistingTableRequest): { plan: PlanTable; problems: string[] } {
  const { db, table, found, given } = request;
  const problems: string[] = [];
  const pairs = pairColumns(request, problems);
  problems.push(...unservedColumns(found, pairs));
  const byName = new Map(pairs.map((pair) => [pair.source.name, pair]));
  // Never a sample: what does not fit must be known before the application's tables are touched.
  const profile = profileTable(db, table, { full: true, candidates: ({ name }) => byName.get(name)?.candidates ?? [] });
  const columns = table.columns.flatMap((column, i): PlanColumn[] => {
    const pair = byName.get(column.name);
    if (pair === undefined) return [];
    const planned = given?.columns.find((c) => c.name === column.name);
    const decided = decide(pair, profile.columns[i] as ColumnProfile, planned?.evidence);
    const policy = planned?.policy ?? given?.policy;
    if (policy !== undefined && !ANSWERS.includes(policy)) problems.push(`column ${JSON.stringify(pair.target.name)}: policy ${policy} would change its type, which is the existing table's`);
    // Without a policy a misfit is refused: nobody has said yet that its row may stay out of the application's table.
    for (const misfit of policy === undefined ? decided.misfits : []) problems.push(`column ${JSON.stringify(pair.target.name)}: ${misfit.text}, for example in row ${exampleKey(request, column, misfit.matches)}`);
    return [planned?.policy === undefined ? decided.column : { ...decided.column, policy: planned.policy }];
  });
  return { plan: { name: table.name, target: found.name, action: 'move', replace: given?.replace ?? false, sampled: false, ...(given?.policy === undefined ? {} : { policy: given.policy }), columns }, problems };
}

function pairColumns({ table, found, given, style }: ExistingTableRequest, problems: string[]): Pair[] {
  const names = targetNames(table.columns.map((c) => c.name), style, 'column', `columns of ${JSON.stringify(table.name)}`);
  return table.columns.flatMap((source, i): Pair[] => {
    const planned = given?.columns.find((c) => c.name === source.name);
    const name = planned?.target ?? (names[i] as string);
    const target = findByName(found.columns, name);
    // Both sides compute it: what PostgreSQL computes is its own.
    if (target?.generated === true && source.generated !== 'no') return [];
    if (target === undefined) {
      problems.push(`column ${JSON.stringify(name)}: missing`);
      return [];
    }
    const type = parsePostgresType(target.type);
    if (target.generated) problems.push(`column ${JSON.stringify(target.name)}: is generated and accepts no value`);
    else if (type === null) problems.push(`column ${JSON.stringify(target.name)}: causeway cannot load type ${target.type}`);
    return [{ source, target, type, candidates: type === null ? [] : existingCandidates(type, planned?.form) }];
  });
}

function unservedColumns(found: ExistingTable, pairs: readonly Pair[]): string[] {
  const served = new Set(pairs.map((pair) => pair.target.name));
  return found.columns
    .filter((c) => !served.has(c.name) && c.notNull && !c.hasDefault && !c.generated)
    .map((c) => `column ${JSON.stringify(c.name)}: is NOT NULL without a default, and the source has no such column`);
}

interface Misfit {
  readonly text: string;
  matches(value: ReadValue): boolean;
}

/** What a reviewed plan says about a column's origin is kept. */
function decide({ source, target, type, candidates }: Pair, seen: ColumnProfile, evidence?: string): { column: PlanColumn; misfits: Misfit[] } {
  const best = candidates.map((candidate, i) => ({ candidate, count: seen.misfits[i] as number })).toSorted((a, b) => a.count - b.count)[0];
  const misfits: Misfit[] = [];
  if (best !== undefined && best.count > 0) misfits.push({ text: `${best.count} value(s) do not fit ${target.type}`, matches: (value) => value !== null && !best.candidate.fits(value) });
  const nulls = seen.classes.null;
  if (target.notNull && nulls > 0) misfits.push({ text: `is NOT NULL, but ${nulls} row(s) hold NULL`, matches: (value) => value === null });
  const column: PlanColumn = {
    name: source.name,
    target: target.name,
    declared: source.declared,
    type: type === null ? target.type : postgresTypeName(type),
    form: best?.candidate.form ?? 'plain',
    // A key names rows only if none of its values is NULL, whatever the target promises.
    notNull: target.notNull || (source.keyPosition > 0 && nulls === 0),
    evidence: evidence || (best?.candidate.reason ?? 'type of the existing table'),
  };
  return { column, misfits };
}

/** The key of the first row with such a value; read only when there is something to refuse. */
function exampleKey({ db, table }: ExistingTableRequest, column: SourceColumn, matches: (value: ReadValue) => boolean): string {
  const declared = table.columns.filter((c) => c.keyPosition > 0).toSorted((a, b) => a.keyPosition - b.keyPosition).map((c) => c.name);
  const key = declared.length > 0 ? declared : table.rowidAlias === null ? [] : [table.rowidAlias];
  const list = [column.name, ...key].map(quoteIdentifier).join(', ');
  const rows = db.prepare(`SELECT ${list} FROM ${quoteIdentifier(table.name)}`).raw().safeIntegers().iterate() as IterableIterator<ReadValue[]>;
  for (const [value, ...parts] of rows) {
    if (matches(value as ReadValue)) return key.map((name, i) => `${name}=${printed(parts[i] as ReadValue)}`).join(', ');
  }
  return '(unknown)';
}

const printed = (value: ReadValue): string => (value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : typeof value === 'string' ? JSON.stringify(value) : String(value));
