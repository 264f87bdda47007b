/**
 * The types worth trying for a column, best first, from what was declared. Declared types are only hints: SQLite
 * stores anything anywhere, so every candidate is tried against the values that are really there.
 */
import type { LogicalType } from '@causeway/contracts/logical-type';
import type { SourceForm } from '@causeway/contracts/table-contract';
import type { ReadValue } from './value-fit.ts';
import { valueFits } from './value-fit.ts';

export interface Candidate {
  readonly type: LogicalType;
  readonly form: SourceForm;
  /** Why this type was considered; stands in the plan as evidence. */
  readonly reason: string;
  /** Needs at least one value: an empty column gives no evidence for it. */
  readonly needsEvidence: boolean;
  fits(value: Exclude<ReadValue, null>): boolean;
}

export interface DeclaredColumn {
  readonly name: string;
  readonly declared: string;
  readonly hasJsonCheck: boolean;
}

function candidate(type: LogicalType, reason: string, form: SourceForm = 'plain', extra?: { needsEvidence?: boolean; also?: (value: Exclude<ReadValue, null>) => boolean }): Candidate {
  const also = extra?.also;
  return {
    type,
    form,
    reason,
    needsEvidence: extra?.needsEvidence ?? false,
    fits: also === undefined ? (value) => valueFits(value, type, form) : (value) => also(value) && valueFits(value, type, form),
  };
}

/** PostgreSQL's own limit of varchar(n). */
const VARCHAR_MAX = 10_485_760;
/** PostgreSQL's own limit of numeric(p). */
const NUMERIC_MAX = 1_000;

/** Columns of these names hold UUIDs when all their values look like one; a char(32) named `checksum` does not. */
const UUID_NAME = /uuid|guid|(^|_)id$|_ptr$|token_family/i;

export function candidatesFor(column: DeclaredColumn): Candidate[] {
  const declared = column.declared.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const base = declared.replace(/\(.*$/, '').trim();
  const size = sizes(declared);
  if (column.hasJsonCheck || base === 'json' || base === 'jsonb') return [candidate({ kind: 'jsonb' }, column.hasJsonCheck ? 'CHECK json_valid' : `declared ${column.declared}`), ...textual(size)];
  if (/^bool(ean)?$/.test(base)) return [candidate({ kind: 'boolean' }, `declared ${column.declared}`)];
  if (base === 'bit' || (base === 'tinyint' && size[0] === 1)) return [candidate({ kind: 'boolean' }, `declared ${column.declared}, only 0 and 1`, 'plain', { needsEvidence: true }), candidate({ kind: 'int8' }, `declared ${column.declared}`)];
  if (base === 'date') return [candidate({ kind: 'date' }, 'declared date'), ...moments('declared date')];
  if (/^(datetime|timestamp)/.test(base)) return moments(`declared ${column.declared}`);
  if (/^time( without time zone)?$/.test(base)) return [candidate({ kind: 'time' }, 'declared time')];
  if (/decimal|numeric|money|^number$/.test(base) && !/char|text|int/.test(base)) return decimals(column.declared, size);
  if (base.includes('int')) return [candidate({ kind: 'int8' }, 'INTEGER affinity: 64 bits')];
  if (base === 'uuid' || base === 'guid') return [...uuids(`declared ${column.declared}`, false), ...textual([])];
  if (/char|clob|text/.test(base)) return characters(column, base, size);
  if (base.includes('blob') || base === 'bytea') return [candidate({ kind: 'bytea' }, `declared ${column.declared}`)];
  if (/real|floa|doub/.test(base)) return [candidate({ kind: 'float8' }, 'REAL: 64 bits, never real')];
  return [];
}

function sizes(declared: string): number[] {
  const inside = /\(([^)]*)\)/.exec(declared)?.[1] ?? '';
  return inside === '' ? [] : inside.split(',').map((part) => Number(part.trim()));
}

const PLAUSIBLE_FROM = 631_152_000; // 1990-01-01
const PLAUSIBLE_TO = 4_102_444_800; // 2100-01-01

/** Between 1990 and 2100 in the unit of an epoch form: what tells seconds from milli- and microseconds. */
export function isPlausibleMoment(value: bigint, form: SourceForm): boolean {
  const factor = form === 'epoch_s' ? 1 : form === 'epoch_ms' ? 1_000 : 1_000_000;
  return Number(value) >= PLAUSIBLE_FROM * factor && Number(value) < PLAUSIBLE_TO * factor;
}

const SINCE_2001 = 'Core Data counts seconds since 2001, which would be wrong dates as seconds since 1970: kept as numbers';

/** Core Data's TIMESTAMP. Whole seconds are integers in SQLite, and look like dates of the nineties. */
export function countedSince2001(): Candidate[] {
  return [candidate({ kind: 'float8' }, SINCE_2001)];
}

/** Date-times: ISO text, else one epoch unit in which every value lies between 1990 and 2100. */
function moments(reason: string): Candidate[] {
  const kind = /without time zone/i.test(reason) ? 'timestamp' : 'timestamptz';
  const unit = (form: 'epoch_s' | 'epoch_ms' | 'epoch_us'): Candidate =>
    candidate({ kind }, `${reason}, integers that are ${form.slice(6)} since 1970 between 1990 and 2100`, form, {
      needsEvidence: true,
      also: (value) => typeof value === 'bigint' && isPlausibleMoment(value, form),
    });
  return [candidate({ kind }, `${reason}, ISO text; without a zone it is UTC`), unit('epoch_s'), unit('epoch_ms'), unit('epoch_us')];
}

function decimals(declared: string, [precision, scale = 0]: number[]): Candidate[] {
  const plain = candidate({ kind: 'numeric' }, `declared ${declared}`);
  const usable = Number.isInteger(precision) && Number.isInteger(scale) && (precision as number) >= 1 && (precision as number) <= NUMERIC_MAX && scale >= 0 && scale <= (precision as number);
  return usable ? [candidate({ kind: 'numeric', precision: precision as number, scale }, `declared ${declared}, every value fits`), plain] : [plain];
}

/** One written form for the whole column, so that two different texts never become one uuid. */
function uuids(reason: string, needsEvidence = true): Candidate[] {
  const form = (pattern: RegExp, what: string): Candidate =>
    candidate({ kind: 'uuid' }, `${reason}, every value ${what}`, 'plain', { needsEvidence, also: (value) => typeof value === 'string' && pattern.test(value) });
  return [
    form(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'a uuid with dashes'),
    form(/^[0-9a-f]{32}$/, 'a uuid of 32 hex digits'),
    form(/^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$/, 'a uuid with dashes in capitals'),
  ];
}

function characters(column: DeclaredColumn, base: string, size: number[]): Candidate[] {
  const out: Candidate[] = [];
  const length = size[0];
  if (base === 'char' && length === 32 && UUID_NAME.test(column.name)) out.push(...uuids('char(32)').slice(1, 2));
  else if (length === 36 || UUID_NAME.test(column.name)) out.push(...uuids(`text named ${column.name}`).filter((_, i) => i !== 1));
  if (base === 'char' && length === 39) out.push(candidate({ kind: 'inet' }, 'char(39), every value an IP address', 'plain', { needsEvidence: true }));
  return [...out, ...textual(size)];
}

function textual([length]: number[]): Candidate[] {
  const plain = candidate({ kind: 'text' }, 'text');
  if (length === undefined || !Number.isInteger(length) || length < 1 || length > VARCHAR_MAX) return [plain];
  return [candidate({ kind: 'text', maxLength: length }, `at most ${length} characters, as declared`), plain];
}
