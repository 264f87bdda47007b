/**
 * The loader's work on one migration: makes the tables, consumes the snapshot topic in a consumer group, applies what
 * arrives, and finishes the schema. Offsets live in the target; the transport's own committed ones are only for lag tools.
 */
import { loaderGroup, snapshotTopic } from '@causeway/contracts/topics';
import { Failure } from '@causeway/contracts/failures';
import { schemaIdOf } from '@causeway/contracts/schema-id';
import { atLeast, type MigrationRecord, readMigration } from '@causeway/control/record/migration-record';
import { type Generation, readContracts } from '@causeway/control/record/table-record';
import { ensureTopics } from '@causeway/control/topics/ensure-topics';
import { releasing } from '@causeway/runtime/collect-memory';
import type { Log } from '@causeway/runtime/log';
import type { IncomingBatch, Transport } from '@causeway/runtime/transport/port';
import type { TableContract } from '@causeway/contracts/table-contract';
import type pg from 'pg';
import { type Applied, applyRanges } from './apply/apply-ranges.ts';
import type { BackStep } from './back/run-back-sink.ts';
import { TableLoader } from './apply/table-loader.ts';
import { type CompleteRange, RangeAssembly } from './consume/assemble-ranges.ts';
import { type Block, parseBlock } from './consume/block.ts';
import { claimPartition, type PartitionClaim } from './consume/partition-claim.ts';
import { finish } from './finisher.ts';
import { follow, patiently } from './follow.ts';
import type { StreamStep } from './stream/stream-lane.ts';
import { createTables } from './schema/create-tables.ts';
import { prepareExistingTables } from './schema/existing/prepare-existing.ts';

export interface LoaderInput {
  readonly pool: pg.Pool;
  readonly transport: Transport;
  readonly record: MigrationRecord;
  readonly lanes: number;
  readonly groupSuffix: string;
  /** The file that the way back writes, of a live migration; absent: as the record has it. */
  readonly sourceFile?: string;
  readonly onBack?: (step: BackStep) => void;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onApplied: (applied: Applied, bytes: number, seconds: number) => void;
  /** Shown with every beat; absent where nobody watches. */
  readonly lives?: () => void;
  readonly onKeyed: (table: number) => void;
  /** A transaction of the change stream; absent where nobody counts. */
  readonly onStep?: (step: StreamStep) => void;
  /** Bytes of one batch of changes that are held in memory; the setting's default where absent. */
  readonly heldBytes?: number;
}

export async function runLoader(input: LoaderInput): Promise<void> {
  const { pool, record, signal, log } = input;
  const g: Generation = { migration: record.id, generation: record.generation };
  await (record.settings.schema === 'existing' ? prepareExistingTables : createTables)(pool, record);
  const contracts = await readContracts(pool, g);
  const live = record.settings.live === true;
  const commits = new CommitBell();
  // A loader that can no longer consume must not wait for tables that will never be whole.
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  const loaded = Promise.withResolvers<void>();
  const finisher = { pool, g, schema: record.settings.schema, contracts, live, log, signal: both, onKeyed: input.onKeyed, onLoaded: () => loaded.resolve(), committed: () => commits.next() };
  const finished = live ? patiently(() => finish(finisher), finisher) : finish(finisher);
  try {
    const phase = (await readMigration(pool, g.migration)).phase;
    if (!atLeast(phase, 'loaded')) await loadSnapshot(input, g, contracts, commits, live ? Promise.race([loaded.promise, finished]) : finished);
    await (live ? follow({ ...input, signal: both }, g, finished) : finished);
  } finally {
    over.abort();
    await finished.catch(() => {});
  }
}

