/** The statements that read the target's rows by key and by range, digested by the server. */
import { qualifiedName, quoteIdentifier } from '@causeway/contracts/identifier';
import type { ExactCell } from '@causeway/contracts/source-value';
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import { digestExpression, elementsExpression } from '../../measure/target/canonical-expression.ts';
import type { Statement } from '../../measure/target/target-statements.ts';

export function keyColumns(contract: TableContract): ColumnContract[] {
  return contract.key.map((name) => contract.columns.find((c) => c.source === name) as ColumnContract);
}

/** Type under which a column's index can be asked for the source's cells; null where only the digest can tell. */
function askedAs(column: ColumnContract, cells: readonly (ExactCell | undefined)[]): string | null {
  if (column.form !== 'plain') return null;
  const { kind } = column.type;
  if (['int2', 'int4', 'int8'].includes(kind)) return cells.every((cell) => cell?.class === 'integer') ? 'int8' : null;
  // Every spelling that has a canonical form is one that PostgreSQL reads.
  if (kind === 'uuid') return cells.every((cell) => cell?.class === 'text') ? 'uuid' : null;
  if (kind === 'text') return cells.every((cell) => cell?.class === 'text') ? 'text' : null;
  return null;
}

/** Rows: match, digest, elements. The keys must have canonical forms; `matches` belongs to them one by one. */
export function byKeyStatement(contract: TableContract, keys: readonly (readonly ExactCell[])[], matches: readonly bigint[], elements: boolean): Statement {
  const list = `${digestExpression(contract.columns)} AS d, ${elementsExpression(keyColumns(contract))} AS m${elements ? `, ${elementsList(contract)} AS e` : ''}`;
  const values: unknown[] = [matches.map(String)];
  const columns: string[] = [];
  const types: string[] = [];
  keyColumns(contract).forEach((column, i) => {
    const cells = keys.map((key) => key[i]);
    const type = askedAs(column, cells);
    if (type === null) return;
    values.push(cells.map((cell) => Buffer.from((cell as ExactCell).bytes).toString('utf8')));
    columns.push(`t.${quoteIdentifier(column.target)}`);
    types.push(type);
  });
  const from = `${qualifiedName(contract.targetSchema, contract.target)} AS t`;
  const wanted = types.map((type, i) => `$${i + 2}::${type}[]`).join(', ');
  const names = types.map((_, i) => `w${i}`);
  const join = types.length === 0 ? '' : ` JOIN (SELECT DISTINCT * FROM unnest(${wanted}) AS u(${names.join(', ')})) AS w ON ${columns.map((column, i) => `${column} = w.w${i}`).join(' AND ')}`;
  const rows = types.length === 0 ? `(SELECT ${list} FROM ${from} OFFSET 0) AS r` : `(SELECT ${list} FROM ${from}${join} OFFSET 0) AS r`;
  return { text: `SELECT m::text, d::text, ${elements ? 'e' : 'NULL'} FROM ${rows} WHERE m = ANY ($1::int8[])`, values };
}

export function elementsList(contract: TableContract): string {
  return `ARRAY[${contract.columns.map((c) => elementsExpression([c])).join(', ')}]::int8[]::text`;
}

function inRange(contract: TableContract): string {
  const [column] = keyColumns(contract) as [ColumnContract];
  return `t.${quoteIdentifier(column.target)} BETWEEN $1::int8 AND $2::int8`;
}

export function rangeSumStatement(contract: TableContract, low: bigint, high: bigint): Statement {
  return {
    text: `SELECT count(*)::text, coalesce(sum(d), 0)::text FROM (SELECT ${digestExpression(contract.columns)} AS d FROM ${qualifiedName(contract.targetSchema, contract.target)} AS t WHERE ${inRange(contract)} OFFSET 0) AS r`,
    values: [String(low), String(high)],
  };
}

/** Rows: key, digest. */
export function rangeListStatement(contract: TableContract, low: bigint, high: bigint): Statement {
  const [column] = keyColumns(contract) as [ColumnContract];
  return {
    text: `SELECT t.${quoteIdentifier(column.target)}::text, (${digestExpression(contract.columns)})::text FROM ${qualifiedName(contract.targetSchema, contract.target)} AS t WHERE ${inRange(contract)}`,
    values: [String(low), String(high)],
  };
}
