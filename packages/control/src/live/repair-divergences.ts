/** The whole repair: log the keys (or, while PostgreSQL is the primary, queue them for the way back), wait until they are applied and verified, and say what became of each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import { openWritableSource } from '../capture/open-writable.ts';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { MigrationRecord } from '../record/migration-record.ts';
import { readContracts } from '../record/table-record.ts';
import type pg from 'pg';
import { type DivergenceRecord, markRepaired, openDivergences } from './divergence-record.ts';
import { readLive } from './live-record.ts';
import { queueKeysAgain } from './queue-keys-again.ts';
import { logKeysAgain } from './repair.ts';
import { DOWN_AFTER_MS, readBeats } from './service-beat.ts';
import { readStreamPosition } from './stream-position.ts';

export interface RepairInput {
  readonly pool: pg.Pool;
  readonly record: MigrationRecord;
  readonly sourceFile: string;
  /** Source name; without it all tables. */
  readonly table: string | undefined;
  readonly signal: AbortSignal;
  readonly withinMs: number;
}

export interface RepairedRow {
  readonly table: string;
  readonly kind: DivergenceRecord['kind'];
  readonly columns: readonly string[];
  readonly key: DivergenceRecord['key'];
  readonly repaired: boolean;
}

export interface RepairOutcome {
  readonly rows: readonly RepairedRow[];
  /** Log id under which the keys went through the stream, and what the target had applied when they were verified. */
  readonly position: bigint;
  readonly applied: bigint;
  readonly verifiedTo: bigint | null;
}

const MOST = 100_000;
const POLL_MS = 200;

/** Throws REPAIR_NOT_POSSIBLE where nobody follows the primary, or no validator is at work. */
export async function repairDivergences(input: RepairInput): Promise<RepairOutcome> {
  const { pool, record } = input;
  const g = { migration: record.id, generation: record.generation };
  const { phase } = await readLive(pool, record.id);
  if (phase !== 'following' && phase !== 'switched') throw new Failure('REPAIR_NOT_POSSIBLE', `the migration is ${phase}`);
  const contracts = await readContracts(pool, g);
  const wanted = input.table === undefined ? contracts : contracts.filter((c) => c.source === input.table || c.target === input.table);
  if (wanted.length === 0) throw new Failure('USAGE', `no table is called ${JSON.stringify(input.table)}`);
  const tables = new Set(wanted.map((c) => c.table));
  const open = (await openDivergences(pool, g, MOST)).filter((d) => tables.has(d.table));
  if (open.length === 0) {
    const { applied } = await readStreamPosition(pool, g);
    return { rows: [], position: applied, applied, verifiedTo: await verifiedTo(pool, record.id) };
  }
  if ((await verifiedTo(pool, record.id)) === null) throw new Failure('REPAIR_NOT_POSSIBLE', 'no validator is at work');
  const since = (await pool.query('SELECT clock_timestamp()::text AS now')).rows[0].now as string;
  // Invariant: I59
  const { position, verified } = phase === 'following' ? await forwards(input, contracts, open) : await backwards(input, contracts, open);
  const still = new Set((await openDivergences(pool, g, MOST)).map(nameOf));
  for (const [table, rows] of Map.groupBy(open.filter((d) => !still.has(nameOf(d))), (d) => d.table)) await markRepaired(pool, g, table, rows.map((row) => row.key), since);
  const { applied } = await readStreamPosition(pool, g);
  const name = (table: number): string => contracts.find((c) => c.table === table)?.source ?? '';
  return { rows: open.map((d) => ({ table: name(d.table), kind: d.kind, columns: d.columns, key: d.key, repaired: !still.has(nameOf(d)) })), position, applied, verifiedTo: verified };
}

function nameOf(divergence: Pick<DivergenceRecord, 'table' | 'key'>): string {
  return JSON.stringify([divergence.table, Object.entries(divergence.key).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

async function forwards(input: RepairInput, contracts: readonly TableContract[], open: readonly DivergenceRecord[]): Promise<{ position: bigint; verified: bigint | null }> {
  const position = writeKeys(input.sourceFile, contracts, open);
  return { position, verified: await waitFor(input, position) };
}

/** The way back has no position to wait for: the validator looks at open divergences until none is left. */
async function backwards(input: RepairInput, contracts: readonly TableContract[], open: readonly DivergenceRecord[]): Promise<{ position: bigint; verified: bigint | null }> {
  const { pool, record, signal } = input;
  const g = { migration: record.id, generation: record.generation };
  await queueKeysAgain(pool, g, contracts, open);
  const wanted = new Set(open.map(nameOf));
  for (const until = performance.now() + input.withinMs; performance.now() < until; await sleep(POLL_MS, undefined, { signal })) {
    if (!(await openDivergences(pool, g, MOST)).some((d) => wanted.has(nameOf(d)))) break;
  }
  const { applied } = await readStreamPosition(pool, g);
  return { position: applied, verified: await verifiedTo(pool, record.id) };
}

function writeKeys(file: string, contracts: readonly TableContract[], open: readonly DivergenceRecord[]): bigint {
  const db = openWritableSource(file);
  try {
    return logKeysAgain(db, contracts, open);
  } finally {
    db.close();
  }
}

/** What the validator's beat says; null without a fresh one. */
async function verifiedTo(pool: pg.Pool, migration: string): Promise<bigint | null> {
  const validator = (await readBeats(pool, migration)).find((b) => b.name === 'validator');
  const to = validator?.state['verifiedTo'];
  return validator === undefined || validator.ageMs > DOWN_AFTER_MS || typeof to !== 'string' ? null : BigInt(to);
}

async function waitFor(input: RepairInput, position: bigint): Promise<bigint | null> {
  const until = performance.now() + input.withinMs;
  for (;;) {
    const to = await verifiedTo(input.pool, input.record.id);
    if ((to !== null && to >= position) || performance.now() >= until) return to;
    await sleep(POLL_MS, undefined, { signal: input.signal });
  }
}
