/** A live migration in a database of its own, and hand-made messages of its change stream, encoded by plain avsc. */
import avro from 'avsc';
import { beatSchema, changeSchema } from '@causeway/contracts/live/change-schema';
import { CHANGE_KINDS, type ChangeKind } from '@causeway/contracts/live/change-part';
import { avroName } from '@causeway/contracts/avro-schema';
import { beatSchemaIdOf, changeSchemaIdOf } from '@causeway/contracts/schema-id';
import type { LogicalType } from '@causeway/contracts/logical-type';
import { ROWID_COLUMN, type TableContract } from '@causeway/contracts/table-contract';
import { writeWirePrefix } from '@causeway/contracts/wire';
import { insertLive } from '@causeway/control/live/live-record';
import { readStreamPosition, type StreamPosition } from '@causeway/control/live/stream-position';
import { ensureControlSchema } from '@causeway/control/record/control-schema';
import { insertMigration, type MigrationRecord } from '@causeway/control/record/migration-record';
import { type Generation, insertContracts } from '@causeway/control/record/table-record';
import { createPool, inTransaction } from '@causeway/runtime/postgres-pool';
import type { IncomingMessage } from '@causeway/runtime/transport/port';
import { type FreshDatabase, freshDatabase } from '@causeway/testkit/test-servers';
import type pg from 'pg';
import { createTables } from '../schema/create-tables.ts';
import { StreamLane, type StreamStep } from './stream-lane.ts';
import { StreamSession } from './stream-session.ts';
import { StreamTable } from './stream-table.ts';

export interface TableSpec {
  readonly name: string;
  readonly columns: Readonly<Record<string, LogicalType['kind']>>;
  readonly key: readonly string[];
}

export type Row = Readonly<Record<string, unknown>>;

/** A part of one table: keys that changed, the rows that they have now, and rows that cannot be moved. */
export interface PartSpec {
  readonly table: string;
  readonly keys: readonly Row[];
  readonly rows?: readonly Row[];
  readonly rejects?: readonly { key: Row; column: string; values: Row }[];
  readonly fragment?: { readonly reject: boolean; readonly offset: number; readonly total: number; readonly bytes: Buffer };
}

export interface BatchSpec {
  readonly from: number;
  readonly to: number;
  readonly attempt?: string;
  readonly batch?: number;
  readonly kind?: ChangeKind;
  readonly fence?: number;
  readonly parts?: readonly PartSpec[];
}

export function contractOf(spec: TableSpec, table: number): TableContract {
  const keyless = spec.key.length === 0;
  return {
    table,
    source: spec.name,
    targetSchema: 'public',
    target: spec.name,
    columns: Object.entries(spec.columns).map(([name, kind]) => ({ source: name, target: name, type: { kind } as LogicalType, form: 'plain', notNull: spec.key.includes(name) })),
    order: { kind: 'rowid', alias: spec.key.length === 1 ? (spec.key[0] as string) : 'rowid' },
    key: spec.key,
    keyless,
    speculative: false,
  };
}

export class StreamBench {
  readonly g: Generation;
  readonly record: MigrationRecord;
  private static readonly RECORD = { id: 'm', name: 'm', generation: 1, phase: 'planned', source: {}, settings: { transport: 'embedded', partitions: 1, targetSchema: 'public', schema: 'create', live: true }, plan: { tables: [] } } as unknown as MigrationRecord;
  readonly contracts: readonly TableContract[];
  readonly tables: ReadonlyMap<number, StreamTable>;
  readonly pool: pg.Pool;
  /** What the loader connects as. */
  readonly loaderPool: pg.Pool;
  readonly database: FreshDatabase;
  private readonly role: string | null;
  private offset = 0n;
  /** Messages of the last batch that was made. */
  lastCount = 0;

