/** The report model of a migration, from the control record and what this run measured. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { PlanDocument } from '@causeway/control/plan/plan-document';
import type { MigrationRecord } from '@causeway/control/record/migration-record';
import { readObjects, type SchemaObject } from '@causeway/control/record/object-record';
import type { StoredCell } from '@causeway/control/record/quarantine-record';
import { readContracts, readProgress, type TableProgress } from '@causeway/control/record/table-record';
import type { TableContract } from '@causeway/contracts/table-contract';
import { parsePostgresAddress } from '@causeway/runtime/postgres-address';
import type pg from 'pg';
import { type KeyPart, REPORT_SCHEMA, type ReportCheck, type ReportColumn, type ReportDifference, type ReportModel, type ReportObject, type ReportQuarantine, type ReportTable } from '../report/report-model.ts';
import type { AttachedResults } from '../queries/attached-results.ts';
import { reportTarget } from '../report/report-target.ts';
import type { ServiceUsage } from './run-services.ts';
import type { StoredVerification, VerifiedTable } from './stored-verification.ts';

export interface ReportInput {
  readonly pool: pg.Pool;
  readonly url: string;
  readonly record: MigrationRecord;
  readonly verification: StoredVerification;
  readonly seconds: Readonly<Record<string, number>>;
  readonly usage: readonly ServiceUsage[];
  readonly serverVersion: string;
  readonly toolVersion: string;
  readonly warnings: readonly string[];
  /** Sections that other commands have measured. */
  readonly attached?: AttachedResults;
}

const MEANING = {
  kafka: 'Apache Kafka: every block was written to a broker with acks=all before it counted as sent.',
  embedded: 'The embedded log in the state folder: durable on this machine. Kafka would add replication, other machines, and several loaders.',
} as const;

export async function reportOfMigration(input: ReportInput): Promise<ReportModel> {
  const { record, verification, pool } = input;
  const g = { migration: record.id, generation: record.generation };
  const contracts = await readContracts(pool, g);
  const progress = new Map((await readProgress(pool, g)).map((p) => [p.table, p]));
  const plan = record.plan as PlanDocument;
  const target = parsePostgresAddress(input.url);
  const server = target?.hosts[0];
  const times = await pool.query('SELECT created_at, phase_at FROM causeway.migration WHERE id = $1', [record.id]);
  return {
    schema: REPORT_SCHEMA,
    migration: record.name,
    generation: record.generation,
    toolVersion: input.toolVersion,
    source: {
      fileName: basename(record.source.path),
      bytes: record.source.bytes,
      pageSize: record.source.pageBytes,
      encoding: record.source.encoding,
      journalMode: record.source.journalMode,
      schemaFingerprint: createHash('sha256').update(JSON.stringify(plan.tables.map((t) => [t.name, t.columns.map((c) => [c.name, c.declared])]))).digest('hex'),
    },
    target: reportTarget({ host: server === undefined || server.host === '' ? 'localhost' : server.host, port: Number(server?.port ?? 5432), database: target?.database ?? '', schema: plan.targetSchema, serverVersion: input.serverVersion }),
    transport: { kind: record.settings.transport, meaning: MEANING[record.settings.transport] },
    verdict: verification.verdict,
    startedAt: (times.rows[0].created_at as Date).toISOString(),
    finishedAt: (times.rows[0].phase_at as Date).toISOString(),
    seconds: input.seconds,
    services: input.usage,
    tables: verification.tables.map((table) => reportTable(table, contracts, progress, input.seconds.snapshot ?? 0)),
    columns: plan.tables.flatMap((table) => table.columns.map((column): ReportColumn => ({ table: table.name, column: column.name, declaredType: column.declared, storage: column.found ?? {}, targetType: column.type, reason: column.evidence, rule: column.form, fidelity: column.form === 'plain' ? 'exact' : 'approximated' }))),
    objects: (await readObjects(pool, g)).filter((o) => o.kind !== 'primary_key' || o.state === 'failed').map((o) => reportObject(o, contracts)),
    quarantine: await quarantineGroups(pool, g, contracts),
    explained: verification.tables.flatMap((table) => (table.explained ?? []).map((e) => ({ table: table.source, ...e }))),
    differences: verification.tables.flatMap(differencesOf),
    warnings: [...input.warnings, ...(record.source.copied === 'no' ? [] : ['the source was read from a consistent copy, because it was in use or could not be opened in place'])],
    checks: checksOf(verification),
    ...input.attached,
  };
}

