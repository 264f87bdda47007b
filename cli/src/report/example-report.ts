/** An invented migration of a small shop, as tests and sample pages need one: figures that agree with each other. */
import { createHash } from 'node:crypto';
import { REPORT_SCHEMA, type ReportColumn, type ReportModel, type ReportObject, type ReportTable } from './report-model.ts';
import { reportTarget } from './report-target.ts';

type TableSeed = readonly [name: string, rows: number, bytesPerRow: number, key: ReportTable['keyKind'], quarantined?: number];

const SEEDS: readonly TableSeed[] = [
  ['order_lines', 1_204_880, 61, 'composite'],
  ['orders', 412_006, 118, 'integer'],
  ['stock_movements', 388_412, 54, 'integer'],
  ['audit_log', 240_119, 210, 'rowid'],
  ['customers', 52_340, 240, 'integer', 3],
  ['products', 18_220, 410, 'single'],
  ['prices', 17_903, 48, 'composite'],
  ['documents', 1_204, 184_000, 'single'],
  ['countries', 249, 40, 'single'],
  ['settings', 31, 96, 'single', 1],
  ['Bestellübersicht', 12, 80, 'integer'],
  ['empty_queue', 0, 0, 'integer'],
];

export function exampleTable(...[name, rows, bytesPerRow, keyKind, quarantinedRows = 0]: TableSeed): ReportTable {
  const checksum = createHash('sha256').update(`${name} ${rows}`).digest('hex');
  const seconds = 0.05 + rows / 52_000;
  return {
    source: name,
    target: name,
    sourceRows: rows,
    targetRows: rows - quarantinedRows,
    quarantinedRows,
    equal: true,
    bytes: rows * bytesPerRow,
    seconds,
    rowsPerSecond: Math.round(rows / seconds),
    checksumSource: checksum,
    checksumTarget: checksum,
    keyKind,
  };
}

const COLUMNS: readonly ReportColumn[] = [
  column('orders', 'id', 'INTEGER', { integer: 412_006 }, 'bigint', 'the primary key of the table', 'integer-key'),
  column('orders', 'placed_at', 'DATETIME', { text: 412_006 }, 'timestamp without time zone', 'all 412,006 values are ISO 8601 without an offset', 'iso-timestamp'),
  column('orders', 'paid', 'BOOLEAN', { integer: 411_991, null: 15 }, 'boolean', 'all 411,991 values are 0 or 1', 'bool-01'),
  column('orders', 'total', 'DECIMAL(12,2)', { integer: 90_114, real: 321_892 }, 'numeric(12,2)', 'every value fits exactly', 'decimal-fits'),
  column('orders', 'note', 'VARCHAR(40)', { text: 98_020, null: 313_986 }, 'character varying(72)', 'the longest value has 72 characters, more than the 40 declared', 'varchar-widened', 'approximated'),
  column('customers', 'id', 'INTEGER', { integer: 52_340 }, 'bigint', 'the primary key of the table', 'integer-key'),
  column('customers', 'name', 'TEXT COLLATE NOCASE', { text: 52_340 }, 'text', 'text is text; the comparison without case moves to the index', 'text', 'approximated'),
  column('customers', 'profile', 'JSON', { text: 40_200, null: 12_140 }, 'jsonb', 'every value is JSON without duplicate keys', 'json-valid'),
  column('products', 'sku', 'CHAR(32)', { text: 18_220 }, 'uuid', 'all 18,220 values are UUIDs', 'uuid-text'),
  column('products', 'weight', 'REAL', { real: 17_880, integer: 12, null: 328 }, 'double precision', 'REAL keeps all 64 bits', 'real'),
  column('documents', 'body', 'BLOB', { blob: 1_204 }, 'bytea', 'bytes as they are', 'blob'),
  column('settings', 'value', '', { text: 22, integer: 7, real: 2 }, 'text', 'three storage classes are present: each is printed', 'mixed-to-text', 'approximated'),
];

function column(
  ...[table, name, declaredType, storage, targetType, reason, rule, fidelity = 'exact']: [
    string, string, string, ReportColumn['storage'], string, string, string, ReportColumn['fidelity']?,
  ]
): ReportColumn {
  return { table, column: name, declaredType, storage, targetType, reason, rule, fidelity };
}