/** Consumes the snapshot's topic until `done`. */
async function loadSnapshot(input: LoaderInput, g: Generation, contracts: readonly TableContract[], commits: CommitBell, done: Promise<void>): Promise<void> {
  const lane = new SnapshotLane(input, g, new Map(contracts.map((c) => [c.table, new TableLoader(c)])), commits);
  // A group that subscribes to a topic that is not there yet gets no partitions and is not told when it appears.
  await ensureTopics(input.transport, input.record);
  const consumer = await input.transport.consumer({ groupId: loaderGroup(g.migration, g.generation, input.groupSuffix), topic: snapshotTopic(g.migration, g.generation), concurrency: input.lanes, signal: input.signal });
  const consuming = consumer.run({
    onAssigned: (partitions) => lane.claim(partitions),
    onRevoked: async (partitions) => lane.release(partitions),
    onBatch: async (batch) => {
      const next = await lane.apply(batch);
      // Advisory: the truth is in the target; this is what standard lag tools look at.
      if (next !== null) consumer.commit(new Map([[batch.partition, next]]));
    },
  });
  try {
    // Consuming ends only by failing; being done ends the work.
    await Promise.race([done, consuming.then(() => done)]);
  } finally {
    await consumer.stop();
    await consuming.catch(() => {});
  }
}

/** Wakes whoever waits for the next commit. */
class CommitBell {
  private waiting: (() => void)[] = [];

  next(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  ring(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

class SnapshotLane {
  private readonly input: LoaderInput;
  private readonly g: Generation;
  private readonly tables: ReadonlyMap<number, TableLoader>;
  private readonly commits: CommitBell;
  private readonly claims = new Map<number, PartitionClaim>();
  private readonly assemblies = new Map<number, RangeAssembly>();

  constructor(input: LoaderInput, g: Generation, tables: ReadonlyMap<number, TableLoader>, commits: CommitBell) {
    this.input = input;
    this.g = g;
    this.tables = tables;
    this.commits = commits;
  }

  /** Takes the partitions under a new epoch; the offsets to start from are the target's. */
  async claim(partitions: readonly number[]): Promise<Map<number, bigint>> {
    const starts = new Map<number, bigint>();
    for (const partition of partitions) {
      const claim = await claimPartition(this.input.pool, this.g, partition);
      this.claims.set(partition, claim);
      this.assemblies.set(partition, new RangeAssembly());
      // Invariant: I5
      starts.set(partition, claim.nextOffset);
    }
    return starts;
  }

  release(partitions: readonly number[]): void {
    for (const partition of partitions) {
      this.claims.delete(partition);
      this.assemblies.delete(partition);
    }
  }

  /** The offset that is durable now; null where nothing changed. */
  async apply(batch: IncomingBatch): Promise<bigint | null> {
    const claim = this.claims.get(batch.partition);
    const assembly = this.assemblies.get(batch.partition);
    if (claim === undefined || assembly === undefined || batch.signal.aborted) return null;
    const complete: CompleteRange[] = [];
    let bytes = 0;
    let after = claim.nextOffset;
    for (const message of batch.messages) {
      bytes += message.value.length;
      const range = assembly.add(this.parse(message.value, batch.partition, message.offset), message.offset);
      if (range !== null) complete.push(range);
      after = message.offset + 1n;
    }
    const next = assembly.resumeFrom(after);
    // What was fetched is done with when this batch is; of a range that is still open, later.
    releasing(bytes);
    if (complete.length === 0 && next === claim.nextOffset) return null;
    const started = performance.now();
    const applied = await applyRanges({ pool: this.input.pool, g: this.g, tables: this.tables, live: this.input.record.settings.live === true }, claim, complete, next);
    this.claims.set(batch.partition, { ...claim, nextOffset: next });
    this.input.onApplied(applied, bytes, (performance.now() - started) / 1000);
    this.commits.ring();
    return next;
  }

  /** A message that is not this migration's is named and stops the loader: skipping it could lose rows. */
  private parse(value: Buffer, partition: number, offset: bigint): Block {
    const block = parseBlock(value);
    const { header, schemaId } = block;
    const table = this.tables.get(header.table);
    const ours = header.migration === this.g.migration && header.generation === this.g.generation;
    // Invariant: I6
    if (!ours || table === undefined || schemaId !== schemaIdOf(this.g.generation, header.table)) {
      throw new Failure('MESSAGE_INVALID', `offset ${offset} of partition ${partition} belongs to migration ${header.migration}, generation ${header.generation}, table ${header.table}`);
    }
    return block;
  }
}

