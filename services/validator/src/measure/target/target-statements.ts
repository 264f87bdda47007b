/** The statements that measure, list and describe rows of the target by the rule of align/buckets.ts. */
import type { Buckets } from '../../align/buckets.ts';
import { ordinalsOf } from '../../align/buckets.ts';
import { qualifiedName, quoteIdentifier } from '@causeway/contracts/identifier';
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import { digestExpression, elementsExpression } from './canonical-expression.ts';

/** Buckets that a statement is about; null: all rows of the table. */
export type Within = { readonly buckets: Buckets; readonly wanted: readonly number[] } | null;

export interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

function keyColumns(contract: TableContract): ColumnContract[] {
  return contract.key.map((name) => contract.columns.find((c) => c.source === name) as ColumnContract);
}

function integerKey(contract: TableContract): string {
  const [column] = keyColumns(contract) as [ColumnContract];
  const name = `t.${quoteIdentifier(column.target)}::int8`;
  // The source has no NULL in this key; where the target has one, it must fall into some bucket.
  return column.notNull ? name : `coalesce(${name}, 0)`;
}

/** Rows with their ordinal `o`, digest `d` and what they are matched by, `m`. OFFSET 0 keeps each from being computed twice. */
function rows(contract: TableContract, buckets: Buckets, within: Within, more: readonly string[]): string {
  const digest = `${digestExpression(contract.columns)} AS d`;
  const key = buckets.kind === 'rowHash' ? [] : [`${elementsExpression(keyColumns(contract))} AS m`];
  const ordinal = buckets.kind === 'key' ? [`${integerKey(contract)} AS o`] : [];
  const list = [digest, ...key, ...ordinal, ...more].join(', ');
  return `(SELECT ${list} FROM ${qualifiedName(contract.targetSchema, contract.target)} AS t${range(contract, within)} OFFSET 0) AS r`;
}

const ORDINAL = { key: 'o', keyHash: 'm', rowHash: 'd' } as const;
const MATCH = { key: 'm', keyHash: 'm', rowHash: 'd' } as const;

/** A range of an integer key is reached by its index. */
function range(contract: TableContract, within: Within): string {
  if (within === null || within.buckets.kind !== 'key' || within.wanted.length === 0) return '';
  const { low, high } = ordinalsOf(within.buckets, Math.min(...within.wanted), Math.max(...within.wanted));
  const clamp = (n: bigint): bigint => (n < -(2n ** 63n) ? -(2n ** 63n) : n >= 2n ** 63n ? 2n ** 63n - 1n : n);
  // A literal of -2^63 does not parse, because the minus is an operator.
  return ` WHERE ${integerKey(contract)} BETWEEN '${clamp(low)}'::int8 AND '${clamp(high)}'::int8`;
}

function inBuckets(within: Within): { sql: string; values: unknown[] } {
  if (within === null) return { sql: '', values: [] };
  return { sql: ` WHERE (${ORDINAL[within.buckets.kind]} >> ${within.buckets.shift}) = ANY ($1::int8[])`, values: [within.wanted.map(String)] };
}

/** Rows: bucket, number of rows, sum of digests. */
export function measureStatement(contract: TableContract, buckets: Buckets, within: Within): Statement {
  const where = inBuckets(within);
  const sums = `SELECT ${ORDINAL[buckets.kind]} >> ${buckets.shift} AS bucket, count(*) AS rows, sum(d) AS digests FROM ${needed(contract, buckets, within)}${where.sql} GROUP BY 1`;
  return { text: `SELECT bucket::text, rows::text, digests::text FROM (${sums}) AS s`, values: where.values };
}

/** Measuring by key needs no match: computing it for every row would cost as much as four columns. */
function needed(contract: TableContract, buckets: Buckets, within: Within): string {
  if (buckets.kind !== 'key') return rows(contract, buckets, within, []);
  return `(SELECT ${integerKey(contract)} AS o, ${digestExpression(contract.columns)} AS d FROM ${qualifiedName(contract.targetSchema, contract.target)} AS t${range(contract, within)} OFFSET 0) AS r`;
}

/** Rows: match, digest. */
export function listStatement(contract: TableContract, within: NonNullable<Within>): Statement {
  const where = inBuckets(within);
  return { text: `SELECT ${MATCH[within.buckets.kind]}::text, d::text FROM ${rows(contract, within.buckets, within, [])}${where.sql}`, values: where.values };
}

/** Rows: match, digest, the elements of all columns as an array's text, and the key's cells as texts. */
export function describeStatement(contract: TableContract, within: NonNullable<Within>, identity: string | null, matches: readonly bigint[], limit: number): Statement {
  const elements = `ARRAY[${contract.columns.map((c) => elementsExpression([c])).join(', ')}]::int8[]::text AS e`;
  const key = (contract.key.length === 0 ? [identity ?? 't.ctid::text'] : keyColumns(contract).map(keyText)).map((sql, i) => `${sql} AS k${i}`);
  const names = key.map((_, i) => `k${i}`).join(', ');
  const match = MATCH[within.buckets.kind];
  return {
    text: `SELECT ${match}::text, d::text, e, ${names} FROM ${rows(contract, within.buckets, within, [elements, ...key])} WHERE ${match} = ANY ($1::int8[]) LIMIT ${limit}`,
    values: [matches.map(String)],
  };
}

function keyText(column: ColumnContract): string {
  const name = `t.${quoteIdentifier(column.target)}`;
  if (column.type.kind === 'bytea') return `encode(${name}, 'hex')`;
  if (column.type.kind === 'float8') return `encode(float8send(${name}), 'hex')`;
  return column.type.kind === 'numeric' ? `trim_scale(${name})::text` : `${name}::text`;
}
