/**
 * The main job: one run of `migrate` from the source's path to the verdict. Everything durable is in the control
 * record, so a run that was cut off anywhere is continued by the next.
 */
import { join } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import { SNAPSHOT_PARTITIONS } from '@causeway/contracts/topics';
import { CONTROL_SCHEMA, ensureControlSchema } from '@causeway/control/record/control-schema';
import { advancePhase, findMigration, type MigrationRecord } from '@causeway/control/record/migration-record';
import { recordTiming } from '@causeway/control/record/table-record';
import { deleteTopics } from '@causeway/control/topics/ensure-topics';
import { readSettings } from '@causeway/runtime/config-table';
import { createLog } from '@causeway/runtime/log';
import { checkTarget } from '@causeway/runtime/postgres-pool';
import { prepareSource, sourceStamp } from '@causeway/runtime/sqlite/prepare-source';
import { connectTransport } from '@causeway/runtime/transport/connect-transport';
import { KAFKA_SECURITY_SETTINGS } from '@causeway/runtime/transport/kafka-security';
import { transportConfig } from '@causeway/runtime/transport/transport-config';
import type { Query } from '@causeway/control/queries/query-set';
import type pg from 'pg';
import { backupSourceFirst } from '../backup/automatic-backup.ts';
import type { ProgressEvent, TableSize } from '../progress/progress-event.ts';
import { beginGeneration } from './begin-migration.ts';
import { estimateTables } from '@causeway/control/plan/estimate-rows';
import { chooseId } from './choose-id.ts';
import { ExternalServices } from './external-services.ts';
import { openTarget } from './open-target.ts';
import { planMigration } from './plan-migration.ts';
import { schemaMode } from './schema-mode.ts';
import { MigrationServices, type ServiceUsage } from './run-services.ts';
import { readVerification, type StoredVerification } from './stored-verification.ts';
import { notesAfterFailure, notesAfterRestore } from './suspended-notes.ts';
import { TableProgressMeter } from './table-progress-meter.ts';

export interface MigrateOptions {
  readonly source: string;
  readonly name: string;
  readonly url: string;
  readonly transport: { readonly kind: 'kafka' | 'embedded'; readonly brokers: string; readonly embeddedFile: string };
  readonly stateFolder: string;
  readonly planFile: string | undefined;
  /** The application's queries: indexes for what they search, and a section of the report. */
  readonly queries?: readonly Query[];
  readonly targetSchema: string | undefined;
  readonly names: 'exact' | 'snake_case';
  readonly restart: boolean;
  readonly copySource: boolean;
  readonly replace: readonly string[];
  /** Who makes the tables; undefined: as this migration began, else `create`. */
  readonly schema: 'create' | 'existing' | undefined;
  /** Source tables that have no counterpart among existing ones stay behind. */
  readonly skipMissing: boolean;
  /** Source tables that stay behind, with `existing`. */
  readonly skip: readonly string[];
  /** Id of a new migration; undefined makes a random one. */
  readonly id: string | undefined;
  /** Where a backup of the source is kept before its migration begins; undefined: none is made. */
  readonly backupFolder?: string | undefined;
  /** Services run elsewhere, under that id: this command only writes the record and follows it. */
  readonly externalServices: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly onEvent: (event: ProgressEvent) => void;
}

export interface MigrateResult {
  readonly record: MigrationRecord;
  readonly verification: StoredVerification;
  readonly seconds: Record<string, number>;
  readonly usage: readonly ServiceUsage[];
  readonly serverVersion: string;
  readonly alreadyDone: boolean;
}

/** The pool stays the caller's: it reads the record for the report afterwards. */
export async function migrate(options: MigrateOptions, pool: pg.Pool): Promise<MigrateResult> {
  const { version, role } = await checkTarget(pool, options.url);
  // "$user" comes first in the default search_path: an application with this role would meet our tables before its own.
  if (role === CONTROL_SCHEMA) options.onEvent({ kind: 'note', text: `the role ${role} is called as the control schema: its sessions find unqualified names there first; ALTER ROLE ${role} SET search_path = public` });
  await ensureControlSchema(pool);
  return await new MigrationRun(options, pool, version).run();
}

const VERIFY_ONCE = { CAUSEWAY_MODE: 'once' };

