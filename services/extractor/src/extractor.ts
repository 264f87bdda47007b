/**
 * The extractor's work on one migration: for every table plan its ranges, store them, read what is not yet committed,
 * publish it; then stay until the ledger shows everything, sending anew what a transport may have lost.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { schemaTopic, snapshotTopic } from '@causeway/contracts/topics';
import { schemaIdOf } from '@causeway/contracts/schema-id';
import type { TableContract } from '@causeway/contracts/table-contract';
import { atLeast, type MigrationRecord, readMigration } from '@causeway/control/record/migration-record';
import { committedRanges, type Generation, type KeyRange, readContracts, readRanges, recordTiming, type StoredRanges, storeRanges } from '@causeway/control/record/table-record';
import { ensureTopics } from '@causeway/control/topics/ensure-topics';
import type { Log } from '@causeway/runtime/log';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import type { Transport } from '@causeway/runtime/transport/port';
import type pg from 'pg';
import { completeQuarantine } from './complete-quarantine.ts';
import { Publisher, type PublishedPart, type PublisherOptions } from './publish/publisher.ts';
import { publishSchemas } from './publish/publish-schemas.ts';
import { FIRST_SLICE, type RangeSlice, type SliceStart } from './read/plan-ranges.ts';
import type { Throttle } from './follow/throttle.ts';
import { Reader } from './reader.ts';

export interface ExtractorInput {
  readonly pool: pg.Pool;
  readonly transport: Transport;
  readonly record: MigrationRecord;
  readonly sourceFile: string;
  readonly creditBytes: number;
  /** Of a live migration: reading may be slowed down. */
  readonly throttle?: Throttle;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onDurable: (parts: readonly PublishedPart[], reader: { readonly outstandingBytes: number; readonly waitedMs: number }) => void;
  /** Shown by each part that works, lap by lap; absent where nobody watches. */
  readonly lives?: (part: string) => void;
}

/** How often the ledger is looked at while the loader catches up. */
const LEDGER_POLL_MS = 250;
/** The ledger not growing for this long, with the loader at the topic's end, means that messages are gone. */
const RESEND_AFTER_MS = 15_000;

export async function runExtractor(input: ExtractorInput): Promise<void> {
  const { pool, transport, record, signal } = input;
  const g: Generation = { migration: record.id, generation: record.generation };
  const topic = snapshotTopic(g.migration, g.generation);
  // Started once more after the work was done: its topics may be deleted, and are not to be made again.
  if (atLeast(record.phase, 'loaded')) return;
  const contracts = await readContracts(pool, g);
  const producer = await transport.producer({ clientId: `causeway-extractor-${g.migration}` });
  // The first ranges are cut and read while the topics are made.
  const topics = ensureTopics(transport, record).then(() => publishSchemas(producer, schemaTopic(g.migration), g.generation, contracts));
  topics.catch(() => {});
  const run = new SnapshotRun(input, g, { producer, topic, ready: topics }, contracts);
  try {
    const started = performance.now();
    await run.publishMissing();
    await recordTiming(pool, g, 'published', (performance.now() - started) / 1000);
    input.log.info({ tables: contracts.length, seconds: (performance.now() - started) / 1000 }, 'all ranges published');
    await run.watchLedger();
  } finally {
    await run.close();
    await producer.close();
  }
  signal.throwIfAborted();
}

class SnapshotRun {
  private readonly input: ExtractorInput;
  private readonly g: Generation;
  private readonly contracts: readonly TableContract[];
  private readonly reader: Reader;
  private readonly publisher: Publisher;
  private failure: unknown;
  private readonly ranges = new Map<number, StoredRanges>();

  constructor(input: ExtractorInput, g: Generation, way: Pick<PublisherOptions, 'producer' | 'topic' | 'ready'>, contracts: readonly TableContract[]) {
    this.input = input;
    this.g = g;
    this.contracts = contracts;
    this.publisher = new Publisher({
      ...way,
      partitions: input.record.settings.partitions,
      onDurable: (parts) => {
        void this.credit(parts);
        input.onDurable(parts, this.reader);
      },
      onFailure: (error) => {
        this.failure = error;
        void this.reader.close();
      },
    });
    this.reader = new Reader(
      { file: input.sourceFile, migration: g.migration, generation: g.generation, attempt: randomUUID(), live: input.record.settings.live === true, limitBytes: input.creditBytes },
      (part) => this.publisher.add(part),
    );
  }

  /** Later, where the reading is slowed down: without credit the reader waits. */
  private async credit(parts: readonly PublishedPart[]): Promise<void> {
    const { throttle, signal } = this.input;
    throttle?.spend(parts.reduce((sum, part) => sum + part.bytes.length, 0));
    if (throttle?.holds === true) await throttle.open(signal);
    this.reader.credited(parts);
  }

