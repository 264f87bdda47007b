/** Consumes the way back beside the change stream, from the offset that the SQLite file holds, until it is stopped. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import type { ChangeHeader } from '@causeway/contracts/live/change-part';
import type { TableContract } from '@causeway/contracts/table-contract';
import { backTopic, loaderGroup } from '@causeway/contracts/topics';
import { findLive } from '@causeway/control/live/live-record';
import { quarantinedTables } from '@causeway/control/record/quarantine-record';
import { targetContracts, type VersionedContracts } from '@causeway/control/record/schema-change';
import type { Generation } from '@causeway/control/record/table-record';
import { reverseCaptureInstalled } from '@causeway/control/target/reverse-capture';
import { anyComputedRow, replaceComputedRows } from '@causeway/control/target/back-computed';
import { recordBackGap, replaceRowProblems } from '@causeway/control/target/back-problem';
import type { Log } from '@causeway/runtime/log';
import { inTransaction, messageOf } from '@causeway/runtime/postgres-pool';
import type { IncomingBatch, Transport } from '@causeway/runtime/transport/port';
import type { Database } from 'better-sqlite3';
import type pg from 'pg';
import { ContractsMoved } from '../evolve/contracts-moved.ts';
import { isPassing } from '@causeway/runtime/passing-trouble';
import type { BackOutcome } from './apply-back.ts';
import { BackAssembly, parseBackHeader } from './back-message.ts';
import { BackSink } from './back-sink.ts';
import { keepSequences, readSequences } from './keep-sequences.ts';
import { openSink } from './open-sink.ts';
import { SinkTable } from './sink-table.ts';
import { hasState } from './source-facts.ts';
import { removeEntries } from '../stream/stream-quarantine.ts';

export interface BackSinkInput {
  readonly pool: pg.Pool;
  readonly transport: Transport;
  readonly g: Generation;
  readonly sourceFile: string;
  readonly groupSuffix: string;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onStep?: (step: BackStep) => void;
}

/** One message or batch of the way back. */
export interface BackStep {
  readonly kind: ChangeHeader['kind'];
  readonly attempt: bigint;
  readonly rows: number;
  readonly cells: number;
  readonly deleted: number;
  readonly problems: number;
  readonly skipped: boolean;
  readonly seenMs: number;
}

const WAIT_MS = 500;
const PAUSE_MS = 500;

export async function runBackSink(input: BackSinkInput): Promise<void> {
  const { signal, log } = input;
  while (!signal.aborted) {
    try {
      const contracts = await untilNeeded(input);
      if (contracts !== null) await consume(input, contracts);
      else return;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ContractsMoved) {
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
        continue;
      }
      if (error instanceof Failure && error.code === 'TRANSPORT_GAP') await afterGap(input);
      else if (!isPassing(error)) throw error;
      log.warn({ reason: messageOf(error) }, 'the way back is interrupted; going on from the durable position');
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
    }
  }
}

/** Null where the migration has ended. */
async function untilNeeded({ pool, g, signal }: BackSinkInput): Promise<VersionedContracts | null> {
  while (!signal.aborted) {
    const live = await findLive(pool, g.migration);
    if (live === null || live.phase === 'completed') return null;
    if (live.phase !== 'loading') {
      const versioned = await targetContracts(pool, g);
      if (await reverseCaptureInstalled(pool, g, versioned.contracts)) return versioned;
    }
    await sleep(WAIT_MS, undefined, { signal }).catch(() => {});
  }
  return null;
}

async function consume(input: BackSinkInput, versioned: VersionedContracts): Promise<void> {
  const { transport, g, signal, groupSuffix } = input;
  const db = openSink(input.sourceFile);
  try {
    if (!hasState(db)) throw new Failure('CAPTURE_LOST', 'the state table of this migration is not in the source any more');
    const lane = new BackLane(input, db, versioned);
    const consumer = await transport.consumer({ groupId: `${loaderGroup(g.migration, g.generation, groupSuffix)}.back`, topic: backTopic(g.migration, g.generation), concurrency: 1, signal });
    try {
      await consumer.run({
        onAssigned: async () => new Map([[0, lane.begin()]]),
        onRevoked: async () => {},
        onBatch: async (batch) => {
          await lane.take(batch);
          consumer.commit(new Map([[0, lane.nextOffset]]));
        },
      });
    } finally {
      await consumer.stop();
    }
  } finally {
    db.close();
  }
}

class BackLane {
  private readonly input: BackSinkInput;
  private readonly db: Database;
  private readonly version: number;
  private readonly contracts: ReadonlyMap<number, TableContract>;
  private readonly tables: ReadonlyMap<number, SinkTable>;
  private sink: BackSink;
  private assembly = new BackAssembly();
  /** The publisher's batch that was taken last: the next one has the next number, or messages are missing. */
  private last: { attempt: string; batch: bigint } | null = null;
  /** Problems may stand in the record: only then are they looked for. */
  private mayHaveProblems = true;
  /** The same for rows that SQLite completes by values of its own. */
  private mayHaveComputed = true;
  /** Nothing comes into the quarantine while PostgreSQL is the primary: it is looked at once under each fence. */
  private quarantined: { fence: bigint; tables: ReadonlySet<number> } | null = null;