class MigrationRun {
  private readonly options: MigrateOptions;
  private readonly pool: pg.Pool;
  private readonly serverVersion: string;
  private readonly seconds: Record<string, number> = {};
  private schema: 'create' | 'existing' = 'create';
  private services: MigrationServices | ExternalServices | undefined;
  private meter: TableProgressMeter | undefined;

  constructor(options: MigrateOptions, pool: pg.Pool, serverVersion: string) {
    this.options = options;
    this.pool = pool;
    this.serverVersion = serverVersion;
  }

  async run(): Promise<MigrateResult> {
    const found = await findMigration(this.pool, this.options.name);
    this.schema = schemaMode(found, this.options.schema);
    if (found !== null && found.phase === 'completed' && !this.options.restart) return this.alreadyDone(found);
    const id = await chooseId(this.pool, this.options.name, found, this.options.id);
    const resumable = found !== null && !this.options.restart && this.unchanged(found);
    if (found !== null && !resumable && !this.options.restart) this.note('the source has changed since it was read; beginning again with its present contents');
    try {
      const record = resumable ? this.resume(found) : await this.begin(id, (found?.generation ?? 0) + 1, found !== null && !this.options.restart, false);
      return await this.finish(await this.load(record));
    } catch (error) {
      // Beside the failure itself, which an unreachable target must not replace.
      if (this.schema === 'existing') for (const text of await notesAfterFailure(this.pool, id).catch(() => [])) this.note(text);
      throw error;
    } finally {
      await this.services?.stopAll();
    }
  }

  /** On a finished migration the command does nothing, or says that there is something to do. */
  private async alreadyDone(record: MigrationRecord): Promise<MigrateResult> {
    if (sourceStamp(this.options.source) !== record.source.stamp) {
      throw new Failure('SOURCE_CHANGED', `${this.options.source} was written after migration ${JSON.stringify(record.name)} had read it`);
    }
    const verification = await readVerification(this.pool, record);
    if (verification === null) throw new Failure('INTERNAL', `migration ${JSON.stringify(record.name)} is completed but has no verdict`);
    return { record, verification, seconds: { total: 0 }, usage: [], serverVersion: this.serverVersion, alreadyDone: true };
  }

  private unchanged(record: MigrationRecord): boolean {
    return record.source.copied !== 'no' || (sourceStamp(this.options.source) === record.source.stamp && record.source.path === this.options.source);
  }

  private resume(record: MigrationRecord): MigrationRecord {
    this.note(`resuming migration ${JSON.stringify(record.name)}, generation ${record.generation}, phase ${record.phase}`);
    this.startServices(record.id);
    return record;
  }

  /** Services start beside the planning: their start-up costs as much as it does. */
  private async begin(id: string, generation: number, copy: boolean, full: boolean): Promise<MigrationRecord> {
    this.phase('plan');
    if (generation === 1) this.startServices(id);
    const started = performance.now();
    const prepared = await prepareSource(this.options.source, join(this.options.stateFolder, 'source'), { forceCopy: copy || this.options.copySource });
    // Services elsewhere cannot tell that a sample was wrong: then the plan rests on every row.
    const planned = await planMigration(this.pool, this.options, this.schema, { file: prepared.readPath, full: full || this.options.externalServices, note: (text) => this.note(text) });
    await this.backup(prepared.readPath);
    const record = await beginGeneration(this.pool, {
      id,
      name: this.options.name,
      generation,
      prepared,
      planned,
      settings: { transport: this.options.transport.kind, partitions: SNAPSHOT_PARTITIONS, targetSchema: planned.plan.targetSchema, schema: this.schema },
      replace: this.options.replace,
    });
    this.seconds.plan = (performance.now() - started) / 1000;
    if (this.services === undefined) this.startServices(id);
    this.expect(estimateTables(prepared.readPath, planned.contracts));
    return record;
  }

  private async backup(file: string): Promise<void> {
    const { backupFolder: root, name, signal } = this.options;
    if (root !== undefined) await backupSourceFirst({ file, name, root, context: { signal }, note: (text) => this.note(text) });
  }

  private startServices(id: string): void {
    const { transport, url, stateFolder, environment } = this.options;
    if (this.options.externalServices) {
      this.note(`services are expected to run elsewhere with CAUSEWAY_MIGRATION=${id}`);
      this.services = new ExternalServices({ pool: this.pool, migration: id, signal: this.options.signal });
      return;
    }
    const meter = new TableProgressMeter(this.pool, id, this.options.onEvent);
    this.meter = meter;
    this.services = new MigrationServices(
      { migration: id, databaseUrl: url, transport: transport.kind, brokers: transport.brokers, embeddedFile: transport.embeddedFile, stateFolder, inherited: environment },
      { onProgress: (message) => meter.add(message), onNote: (text) => this.note(text) },
    );
    this.services.start('extractor');
    this.services.start('loader');
  }

