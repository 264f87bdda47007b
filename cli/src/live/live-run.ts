/**
 * `migrate --live`: snapshot, following, and then the foreground for as long as the migration lives: its services run
 * under this command. Started again, it goes on wherever it is; nothing is remembered that the record does not hold.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import { SNAPSHOT_PARTITIONS } from '@causeway/contracts/topics';
import { removeCapture } from '@causeway/control/capture/install-capture';
import { openWritableSource } from '@causeway/control/capture/open-writable';
import { captureIsThere, readFact } from '@causeway/control/capture/source-facts';
import { readLiveStatus } from '@causeway/control/cutover/live-status';
import { findLive, type LiveRecord } from '@causeway/control/live/live-record';
import { findMigration, type MigrationRecord } from '@causeway/control/record/migration-record';
import { filesystemOf } from '@causeway/runtime/sqlite/source-filesystem';
import { sourceStamp } from '@causeway/runtime/sqlite/prepare-source';
import { isConnectionError, messageOf } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import { statSync } from 'node:fs';
import { backupSourceFirst } from '../backup/automatic-backup.ts';
import { beginGeneration } from '../migrate/begin-migration.ts';
import { chooseId } from '../migrate/choose-id.ts';
import { estimateTables } from '@causeway/control/plan/estimate-rows';
import type { MigrateOptions } from '../migrate/migrate.ts';
import { refusePartitions } from '@causeway/control/plan/speed/table-partition';
import { planMigration } from '../migrate/plan-migration.ts';
import { MigrationServices } from '../migrate/run-services.ts';
import { schemaMode } from '../migrate/schema-mode.ts';
import { TableProgressMeter } from '../migrate/table-progress-meter.ts';
import { deleteLiveTopics } from './delete-live-topics.ts';
import { captureCautions, installLive, plannedDdl } from './install-live.ts';
import { followingLine } from './following-line.ts';

export interface LiveOptions extends MigrateOptions {
  /** Shown before anything is written to the source; false: the owner does not agree. */
  readonly consent: (ddl: readonly string[], file: string) => Promise<boolean>;
  /** The command ends when this is reached; undefined: it stays until the migration is completed. */
  readonly until: 'following' | undefined;
  readonly maxSilenceMs: number;
}

export interface LiveOutcome {
  readonly record: MigrationRecord;
  readonly phase: LiveRecord['phase'];
  readonly seconds: Readonly<Record<string, number>>;
}

const POLL_MS = 250;
const UNREACHABLE_MS = 1_000;
const VALIDATE_LIVE = { CAUSEWAY_MODE: 'live' };

/** Throws SOURCE_FILESYSTEM before anything is written where a second process would damage the database. */
function checkPlace(source: string): void {
  const db = openWritableSource(source);
  const mode = db.pragma('journal_mode', { simple: true });
  db.close();
  const place = filesystemOf(source);
  if (mode === 'wal' && place !== undefined && !place.local) throw new Failure('SOURCE_FILESYSTEM', `${source} lies on ${place.name}`);
}

export class LiveRun {
  private readonly options: LiveOptions;
  private readonly pool: pg.Pool;
  private readonly seconds: Record<string, number> = {};
  private readonly began = performance.now();
  private services: MigrationServices | undefined;

  constructor(options: LiveOptions, pool: pg.Pool) {
    this.options = options;
    this.pool = pool;
  }

  async run(): Promise<LiveOutcome> {
    try {
      const record = await this.record();
      const before = await findLive(this.pool, record.id);
      if (before?.phase === 'completed') return { record, phase: 'completed', seconds: this.seconds };
      if (before === null || before.generation !== record.generation) await this.install(record);
      return await this.follow(record);
    } finally {
      await this.services?.stopAll();
    }
  }

  /** The migration's record: as it is, or made anew. */
  private async record(): Promise<MigrationRecord> {
    const { name, restart } = this.options;
    const found = await findMigration(this.pool, name);
    if (found !== null && !restart) {
      if (found.settings.live !== true) throw new Failure('USAGE', `migration ${JSON.stringify(name)} is not a live one; --restart begins it anew as one`);
      if (found.source.path !== this.options.source) throw new Failure('USAGE', `migration ${JSON.stringify(name)} follows ${found.source.path}`);
      this.note(`going on with migration ${JSON.stringify(name)}, generation ${found.generation}`);
      return found;
    }
    if (found !== null) await this.leaveOld(found);
    return this.begin(await chooseId(this.pool, name, found, this.options.id), (found?.generation ?? 0) + 1);
  }

  /** What another beginning would throw away must not be the primary. */
  private async leaveOld(found: MigrationRecord): Promise<void> {
    const live = await findLive(this.pool, found.id);
    if (live !== null && !['loading', 'following', 'completed'].includes(live.phase)) throw new Failure('USAGE', `migration ${JSON.stringify(found.name)} is ${live.phase}: run causeway rollback before it is begun anew`);
    const db = openWritableSource(found.source.path);
    try {
      if (captureIsThere(db) && readFact(db, 'migration') === found.id) removeCapture(db);
    } finally {
      db.close();
    }
  }

