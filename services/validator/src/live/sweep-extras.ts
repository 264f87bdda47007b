/**
 * Rows that only the target has, in a table that is not reached by ranges of its key: every row of the target must have
 * been met by the pages of the source, or have changed since they began.
 */
import type { ExactCell } from '@causeway/contracts/source-value';
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import { qualifiedName, quoteIdentifier } from '@causeway/contracts/identifier';
import type pg from 'pg';
import { elementsExpression } from '../measure/target/canonical-expression.ts';
import { type Checking, checkKeys, type Divergence } from './check-keys.ts';
import { inSnapshot } from './target/live-snapshot.ts';

const PAGE_ROWS = 4_000;
const MOST_HINTS = 10_000;

export async function sweepExtras(checking: Checking, contract: TableContract, matches: readonly BigInt64Array[], since: bigint, attempt: bigint | null): Promise<readonly Divergence[]> {
  const known = joined(matches).sort();
  const { hints, newest, now } = await inSnapshot(checking.pool, checking.g, async ({ client, newest, attempt: now }) => ({ newest, now, hints: await unknownRows(client, contract, known) }));
  if (hints.length === 0 || now === null || now !== attempt) return [];
  // Their keys are spelled as PostgreSQL prints them, which finds the source's row only where that is how it is spelled.
  const exact = contract.key.every((name) => ['text', 'int2', 'int4', 'int8'].includes(columnOf(contract, name).type.kind) && columnOf(contract, name).form === 'plain');
  if (exact) return (await checkKeys(checking, contract, hints.map((hint) => hint.key))).divergences;
  const changed = await checking.source.ask({ kind: 'changes', after: since, limit: Number.MAX_SAFE_INTEGER, keyWidths: Array.from({ length: contract.table + 1 }, () => contract.key.length) });
  if (changed.gap) return [];
  const keys = changed.keys.filter((k) => k.table === contract.table).map((k) => k.key);
  const states = await checking.source.ask({ kind: 'states', contract, keys, elements: false });
  const moved = new Set(states.rows.map((row) => row.match));
  return hints.filter((hint) => !moved.has(hint.match)).map((hint) => ({ contract, key: hint.key, kind: 'extra', columns: [], position: newest }));
}

export interface Hint {
  readonly match: bigint;
  readonly key: ExactCell[];
}

/** Through a cursor: the table may be larger than memory. */
export async function unknownRows(client: pg.ClientBase, contract: TableContract, known: BigInt64Array): Promise<Hint[]> {
  const columns = contract.key.map((name) => columnOf(contract, name));
  const texts = columns.map((column) => `t.${quoteIdentifier(column.target)}::text`);
  await client.query(`DECLARE causeway_sweep NO SCROLL CURSOR FOR SELECT ${elementsExpression(columns)}::text, ${texts.join(', ')} FROM ${qualifiedName(contract.targetSchema, contract.target)} AS t`);
  const hints: Hint[] = [];
  for (;;) {
    const page = (await client.query({ text: `FETCH ${PAGE_ROWS} FROM causeway_sweep`, rowMode: 'array' })).rows as [string, ...(string | null)[]][];
    for (const [text, ...key] of page) {
      const match = BigInt(text);
      if (!contains(known, match) && hints.length < MOST_HINTS) hints.push({ match, key: key.map((cell, i) => keyCell(columns[i] as ColumnContract, cell)) });
    }
    if (page.length < PAGE_ROWS) return hints;
  }
}

function keyCell(column: ColumnContract, text: string | null): ExactCell {
  if (text === null) return { name: column.source, class: 'null', bytes: new Uint8Array(0) };
  return { name: column.source, class: column.type.kind.startsWith('int') && column.type.kind !== 'interval' ? 'integer' : 'text', bytes: Buffer.from(text) };
}

function columnOf(contract: TableContract, name: string): ColumnContract {
  return contract.columns.find((column) => column.source === name) as ColumnContract;
}

export function joined(parts: readonly BigInt64Array[]): BigInt64Array {
  const out = new BigInt64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function contains(sorted: BigInt64Array, wanted: bigint): boolean {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const here = sorted[middle] as bigint;
    if (here === wanted) return true;
    if (here < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
