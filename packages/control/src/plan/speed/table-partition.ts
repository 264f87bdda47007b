/**
 * A large table by ranges of a date column: offered where no foreign key points at it and the date is never NULL. Its key
 * becomes (id, date): PostgreSQL keeps a key unique over all partitions only with the column that they are made by.
 */
import { Failure } from '@causeway/contracts/failures';
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { parsePostgresType } from '@causeway/contracts/logical-type';
import type { TableContract } from '@causeway/contracts/table-contract';
import { foldAscii } from '@causeway/dialect/parse/fold-ascii';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import type { PlanDocument, PlanObject, PlanTable } from '../plan-document.ts';
import type { SourceSchema } from '../source-schema.ts';
import { cutToBytes } from '../target-names.ts';
import type { PartitionWish } from './speed-wishes.ts';

/** Each partition is a table that every plan looks at. */
const MOST_PARTS = 500;
const MONTHS: Readonly<Record<PartitionWish['by'], number>> = { month: 1, quarter: 3, year: 12 };

/** Checks what the plan asks for, and fills in from when to when the rows are. Throws PLAN_INVALID with the reason. */
export function withPartitions(plan: PlanDocument, schema: SourceSchema, db: SourceDatabase): PlanDocument {
  if (plan.partition === undefined || plan.partition.length === 0) return plan;
  const partition = plan.partition.map((wish) => checked(plan, schema, wish, db));
  const told = partition.filter((wish) => !plan.objects.some((o) => o.kind === 'partition' && o.table === wish.table)).map((wish) => partitionObject(plan, wish));
  return { ...plan, partition, objects: [...plan.objects, ...told] };
}

function checked(plan: PlanDocument, schema: SourceSchema, wish: PartitionWish, db: SourceDatabase): PartitionWish {
  const refuse = (reason: string): never => {
    throw new Failure('PLAN_INVALID', `partition of ${JSON.stringify(wish.table)}: ${reason}`);
  };
  const table = plan.tables.find((t) => t.name === wish.table && t.action === 'move') ?? refuse('no such table is moved');
  const source = schema.tables.find((t) => t.name === wish.table) ?? refuse('the source has no such table');
  const column = table.columns.find((c) => c.name === wish.column) ?? refuse(`it has no column ${JSON.stringify(wish.column)}`);
  if (!['date', 'timestamp', 'timestamptz'].includes(parsePostgresType(column.type)?.kind ?? '')) refuse(`the column ${JSON.stringify(wish.column)} becomes ${column.type}, which is no date`);
  if (!column.notNull) refuse(`the column ${JSON.stringify(wish.column)} may be NULL`);
  if (!source.columns.some((c) => c.keyPosition > 0)) refuse('it has no primary key');
  const child = schema.tables.find((t) => t.foreignKeys.some((f) => foldAscii(f.parent) === foldAscii(wish.table)));
  if (child !== undefined) refuse(`a foreign key of ${JSON.stringify(child.name)} points at it`);
  if (plan.partition?.some((other) => other !== wish && other.table === wish.table) === true) refuse('it is named twice');
  const { from, to } = wish.from !== undefined && wish.to !== undefined ? { from: wish.from, to: wish.to } : extent(table, column, db);
  const filled = { ...wish, from, to };
  if (from > to) refuse(`it ends before it begins: ${from} to ${to}`);
  const count = monthsBetween(from, to) / MONTHS[wish.by];
  if (count > MOST_PARTS) refuse(`${from} to ${to} by ${wish.by} are more than ${MOST_PARTS} partitions: give from and to, or a longer range`);
  return filled;
}

/** Of the rows that are there; strange ones do not count, as they go to the default partition or to the quarantine. */
function extent(table: PlanTable, column: PlanTable['columns'][number], db: SourceDatabase): { from: string; to: string } {
  const name = quoteIdentifier(column.name);
  const seconds = { epoch_s: 1, epoch_ms: 1_000, epoch_us: 1_000_000 }[column.form as string];
  const sql =
    seconds === undefined
      ? `SELECT min(substr(${name}, 1, 10)) AS a, max(substr(${name}, 1, 10)) AS b FROM ${quoteIdentifier(table.name)} WHERE typeof(${name}) = 'text' AND ${name} GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*'`
      : `SELECT date(min(${name}) / ${seconds}, 'unixepoch') AS a, date(max(${name}) / ${seconds}, 'unixepoch') AS b FROM ${quoteIdentifier(table.name)} WHERE typeof(${name}) = 'integer'`;
  const found = db.prepare(sql).get() as { a: string | null; b: string | null };
  const today = new Date().toISOString().slice(0, 10);
  return { from: found.a ?? today, to: found.b ?? today };
}

const monthOf = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
const monthsBetween = (from: string, to: string): number => monthOf(to) - monthOf(from) + 1;
const firstDay = (month: number): string => `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}-01`;

/** For the contract: whole ranges, from the one of the first row to the one after the last, so that new rows have theirs. */
export function partitionOf(plan: PlanDocument, table: PlanTable): Pick<TableContract, 'partition'> {
  const wish = plan.partition?.find((p) => p.table === table.name);
  if (wish?.from === undefined || wish.to === undefined) return {};
  const step = MONTHS[wish.by];
  const parts: { name: string; from: string; to: string }[] = [];
  for (let month = monthOf(wish.from) - (monthOf(wish.from) % step); month <= monthOf(wish.to) + step; month += step) {
    const from = firstDay(month);
    parts.push({ name: partName(table.target, wish.by === 'year' ? from.slice(0, 4) : from.slice(0, 7).replace('-', '_')), from, to: firstDay(month + step) });
  }
  return { partition: { column: wish.column, parts, rest: partName(table.target, 'rest') } };
}

const partName = (table: string, part: string): string => `${cutToBytes(table, 63 - part.length - 2)}_p${part}`;

function partitionObject(plan: PlanDocument, wish: PartitionWish): PlanObject {
  const table = plan.tables.find((t) => t.name === wish.table) as PlanTable;
  const count = partitionOf({ ...plan, partition: [wish] }, table).partition?.parts.length ?? 0;
  return {
    kind: 'partition',
    name: table.target,
    table: wish.table,
    fidelity: 'approximated',
    source: null,
    target: null,
    stage: 'none',
    notes: [
      `partitioned by ${wish.by} of ${wish.column}: ${count} partitions and a default one`,
      `the primary key has ${wish.column} as its last column: PostgreSQL does not refuse the same key under another date`,
      'make new partitions before their time comes; until then their rows go to the default one',
    ],
  };
}

/** A live migration watches tables: a TRUNCATE or a write of a partition by its own name would pass the fence and the way back. */
export function refusePartitions(contracts: readonly TableContract[]): void {
  const found = contracts.find((c) => c.partition !== undefined);
  if (found === undefined) return;
  throw new Failure('PLAN_INVALID', `partition of ${JSON.stringify(found.source)}: a live migration cannot watch partitions, as their rows can be changed by their own names; move without --live, or partition after complete`);
}
