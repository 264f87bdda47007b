/** Values of sequences. They move outside of transactions, so a dump holds what they were at some moment while it ran. */
import { qualifiedName } from '@causeway/contracts/identifier';
import type pg from 'pg';
import type { SequenceRange } from './manifest.ts';

export interface SequenceValue {
  readonly schema: string;
  readonly name: string;
  /** The last value given out, as text; the one before the first where none was. */
  readonly value: string;
}

const SEQUENCES = `
SELECT n.nspname AS schema, c.relname AS name, s.seqincrement::text AS step
  FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1, 2`;

export async function readSequences(client: pg.Pool | pg.ClientBase): Promise<SequenceValue[]> {
  const found = (await client.query(SEQUENCES)).rows as { schema: string; name: string; step: string }[];
  const out: SequenceValue[] = [];
  for (const { schema, name, step } of found) {
    const { rows } = await client.query(`SELECT last_value::text AS last, is_called AS called FROM ${qualifiedName(schema, name)}`);
    const { last, called } = rows[0] as { last: string; called: boolean };
    out.push({ schema, name, value: String(called ? BigInt(last) : BigInt(last) - BigInt(step)) });
  }
  return out;
}

/** Sequences that were there before and after; others were made or dropped meanwhile, and the dump decides about them. */
export function sequenceRanges(before: readonly SequenceValue[], after: readonly SequenceValue[]): SequenceRange[] {
  const later = new Map(after.map((s) => [JSON.stringify([s.schema, s.name]), s.value]));
  return before.flatMap(({ schema, name, value }) => {
    const then = later.get(JSON.stringify([schema, name]));
    return then === undefined ? [] : [{ schema, name, before: value, after: then }];
  });
}

/** A restored sequence stands where it stood at some moment of the dump. */
export function sequenceDifferences(ranges: readonly SequenceRange[], restored: readonly SequenceValue[]): string[] {
  const values = new Map(restored.map((s) => [JSON.stringify([s.schema, s.name]), BigInt(s.value)]));
  return ranges.flatMap(({ schema, name, before, after }) => {
    const value = values.get(JSON.stringify([schema, name]));
    const [low, high] = BigInt(before) <= BigInt(after) ? [BigInt(before), BigInt(after)] : [BigInt(after), BigInt(before)];
    const label = JSON.stringify(`${schema}.${name}`);
    if (value === undefined) return [`sequence ${label} is missing`];
    return value >= low && value <= high ? [] : [`sequence ${label} stands at ${value}, not between ${low} and ${high}`];
  });
}
