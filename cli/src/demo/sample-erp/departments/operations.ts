/** What the application itself keeps: settings, jobs, readings; tables without a key, and one that is empty. */
import type { ErpDepartment, ErpDesk } from '../erp-department.ts';
import { epochMillis, momentText, OPEN_DAYS } from '../sample-calendar.ts';

const tables = `
CREATE TABLE setting (key TEXT NOT NULL PRIMARY KEY, value TEXT, secret BOOLEAN NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE audit_log (happened_at DATETIME NOT NULL, user_id INTEGER, action TEXT NOT NULL, object TEXT, payload BLOB);
CREATE TABLE job (id INTEGER PRIMARY KEY, name TEXT NOT NULL, created_ms INTEGER NOT NULL, finished_ms INTEGER, attempts INT NOT NULL DEFAULT 0, error TEXT, CHECK (finished_ms IS NULL OR finished_ms >= created_ms));
CREATE TABLE meter_reading (meter TEXT, reading DOUBLE, at INTEGER);
CREATE TABLE packet (device INTEGER NOT NULL, sequence UNSIGNED BIG INT NOT NULL, checksum INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (device, sequence)) WITHOUT ROWID;
CREATE TABLE number_range (name TEXT PRIMARY KEY NOT NULL, next_value INTEGER NOT NULL, step INTEGER NOT NULL DEFAULT 1) STRICT;
CREATE TABLE "Größentabelle" ("Schlüssel" TEXT NOT NULL PRIMARY KEY, "Wert (cm)" REAL, "user" TEXT, "select" INTEGER);
CREATE TABLE archive_2019 (id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, total DECIMAL(14,2), archived_at DATETIME DEFAULT CURRENT_TIMESTAMP);
`;

const extras = `
CREATE INDEX audit_log_when ON audit_log (happened_at);
CREATE INDEX job_waiting ON job (created_ms) WHERE finished_ms IS NULL;
CREATE VIEW failed_job AS SELECT id, name, error FROM job WHERE error IS NOT NULL;
`;

const INT64_MAX = 9_223_372_036_854_775_807n;

function fillLogs({ random, size, into }: ErpDesk): void {
  const event = into('audit_log', 'happened_at, user_id, action, object, payload');
  for (let i = 0; i < size.auditEvents; i += 1) {
    const at = momentText(Math.floor((i / size.auditEvents) * OPEN_DAYS), random);
    const row = [at, random.oneIn(9) ? null : random.integer(1, size.users), random.pick(['login', 'save', 'delete', 'print']), random.oneIn(3) ? null : `sales_order/${random.integer(1, size.orders)}`, random.oneIn(6) ? random.bytes(random.integer(0, 60)) : null] as const;
    event(...row);
    // A double click: two equal events, and both must arrive.
    if (random.oneIn(30)) event(...row);
  }
  const reading = into('meter_reading', 'meter, reading, at');
  for (let i = 0; i < size.meterReadings; i += 1) reading(`M${i % 40}`, random.oneIn(50) ? null : random.oneIn(4) ? 0.1 + 0.2 : (random.fraction() - 0.5) * 10 ** random.integer(-300, 300), random.integer(1_600_000_000, 1_700_000_000));
  for (let i = 0; i < 12; i += 1) reading('M0', 21.5, 1_650_000_000);
}

function fillMachines({ random, size, into }: ErpDesk): void {
  const job = into('job', 'id, name, created_ms, finished_ms, attempts, error');
  for (let id = 1; id <= size.jobs; id += 1) {
    const created = epochMillis(random.integer(0, OPEN_DAYS), random);
    job(id, random.pick(['mail', 'pdf', 'reindex', 'backup']), created, random.oneIn(8) ? null : created + random.integer(0, 90_000), random.integer(0, 5), random.oneIn(9) ? 'timeout: host did not answer\n\tat line 1' : null);
  }
  const packet = into('packet', 'device, sequence, checksum, body');
  for (let i = 0; i < size.packets; i += 1) {
    const checksum = BigInt.asIntN(64, (BigInt(random.integer(0, 4_294_967_295)) << 32n) | BigInt(random.integer(0, 4_294_967_295)));
    packet(i % 50, INT64_MAX - BigInt(i), checksum, random.bytes(random.integer(1, 90)));
  }
}

export const operations: ErpDepartment = {
  name: 'operations',
  tables,
  extras,
  fill(desk) {
    const setting = desk.into('setting', 'key, value, secret');
    for (let i = 0; i < 60; i += 1) setting(`${desk.random.pick(['ui', 'mail', 'print', 'Büro'])}.${i}`, i % 9 === 0 ? null : i % 7 === 0 ? '' : `value ${i}`, Number(i % 20 === 0));
    fillLogs(desk);
    fillMachines(desk);
    const range = desk.into('number_range', 'name, next_value, step');
    for (const name of ['order', 'invoice', 'shipment']) range(name, 1_000_000_000_000n, 1n);
    const size = desk.into('"Größentabelle"', '"Schlüssel", "Wert (cm)", "user", "select"');
    for (const [i, key] of ['klein', 'mittel', 'groß', 'Klein', 'sehr groß '].entries()) size(key, i * 2.54, null, i);
    // The archive was emptied years ago; its next number must still be higher than every number it ever gave.
    desk.db.exec("INSERT INTO archive_2019 (id, number, archived_at) VALUES (48211, 'last', '2020-01-01 00:00:00'); DELETE FROM archive_2019");
  },
};