function reportTable(table: VerifiedTable, contracts: readonly TableContract[], progress: ReadonlyMap<number, TableProgress>, seconds: number): ReportTable {
  const contract = contracts.find((c) => c.source === table.source);
  const bytes = Number(contract === undefined ? 0 : (progress.get(contract.table)?.bytes ?? 0));
  return {
    source: table.source,
    target: table.target,
    sourceRows: table.sourceRows,
    targetRows: table.targetRows,
    quarantinedRows: table.quarantinedRows,
    equal: table.equal,
    bytes,
    seconds,
    rowsPerSecond: seconds === 0 ? 0 : Math.round(table.sourceRows / seconds),
    checksumSource: table.digestSource,
    checksumTarget: table.digestTarget,
    keyKind: keyKind(contract),
  };
}

function keyKind(contract: TableContract | undefined): ReportTable['keyKind'] {
  if (contract === undefined || contract.keyless) return 'rowid';
  if (contract.key.length > 1) return 'composite';
  return contract.order.kind === 'rowid' && contract.order.alias === contract.key[0] ? 'integer' : 'single';
}

const KINDS: Record<string, ReportObject['kind']> = { primary_key: 'unique', shadow_table: 'virtual_table', sequence: 'default' };

function reportObject(object: SchemaObject, contracts: readonly TableContract[]): ReportObject {
  return {
    kind: KINDS[object.kind] ?? (object.kind as ReportObject['kind']),
    name: object.name,
    table: object.table === null ? null : (contracts[object.table]?.source ?? null),
    fidelity: object.fidelity as ReportObject['fidelity'],
    sourceSql: object.sourceSql,
    targetSql: object.targetSql,
    notes: object.notes === '' ? [] : object.notes.split('; '),
  };
}

const EXAMPLES = 3;

async function quarantineGroups(pool: pg.Pool, g: { migration: string; generation: number }, contracts: readonly TableContract[]): Promise<ReportQuarantine[]> {
  const result = await pool.query(
    `SELECT table_no, column_name, code, min(reason) AS reason, count(*)::int AS rows, (array_agg(key ORDER BY id))[1:${EXAMPLES}] AS keys
       FROM causeway.quarantine WHERE migration = $1 AND generation = $2 GROUP BY table_no, column_name, code ORDER BY table_no, column_name, code`,
    [g.migration, g.generation],
  );
  return result.rows.map((row) => ({
    table: contracts[row.table_no as number]?.source ?? '',
    column: row.column_name,
    code: row.code,
    reason: row.reason,
    rows: row.rows,
    exampleKeys: (row.keys as Record<string, StoredCell>[]).map(keyParts),
  }));
}

function keyParts(key: Record<string, StoredCell>): KeyPart[] {
  return Object.entries(key).map(([column, cell]) => {
    const bytes = Buffer.from(cell.base64, 'base64');
    const text = cell.class === 'blob' ? bytes.toString('hex') : cell.class === 'real' ? String(bytes.readDoubleBE(0)) : bytes.toString('utf8');
    return { column, class: cell.class, text };
  });
}

function differencesOf(table: VerifiedTable): ReportDifference[] {
  return table.differences.flatMap((d) => {
    const key = Array.isArray(d.key) ? (d.key as KeyPart[]) : null;
    const columns: (string | null)[] = d.columns.length === 0 ? [null] : [...d.columns];
    return columns.map((column) => ({ table: table.source, key, column, sourceDigest: null, targetDigest: null }));
  });
}

function checksOf(verification: StoredVerification): ReportCheck[] {
  const counted = verification.tables.filter((t) => t.sourceRows === t.targetRows + t.quarantinedRows).length;
  const equal = verification.tables.filter((t) => t.equal).length;
  const total = verification.tables.length;
  return [
    { name: 'row counts', catches: ['a lost row', 'a doubled row', 'an extra row'], outcome: counted === total ? 'passed' : 'failed', detail: `${counted} of ${total} tables: source = target + quarantine` },
    { name: 'checksum of every cell', catches: ['any changed value', 'values swapped between rows', 'NULL for the empty text', 'one microsecond', 'one unit in the last place'], outcome: equal === total ? 'passed' : 'failed', detail: `${equal} of ${total} tables equal on both sides` },
  ];
}
