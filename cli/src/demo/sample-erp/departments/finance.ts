/** The ledger: decimals that must balance, doubles with all their bits, a period called zero. */
import type { ErpDepartment, ErpDesk } from '../erp-department.ts';
import { dayText, momentText, OPEN_DAYS } from '../sample-calendar.ts';
import { CURRENCIES } from './partners.ts';

const tables = `
CREATE TABLE account (number TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, parent TEXT REFERENCES account (number), kind CHAR(1) NOT NULL CHECK (kind IN ('A', 'L', 'E', 'I'))) WITHOUT ROWID;
CREATE TABLE fiscal_period (id INTEGER PRIMARY KEY, first_day DATE NOT NULL, last_day DATE NOT NULL, closed BOOLEAN NOT NULL DEFAULT 0, UNIQUE (first_day, last_day));
CREATE TABLE ledger_batch (id INTEGER PRIMARY KEY AUTOINCREMENT, period_id INTEGER NOT NULL REFERENCES fiscal_period (id), posted_at DATETIME, posted_by INTEGER REFERENCES app_user (id), text VARCHAR(80) NOT NULL DEFAULT '');
CREATE TABLE ledger_entry (
  batch_id INTEGER NOT NULL REFERENCES ledger_batch (id), position INTEGER NOT NULL, account TEXT NOT NULL REFERENCES account (number) ON UPDATE CASCADE,
  debit NUMERIC(18,4) NOT NULL DEFAULT 0, credit NUMERIC(18,4) NOT NULL DEFAULT 0, cost_centre VARCHAR(10),
  PRIMARY KEY (batch_id, position), CHECK (debit >= 0 AND credit >= 0), CHECK (debit = 0 OR credit = 0)
);
CREATE TABLE exchange_rate (currency_code CHAR(3) NOT NULL REFERENCES currency (code), day DATE NOT NULL, rate DOUBLE NOT NULL CHECK (rate > 0), source TEXT, PRIMARY KEY (currency_code, day)) WITHOUT ROWID;
`;

const extras = `
CREATE INDEX ledger_entry_account ON ledger_entry (account);
CREATE INDEX exchange_rate_day ON exchange_rate (day DESC);
CREATE VIEW posted_batch AS SELECT id, period_id, posted_at FROM ledger_batch WHERE posted_at IS NOT NULL;
`;

const PERIODS = 60;
const ACCOUNTS = 80;

function accountNumber(n: number): string {
  // Leading zeros are part of the number.
  return String(n * 100).padStart(5, '0');
}

function fillLedger({ random, size, into }: ErpDesk): void {
  const batch = into('ledger_batch', 'id, period_id, posted_at, posted_by, text');
  for (let id = 1; id <= size.ledgerBatches; id += 1) {
    const posted = random.oneIn(12) ? null : momentText(random.integer(0, OPEN_DAYS), random);
    batch(id, random.integer(0, PERIODS - 1) - 3, posted, random.oneIn(5) ? null : random.integer(1, size.users), random.oneIn(4) ? '' : `Buchung ${id}`);
  }
  const entry = into('ledger_entry', 'batch_id, position, account, debit, credit, cost_centre');
  for (let i = 0; i < size.ledgerEntries; i += 2) {
    // Both sides of one booking: the sum over the ledger is exactly zero.
    const amount = random.integer(1, 2_000_000_000) / 10_000;
    const id = ((i / 2) % size.ledgerBatches) + 1;
    const position = 2 * Math.floor(i / 2 / size.ledgerBatches);
    entry(id, position, accountNumber(random.integer(1, ACCOUNTS)), amount, 0, random.oneIn(3) ? null : `CC${random.integer(1, 40)}`);
    entry(id, position + 1, accountNumber(random.integer(1, ACCOUNTS)), 0, amount, null);
  }
}

export const finance: ErpDepartment = {
  name: 'finance',
  tables,
  extras,
  fill(desk) {
    const { random, size, into } = desk;
    const account = into('account', 'number, name, parent, kind');
    for (let n = 1; n <= ACCOUNTS; n += 1) account(accountNumber(n), `Konto ${n}`, n % 10 === 1 ? null : accountNumber(n - ((n - 1) % 10)), random.pick(['A', 'L', 'E', 'I']));
    const period = into('fiscal_period', 'id, first_day, last_day, closed');
    for (let n = 0; n < PERIODS; n += 1) period(n - 3, dayText(n * 30), dayText(n * 30 + 29), Number(n < 40));
    fillLedger(desk);
    const rate = into('exchange_rate', 'currency_code, day, rate, source');
    for (let day = 0; day < size.rateDays; day += 1) {
      for (const code of CURRENCIES.slice(1)) rate(code, dayText(day), (random.fraction() + 1e-9) * 10 ** random.integer(-3, 3), random.pick(['bank', 'manual', null]));
    }
  },
};