  /** Publishes every range whose block is not committed. A repeat is harmless: the loader skips it by its identity. */
  async publishMissing(): Promise<void> {
    for (const contract of this.contracts) {
      const done = await committedRanges(this.input.pool, this.g, contract.table);
      for await (const ranges of this.slicesOf(contract)) {
        await this.input.throttle?.open(this.input.signal);
        this.check();
        const missing = ranges.filter((range) => !done.has(range.range));
        if (missing.length > 0) await this.racing(this.reader.read(contract, schemaIdOf(this.g.generation, contract.table), missing));
      }
    }
    await this.racing(this.publisher.drained());
  }

  /** Ranges are fixed and stored before the first publish of each; a restart reads them back. Invariant: I1 */
  private async *slicesOf(contract: TableContract): AsyncGenerator<readonly KeyRange[]> {
    const { pool } = this.input;
    let known = this.ranges.get(contract.table) ?? (await readRanges(pool, this.g, contract.table));
    this.ranges.set(contract.table, known);
    if (known.ranges.length > 0) yield known.ranges;
    let start: SliceStart | null = null;
    while (!known.complete) {
      const slice: RangeSlice = await this.racing(this.reader.plan(contract, start ?? behind(known.ranges)));
      await inTransaction(pool, (client) => storeRanges(client, this.g, contract.table, { ranges: slice.ranges, complete: slice.next === null }));
      // Another extractor may have stored its own first; what is stored is what counts.
      const stored: StoredRanges = await readRanges(pool, this.g, contract.table, known.ranges.length);
      known = { ranges: [...known.ranges, ...stored.ranges], complete: stored.complete };
      this.ranges.set(contract.table, known);
      const mine = stored.ranges.length === slice.ranges.length && isDeepStrictEqual(stored.ranges.at(-1), slice.ranges.at(-1));
      start = mine ? slice.next : null;
      yield stored.ranges;
    }
  }

  async watchLedger(): Promise<void> {
    const total = [...this.ranges.values()].reduce((sum, { ranges }) => sum + ranges.length, 0);
    let seen = -1;
    let since = performance.now();
    for (;;) {
      this.check();
      await completeQuarantine(this.input.pool, this.g, this.reader, this.contracts, (table, range) => this.ranges.get(table)?.ranges[range] as KeyRange);
      const record = await readMigration(this.input.pool, this.g.migration);
      if (record.generation !== this.g.generation || atLeast(record.phase, 'loaded')) return;
      const committed = await this.countCommitted();
      if (committed !== seen) {
        seen = committed;
        since = performance.now();
      } else if (performance.now() - since > RESEND_AFTER_MS && (await this.loaderIsAtEnd())) {
        this.input.log.warn({ committed, total }, 'the topic holds nothing more, but ranges are missing: sending them again');
        await this.publishMissing();
        since = performance.now();
      }
      await sleep(LEDGER_POLL_MS, undefined, { signal: this.input.signal }).catch(() => this.check());
    }
  }

  private async countCommitted(): Promise<number> {
    const result = await this.input.pool.query('SELECT count(*)::int AS n FROM causeway.block WHERE migration = $1 AND generation = $2', [this.g.migration, this.g.generation]);
    return result.rows[0].n;
  }

  private async loaderIsAtEnd(): Promise<boolean> {
    const consumed = await this.input.pool.query('SELECT partition, next_offset FROM causeway.consumed WHERE migration = $1 AND generation = $2', [this.g.migration, this.g.generation]);
    const next = new Map<number, bigint>(consumed.rows.map((row) => [row.partition as number, row.next_offset as bigint]));
    const admin = await this.input.transport.admin();
    try {
      const ends = await admin.endOffsets(snapshotTopic(this.g.migration, this.g.generation));
      return ends.every((end) => (next.get(end.partition) ?? 0n) >= end.high);
    } finally {
      await admin.close();
    }
  }

  close(): Promise<void> {
    return this.reader.close();
  }

  private check(): void {
    this.input.signal.throwIfAborted();
    if (this.failure !== undefined) throw this.failure;
  }

  /** Waits for work, but not longer than for an abort or a failed publish. */
  private racing<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const poll = setInterval(() => {
        try {
          this.check();
        } catch (error) {
          clearInterval(poll);
          reject(error);
        }
      }, 100);
      work.then(resolve, reject).finally(() => clearInterval(poll));
    });
  }
}

/** Where planning goes on behind ranges that an earlier start, or another extractor, has stored. */
function behind(ranges: readonly KeyRange[]): SliceStart {
  const last = ranges.at(-1);
  return last === undefined ? FIRST_SLICE : { range: last.range + 1, lo: last.hi, rows: FIRST_SLICE.rows };
}