  constructor(input: BackSinkInput, db: Database, { version, contracts }: VersionedContracts) {
    this.input = input;
    this.db = db;
    this.version = version;
    this.contracts = new Map(contracts.map((contract) => [contract.table, contract]));
    this.tables = new Map(contracts.map((contract) => [contract.table, new SinkTable(db, contract)]));
    this.sink = this.newSink();
  }

  private newSink(): BackSink {
    return new BackSink(this.db, this.tables, { signal: this.input.signal, beforeCommit: (outcome) => this.tell(outcome), quarantined: (fence) => this.quarantineUnder(fence) });
  }

  /** What the file holds is where this consumer starts, whatever it did before. */
  begin(): bigint {
    this.sink = this.newSink();
    this.assembly = new BackAssembly();
    this.last = null;
    return this.sink.nextOffset;
  }

  get nextOffset(): bigint {
    return this.sink.nextOffset;
  }

  async take(batch: IncomingBatch): Promise<void> {
    for (const message of batch.messages) {
      batch.signal.throwIfAborted();
      await this.one(message.value, message.offset);
    }
  }

  private async one(value: Buffer, offset: bigint): Promise<void> {
    const { header, at } = parseBackHeader(value, this.input.g, this.contracts, this.version);
    const next = offset + 1n;
    if (header.kind !== 'changes') {
      await this.noteGap(header);
      const sequences = header.kind === 'marker' ? await readSequences(this.input.pool, [...this.contracts.values()]) : null;
      await this.sink.beat(header, this.assembly.resumeFrom(next), () => sequences !== null && keepSequences(this.db, sequences));
      this.step(header, null);
      return;
    }
    const whole = this.assembly.add(header, value, at, offset);
    if (whole === null) return;
    await this.noteGap(header);
    const outcome = await this.sink.take(whole, next);
    this.step(header, outcome);
  }

  /** Messages that a transport has lost are changes that SQLite will never see. */
  private async noteGap(header: ChangeHeader): Promise<void> {
    const { last } = this;
    this.last = { attempt: header.attempt, batch: header.batch };
    if (last === null || last.attempt !== header.attempt || header.batch <= last.batch + 1n) return;
    await recordBackGap(this.input.pool, this.input.g.migration);
  }

  private async quarantineUnder(fence: bigint): Promise<ReadonlySet<number>> {
    if (this.quarantined?.fence !== fence) this.quarantined = { fence, tables: await quarantinedTables(this.input.pool, this.input.g) };
    return this.quarantined.tables;
  }

  /** Before SQLite's commit, and again where that does not come: both are harmless, as what replaces the rows is under way. */
  private async tell(outcome: BackOutcome): Promise<void> {
    for (const [table, rows] of Map.groupBy(outcome.replaced, (row) => row.table)) {
      const { text, values = [] } = removeEntries(this.input.g, table, rows.map((row) => row.key));
      await this.input.pool.query(text, [...values]);
    }
    const { pool, g } = this.input;
    if (this.mayHaveComputed || outcome.computed.length > 0) {
      await inTransaction(pool, (client) => replaceComputedRows(client, g.migration, outcome.keys, outcome.computed));
      this.mayHaveComputed = await anyComputedRow(pool, g.migration);
    }
    if (!this.mayHaveProblems && outcome.problems.length === 0) return;
    await inTransaction(pool, (client) => replaceRowProblems(client, g.migration, ['inexact', 'refused'], outcome.keys, outcome.problems));
    const left = await pool.query("SELECT 1 FROM causeway.back_problem WHERE migration = $1 AND kind IN ('inexact', 'refused') LIMIT 1", [g.migration]);
    this.mayHaveProblems = left.rowCount === 1;
  }

  private step(header: ChangeHeader, outcome: BackOutcome | null): void {
    this.input.onStep?.({
      kind: header.kind,
      attempt: header.fence,
      rows: outcome?.rows ?? 0,
      cells: outcome?.cells ?? 0,
      deleted: outcome?.deleted ?? 0,
      problems: outcome?.problems.length ?? 0,
      skipped: header.kind === 'changes' && outcome === null,
      seenMs: header.seenMs,
    });
  }
}

/** What the topic no longer holds is gone: that is told for good, and what comes now is followed. */
async function afterGap(input: BackSinkInput): Promise<void> {
  const { pool, transport, g, signal } = input;
  const admin = await transport.admin();
  const db = openSink(input.sourceFile);
  try {
    await recordBackGap(pool, g.migration);
    const [end] = await admin.endOffsets(backTopic(g.migration, g.generation));
    await new BackSink(db, new Map(), { signal, beforeCommit: async () => {}, quarantined: async () => new Set() }).restartAt(end?.low ?? 0n);
  } finally {
    db.close();
    await admin.close();
  }
}