const OBJECTS: readonly ReportObject[] = [
  object('index', 'orders_by_customer', 'orders', 'exact', 'CREATE INDEX orders_by_customer ON orders(customer_id)', 'CREATE INDEX "orders_by_customer" ON "public"."orders" ("customer_id")'),
  object('foreign_key', 'order_lines → orders', 'order_lines', 'exact', 'REFERENCES orders(id) ON DELETE CASCADE', 'FOREIGN KEY ("order_id") REFERENCES "public"."orders" ("id") ON DELETE CASCADE'),
  object('check', 'quantity > 0', 'order_lines', 'exact', 'CHECK (quantity > 0)', 'CHECK ("quantity" > 0)'),
  object('index', 'customers_name', 'customers', 'approximated', 'CREATE UNIQUE INDEX customers_name\n  ON customers(name COLLATE NOCASE)', 'CREATE UNIQUE INDEX "customers_name"\n  ON "public"."customers" (lower("name"))', ['NOCASE folds A to Z alone, lower() every letter: proved the same on all 52,340 rows present.']),
  object('view', 'open_orders', null, 'needs_decision', "CREATE VIEW open_orders AS\n  SELECT * FROM orders WHERE julianday('now') - julianday(placed_at) < 30", null, ['julianday() has no translation: write the view by hand, or leave it out in the plan.']),
  object('trigger', 'orders_touch', 'orders', 'not_moved', 'CREATE TRIGGER orders_touch AFTER UPDATE ON orders BEGIN\n  UPDATE orders SET touched = 1 WHERE id = new.id;\nEND', null, ['Triggers are code: rewrite in PL/pgSQL where the application still needs it.']),
];

function object(
  ...[kind, name, table, fidelity, sourceSql, targetSql, notes = []]: [
    ReportObject['kind'], string, string | null, ReportObject['fidelity'], string | null, string | null, string[]?,
  ]
): ReportObject {
  return { kind, name, table, fidelity, sourceSql, targetSql, notes };
}

/** Verdict `equal_with_quarantine`, unless the overrides say otherwise. */
export function exampleReport(overrides: Partial<ReportModel> = {}): ReportModel {
  return {
    schema: REPORT_SCHEMA,
    migration: 'shop',
    generation: 1,
    toolVersion: '0.1.0',
    source: { fileName: 'shop.sqlite', bytes: 612_483_072, pageSize: 4096, encoding: 'UTF-8', journalMode: 'wal', schemaFingerprint: '5f1c0e9a77b2d4436f0b9e21c3aa58d0' },
    target: reportTarget({ host: 'db.internal', port: 5432, database: 'shop', schema: 'public', serverVersion: 'PostgreSQL 18.1' }),
    transport: { kind: 'kafka', meaning: 'Rows travelled through Apache Kafka: every block was on the broker\u2019s disk before it was loaded, and any part could be killed and resume.' },
    verdict: 'equal_with_quarantine',
    startedAt: '2026-03-14T09:26:53.000Z',
    finishedAt: '2026-03-14T09:28:01.400Z',
    seconds: { plan: 3.1, snapshot: 38.4, keys: 5.2, analyze: 1.9, indexes: 6.7, verify: 17.3 },
    services: [
      { service: 'extractor', peakRssMiB: 148, cpuSeconds: 31.2 },
      { service: 'loader', peakRssMiB: 171, cpuSeconds: 28.7 },
      { service: 'validator', peakRssMiB: 133, cpuSeconds: 15.4 },
    ],
    tables: SEEDS.map((seed) => exampleTable(...seed)),
    columns: COLUMNS,
    objects: OBJECTS,
    quarantine: [
      { table: 'customers', column: 'name', code: 'NUL_IN_TEXT', reason: 'text contains U+0000, which PostgreSQL refuses', rows: 3, exampleKeys: [[{ column: 'id', class: 'integer', text: '1204' }], [{ column: 'id', class: 'integer', text: '31877' }]] },
      { table: 'settings', column: 'value', code: 'INVALID_UTF8', reason: 'text is not valid UTF-8', rows: 1, exampleKeys: [[{ column: 'key', class: 'text', text: 'legacy.banner' }]] },
    ],
    explained: [{ table: 'customers', column: 'birthday', policy: 'null', values: 12 }],
    differences: [],
    warnings: ['The source was written while it was read: a consistent copy was moved.'],
    checks: [
      { name: 'Row counts', catches: ['missing rows', 'doubled rows'], outcome: 'passed', detail: '12 of 12 tables' },
      { name: 'Cell checksums by key range', catches: ['one microsecond', 'one unit in the last place', 'a trailing blank', 'NULL for an empty text'], outcome: 'passed', detail: '2,335,376 rows, 74 ranges' },
      { name: 'Foreign keys rebuilt', catches: ['a row whose parent is missing'], outcome: 'passed', detail: '9 of 9 constraints' },
    ],
    ...overrides,
  };
}
