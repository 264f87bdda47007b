/** Invoices and payments: partial unique index, signed money, UNIX seconds. */
import type { ErpDepartment, ErpDesk } from '../erp-department.ts';
import { dayText, epochMillis, OPEN_DAYS } from '../sample-calendar.ts';

const tables = `
CREATE TABLE invoice (
  id INTEGER PRIMARY KEY, number VARCHAR(20) UNIQUE, order_id INTEGER NOT NULL REFERENCES sales_order (id), issued_on DATE, due_on DATE,
  net DECIMAL(14,2) NOT NULL, vat DECIMAL(14,2) NOT NULL DEFAULT 0, cancelled_by INTEGER REFERENCES invoice (id) DEFERRABLE INITIALLY DEFERRED,
  CHECK (number IS NOT NULL OR issued_on IS NULL), CHECK (due_on >= issued_on)
);
CREATE TABLE payment (
  id INTEGER PRIMARY KEY, invoice_id INTEGER REFERENCES invoice (id), booked_at INTEGER NOT NULL, amount DECIMAL(14,2) NOT NULL CHECK (amount <> 0),
  method TEXT NOT NULL DEFAULT 'transfer', iban VARCHAR(34), purpose VARCHAR(140), matched BOOLEAN
);
CREATE TABLE dunning (invoice_id INTEGER NOT NULL REFERENCES invoice (id), level INTEGER NOT NULL, sent_on DATE NOT NULL, fee DECIMAL(6,2) NOT NULL DEFAULT 0.00, PRIMARY KEY (invoice_id, level DESC));
`;

const extras = `
CREATE UNIQUE INDEX invoice_one_per_order ON invoice (order_id) WHERE cancelled_by IS NOT NULL AND order_id < 0;
CREATE INDEX invoice_due ON invoice (due_on) WHERE cancelled_by IS NULL;
CREATE INDEX payment_invoice ON payment (invoice_id);
CREATE INDEX invoice_gross ON invoice (net + vat);
CREATE VIEW unpaid_invoice AS SELECT i.id, i.number, i.due_on FROM invoice i WHERE NOT EXISTS (SELECT 1 FROM payment p WHERE p.invoice_id = i.id);
`;

export const invoicing: ErpDepartment = {
  name: 'invoicing',
  tables,
  extras,
  fill({ random, size, into }: ErpDesk) {
    const invoice = into('invoice', 'id, number, order_id, issued_on, due_on, net, vat, cancelled_by');
    const dunning = into('dunning', 'invoice_id, level, sent_on, fee');
    for (let id = 1; id <= size.invoices; id += 1) {
      const draft = random.oneIn(20);
      const day = random.integer(0, OPEN_DAYS);
      const cents = random.integer(-200_000, 90_000_000);
      invoice(id, draft ? null : `INV/${String(id).padStart(7, '0')}`, random.integer(1, size.orders), draft ? null : dayText(day), draft ? null : dayText(day + 30), cents / 100, Math.round(cents / 5) / 100, random.oneIn(60) ? random.integer(1, size.invoices) : null);
      if (!draft && random.oneIn(10)) for (let level = 1; level <= random.integer(1, 3); level += 1) dunning(id, level, dayText(day + 30 + level * 14), level * 4.5);
    }
    const payment = into('payment', 'id, invoice_id, booked_at, amount, method, iban, purpose, matched');
    for (let id = 1; id <= size.payments; id += 1) {
      const amount = random.integer(1, 9_000_000) / 100;
      payment(id, random.oneIn(15) ? null : random.integer(1, size.invoices), Math.floor(epochMillis(random.integer(0, OPEN_DAYS), random) / 1_000), random.oneIn(30) ? -amount : amount, random.pick(['transfer', 'card', 'cash']), random.oneIn(4) ? null : `AT${random.integer(10, 99)}${random.integer(10_000_000, 99_999_999)}00${random.integer(10_000_000, 99_999_999)}`, random.oneIn(5) ? '' : `Rechnung ${random.integer(1, size.invoices)}`, random.pick([0, 1, null]));
    }
  },
};