  private async begin(id: string, generation: number): Promise<MigrationRecord> {
    const { source, name, transport, replace } = this.options;
    this.phase('plan');
    const schema = schemaMode(await findMigration(this.pool, name), this.options.schema);
    // In place: what is followed cannot be a copy. Changes since any row was read come through the log.
    checkPlace(source);
    const prepared = { path: source, readPath: source, copied: 'no' as const, stamp: sourceStamp(source), bytes: statSync(source).size };
    const planned = await planMigration(this.pool, this.options, schema, { file: source, full: true, note: (text) => this.note(text) });
    refusePartitions(planned.contracts);
    const ddl = plannedDdl(source, planned.contracts);
    for (const caution of captureCautions(source, planned.contracts)) this.note(caution);
    if (!(await this.options.consent(ddl, source))) throw new Failure('USAGE', `nothing was written to ${source}: give --yes to install these ${ddl.length} statements`);
    const root = this.options.backupFolder;
    if (root !== undefined) await backupSourceFirst({ file: source, name, root, context: this.options, note: (text) => this.note(text) });
    const record = await beginGeneration(this.pool, {
      id,
      name,
      generation,
      prepared,
      planned,
      settings: { transport: transport.kind, partitions: SNAPSHOT_PARTITIONS, targetSchema: planned.plan.targetSchema, schema, live: true },
      replace,
    });
    this.options.onEvent({ kind: 'tables', tables: estimateTables(source, planned.contracts) });
    this.took('plan');
    return record;
  }

  private async install(record: MigrationRecord): Promise<void> {
    await installLive(this.pool, record);
    this.took('capture');
  }

  private async follow(record: MigrationRecord): Promise<LiveOutcome> {
    const { signal, until } = this.options;
    const services = this.startServices(record.id);
    this.phase('snapshot');
    await services.untilPhase(this.pool, 'loaded', signal);
    this.took('snapshot');
    this.phase('objects');
    await services.untilPhase(this.pool, 'built', signal);
    services.start('validator', VALIDATE_LIVE);
    for (let told = '', toldAt = 0; ; ) {
      const live = await Promise.race([services.failed(), this.onceReachable(() => this.liveNow(record.id))]);
      if (live === null || live.phase === 'completed') return await this.ended(record);
      if (live.phase !== 'loading' && told === '') this.took('following');
      if (live.phase !== 'loading' && until === 'following') return { record, phase: live.phase, seconds: this.seconds };
      if (live.phase !== 'loading' && (live.phase !== told || performance.now() - toldAt > this.options.maxSilenceMs)) {
        this.note(followingLine(await this.onceReachable(() => readLiveStatus(this.pool, { migration: record.id, generation: record.generation }))));
        [told, toldAt] = [live.phase, performance.now()];
      }
      await Promise.race([services.failed(), sleep(POLL_MS, undefined, { signal })]);
    }
  }

  private async ended(record: MigrationRecord): Promise<LiveOutcome> {
    await this.services?.end();
    await deleteLiveTopics(record, { ...this.options.transport, environment: this.options.environment });
    return { record, phase: 'completed', seconds: this.seconds };
  }

  /** Null once the migration has ended: `complete` and `detach` take the record away, with the last one its schema. */
  /** A server that restarts, or cannot be reached for a while, is waited for, as the services do. */
  private async onceReachable<T>(look: () => Promise<T>): Promise<T> {
    for (let told = false; ; told = true) {
      try {
        return await look();
      } catch (error) {
        if (!isConnectionError(error) || this.options.signal.aborted) throw error;
        if (!told) this.note(`PostgreSQL cannot be reached (${messageOf(error)}); waiting for it`);
        await sleep(UNREACHABLE_MS, undefined, { signal: this.options.signal });
      }
    }
  }

  private async liveNow(id: string): Promise<LiveRecord | null> {
    try {
      return await findLive(this.pool, id);
    } catch (error) {
      if (['3F000', '42P01'].includes((error as { code?: string }).code ?? '')) return null;
      throw error;
    }
  }

  private startServices(id: string): MigrationServices {
    const { transport, url, stateFolder, environment } = this.options;
    const meter = new TableProgressMeter(this.pool, id, this.options.onEvent);
    const services = new MigrationServices(
      { migration: id, databaseUrl: url, transport: transport.kind, brokers: transport.brokers, embeddedFile: transport.embeddedFile, stateFolder, inherited: environment, staying: true },
      { onProgress: (message) => meter.add(message), onNote: (text) => this.note(text) },
    );
    this.services = services;
    services.start('extractor');
    services.start('loader');
    return services;
  }

  private took(what: string): void {
    this.seconds[what] = (performance.now() - this.began) / 1000;
  }

  private phase(name: string): void {
    this.options.onEvent({ kind: 'phase', phase: name, at: Date.now() });
  }

  private note(text: string): void {
    this.options.onEvent({ kind: 'note', text });
  }
}