  private constructor(migration: string, schema: 'create' | 'existing', database: FreshDatabase, specs: readonly TableSpec[], role: string | null, loaderUrl: string) {
    this.g = { migration, generation: 1 };
    this.record = { ...StreamBench.RECORD, id: migration, name: migration, settings: { ...StreamBench.RECORD.settings, schema } };
    this.database = database;
    this.role = role;
    this.contracts = specs.map(contractOf);
    this.tables = new Map(this.contracts.map((contract) => [contract.table, new StreamTable(contract)]));
    this.pool = createPool({ url: database.url, max: 12, applicationName: 'test' });
    this.loaderPool = role === null ? this.pool : createPool({ url: loaderUrl, max: 6, applicationName: 'loader' });
  }

  /** `existing`: the application's own tables, by these statements; the loader prepares them. `plain`: as a role that owns the tables and may not set session_replication_role. */
  static async open(specs: readonly TableSpec[], options: { plain?: boolean; ddl?: string; keys?: boolean; migration?: string; existing?: string } = {}): Promise<StreamBench> {
    const database = await freshDatabase('stream');
    const url = new URL(database.url);
    const role = options.plain === true ? `plain_${url.pathname.split('_').at(-1)}` : null;
    const admin = createPool({ url: database.url, max: 1, applicationName: 'test' });
    if (role !== null) {
      await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT ALL ON SCHEMA public TO ${role}; GRANT CREATE ON DATABASE "${url.pathname.slice(1)}" TO ${role}`);
      url.username = role;
      url.password = 'x';
    }
    await admin.end();
    const bench = new StreamBench(options.migration ?? 'm', options.existing === undefined ? 'create' : 'existing', database, specs, role, url.href);
    await ensureControlSchema(bench.loaderPool);
    await inTransaction(bench.loaderPool, async (client) => {
      await insertMigration(client, bench.record);
      await insertContracts(client, bench.g, bench.contracts);
      await insertLive(client, { ...bench.g, token: 'token', startedAtId: 0n });
    });
    if (options.existing !== undefined) {
      await bench.loaderPool.query(options.existing);
      return bench;
    }
    await createTables(bench.loaderPool, bench.record);
    for (const contract of options.keys === false ? [] : bench.contracts) {
      const columns = contract.keyless ? [ROWID_COLUMN] : contract.key;
      await bench.loaderPool.query(`CREATE UNIQUE INDEX ON public."${contract.target}" (${columns.map((c) => `"${c}"`).join(', ')})`);
    }
    if (options.ddl !== undefined) await bench.loaderPool.query(options.ddl);
    if (options.keys !== false) await bench.pool.query("UPDATE causeway.migration SET phase = 'built'");
    return bench;
  }

  async close(): Promise<void> {
    await this.pool.end();
    if (this.role !== null) await this.loaderPool.end();
    await this.database.drop();
    if (this.role !== null) {
      const admin = createPool({ url: this.database.url.replace(/\/[^/]*$/, '/postgres'), max: 1, applicationName: 'test' });
      await admin.query(`DROP ROLE ${this.role}`);
      await admin.end();
    }
  }

  async lane(heldBytes?: number): Promise<TestLane> {
    const session = await StreamSession.claim(this.loaderPool, this.g, { version: 0, tables: this.tables, schema: 'create' });
    return new TestLane(session, heldBytes ?? 16_000_000);
  }

  position(): Promise<StreamPosition> {
    return readStreamPosition(this.pool, this.g);
  }

  async rowsOf(table: string, order = '1'): Promise<unknown[]> {
    return (await this.pool.query(`SELECT * FROM public."${table}" ORDER BY ${order}`)).rows;
  }

  async quarantine(): Promise<{ table_no: number; key: string; code: string }[]> {
    const result = await this.pool.query("SELECT table_no, key, code FROM causeway.quarantine ORDER BY id");
    return result.rows.map((row) => ({ ...row, key: Object.values(row.key as Record<string, { base64: string }>).map((cell) => Buffer.from(cell.base64, 'base64').toString()).join(',') }));
  }

  /** Messages of a batch with the next offsets of the topic. */
  messages(spec: BatchSpec): IncomingMessage[] {
    const parts = spec.parts ?? [];
    const values = parts.length === 0 ? [this.beat(spec)] : parts.map((part, i) => this.part(spec, part, i, i === parts.length - 1));
    this.lastCount = values.length;
    return values.map((value) => ({ partition: 0, offset: this.offset++, key: null, value, headers: {}, timestampMs: 0 }));
  }

  private header(spec: BatchSpec, part: number, last: boolean): Record<string, unknown> {
    const { from, to } = spec;
    const kind = CHANGE_KINDS.indexOf(spec.kind ?? (spec.parts === undefined ? 'heartbeat' : 'changes'));
    return { migration: this.g.migration, generation: 1, version: 0, kind, table: -1, attempt: spec.attempt ?? 'a', batch: spec.batch ?? to, part, last, from, to, as_of: to, fence: spec.fence ?? 0, epoch: 0, seen_ms: Date.now() };
  }

  private beat(spec: BatchSpec): Buffer {
    return framed(beatSchemaIdOf(1), avro.Type.forSchema(beatSchema() as avro.Schema).toBuffer(this.header(spec, 0, true)));
  }

  private part(spec: BatchSpec, part: PartSpec, number: number, last: boolean): Buffer {
    const contract = this.contracts.find((c) => c.source === part.table) as TableContract;
    const type = avro.Type.forSchema(changeSchema(contract) as avro.Schema);
    const names = contract.keyless ? ['rowid'] : contract.key;
    const value = {
      ...this.header(spec, number, last),
      table: contract.table,
      fragment: part.fragment ?? null,
      cells: part.keys.map((key) => names.map((name) => cell(name, key[name]))),
      keys: part.keys.map((key) => avroRow(contract, key, true)),
      rejects: (part.rejects ?? []).map((reject) => ({ key: names.map((name) => cell(name, reject.key[name])), column: reject.column, code: 'TYPE_MISMATCH', reason: 'test', values: Object.entries(reject.values).map(([name, v]) => cell(name, v)) })),
      rows: (part.rows ?? []).map((row) => avroRow(contract, row, false)),
    };
    return framed(changeSchemaIdOf(1, contract.table), type.toBuffer(value));
  }

  /** One row's bytes, as a fragment carries them. */
  rowBytes(table: string, row: Row): Buffer {
    const contract = this.contracts.find((c) => c.source === table) as TableContract;
    const schema = changeSchema(contract) as unknown as { fields: { name: string; type: { items: avro.Schema } }[] };
    return avro.Type.forSchema(schema.fields.find((f) => f.name === 'rows')?.type.items as avro.Schema).toBuffer(avroRow(contract, row, false));
  }
}

/** A lane that is fed by hand. */
export class TestLane {
  readonly session: StreamSession;
  readonly steps: StreamStep[] = [];
  private readonly lane: StreamLane;

  constructor(session: StreamSession, heldBytes: number) {
    this.session = session;
    this.lane = new StreamLane(session, (step) => this.steps.push(step), heldBytes);
  }

  async take(messages: readonly IncomingMessage[]): Promise<void> {
    await this.lane.take({ partition: 0, messages, highWatermark: 0n, signal: new AbortController().signal });
  }

  close(): void {
    this.session.close();
  }
}

function framed(id: number, body: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  writeWirePrefix(prefix, 0, id);
  return Buffer.concat([prefix, body]);
}

function cell(name: string, value: unknown): Record<string, unknown> {
  if (value === null || value === undefined) return { name, class: 0, bytes: Buffer.alloc(0) };
  if (typeof value === 'number') return { name, class: 1, bytes: Buffer.from(String(value)) };
  if (Buffer.isBuffer(value)) return { name, class: 4, bytes: value };
  return { name, class: 3, bytes: Buffer.from(String(value)) };
}

function avroRow(contract: TableContract, row: Row, keyOnly: boolean): Record<string, unknown> {
  const columns = contract.columns.filter((c) => !keyOnly || contract.key.includes(c.source));
  const cells = Object.fromEntries(columns.map((c) => [`c_${avroName(c.source)}`, row[c.source] ?? null]));
  return contract.keyless ? { [`r_${ROWID_COLUMN}`]: row['rowid'], ...cells } : cells;
}