  /** Until primary keys and statistics are committed; a plan that a row contradicts is made again from every row. */
  private async load(record: MigrationRecord): Promise<MigrationRecord> {
    this.phase('snapshot');
    const started = performance.now();
    const services = this.services as NonNullable<typeof this.services>;
    try {
      await services.untilPhase(this.pool, 'loaded', this.options.signal);
    } catch (error) {
      if (!(error instanceof Failure) || (error.code !== 'PLAN_REVISED' && error.code !== 'SOURCE_CHANGED')) throw error;
      this.note(`${error.message}: ${error.code === 'PLAN_REVISED' ? 'planning again from every row' : 'beginning again'}`);
      return this.load(await this.again(record, record.source.copied !== 'no' || this.wasWritten(record), true));
    }
    this.seconds.snapshot = (performance.now() - started) / 1000;
    // Since this process began: what the user waits for.
    this.seconds.load = performance.now() / 1000;
    await recordTiming(this.pool, { migration: record.id, generation: record.generation }, 'load', this.seconds.load);
    return record;
  }

  private async finish(record: MigrationRecord): Promise<MigrateResult> {
    const services = this.services as NonNullable<typeof this.services>;
    this.phase('verify');
    const started = performance.now();
    const validator = services.start('validator', VERIFY_ONCE);
    const changed = await validator.done.then(() => false, ifSourceChanged);
    this.seconds.verify = (performance.now() - started) / 1000;
    this.phase('objects');
    await services.untilPhase(this.pool, 'built', this.options.signal);
    if (changed || this.wasWritten(record)) {
      this.note('the source was written while it was being read: nothing of that is kept; beginning again from a consistent copy');
      return this.finish(await this.load(await this.again(record, true, false)));
    }
    if (this.schema === 'existing') for (const text of await notesAfterRestore(this.pool, record)) this.note(text);
    const verification = await readVerification(this.pool, record);
    if (verification === null) throw new Failure('INTERNAL', 'the validator ended without a verdict');
    await services.end();
    if (verification.verdict !== 'different') await this.complete(record);
    this.seconds.total = performance.now() / 1000;
    return { record, verification, seconds: this.seconds, usage: services.usage, serverVersion: this.serverVersion, alreadyDone: false };
  }

  /** Reads in place that another process wrote in between may be torn; a copy cannot be. */
  private wasWritten(record: MigrationRecord): boolean {
    return record.source.copied === 'no' && sourceStamp(record.source.path) !== record.source.stamp;
  }

  /** A new generation in place of the present one, whose tables and blocks are thrown away. */
  private async again(record: MigrationRecord, copy: boolean, full: boolean): Promise<MigrationRecord> {
    await this.services?.stopAll();
    this.services = undefined;
    return this.begin(record.id, record.generation + 1, copy, full);
  }

  private async complete(record: MigrationRecord): Promise<void> {
    await openTarget(this.pool, record);
    const { transport } = this.options;
    const connected = await connectTransport(transportConfig({ transport: transport.kind, brokers: transport.brokers, embeddedFile: transport.embeddedFile, ...readSettings(KAFKA_SECURITY_SETTINGS, this.options.environment) }, 'causeway-cli'), { log: createLog('cli', 'silent') });
    try {
      await deleteTopics(connected, record);
    } finally {
      await connected.close();
    }
    await advancePhase(this.pool, record.id, record.generation, 'built', 'completed');
  }

  private expect(tables: readonly TableSize[]): void {
    this.meter?.expect(tables);
    this.options.onEvent({ kind: 'tables', tables });
  }

  private phase(name: string): void {
    this.options.onEvent({ kind: 'phase', phase: name, at: Date.now() });
  }

  private note(text: string): void {
    this.options.onEvent({ kind: 'note', text });
  }
}


/** The validator says it when the file moved under it; what it has compared by then means nothing. */
function ifSourceChanged(error: unknown): true {
  if (error instanceof Failure && error.code === 'SOURCE_CHANGED') return true;
  throw error;
}
