/** Orders and shipments: names with blanks and quotes, money in cents beside decimals, composite foreign keys. */
import type { ErpDepartment, ErpDesk } from '../erp-department.ts';
import { dayText, momentText, OPEN_DAYS } from '../sample-calendar.ts';
import { prose } from '../sample-words.ts';
import { productId } from './catalogue.ts';
import { CURRENCIES } from './partners.ts';

const tables = `
CREATE TABLE sales_order (
  id INTEGER PRIMARY KEY AUTOINCREMENT, number VARCHAR(20) NOT NULL UNIQUE, company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE RESTRICT,
  placed_at DATETIME NOT NULL, wanted_on DATE, status VARCHAR(12) NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'confirmed', 'shipped', 'closed', 'cancelled')),
  currency_code CHAR(3) NOT NULL REFERENCES currency (code), clerk_id INTEGER REFERENCES app_user (id) ON DELETE SET NULL,
  express BOOLEAN NOT NULL DEFAULT 0, discount REAL NOT NULL DEFAULT 0.0, remark TEXT
);
CREATE TABLE "Order Details" (
  "Order ID" INTEGER NOT NULL REFERENCES sales_order (id) ON DELETE CASCADE, "Line" INTEGER NOT NULL,
  "Product" CHAR(32) NOT NULL REFERENCES product (id), "Quantity" INTEGER NOT NULL DEFAULT 1 CHECK ("Quantity" > 0),
  unit_price_cents INTEGER NOT NULL, total_cents INTEGER GENERATED ALWAYS AS ("Quantity" * unit_price_cents) STORED, "Net Price" DECIMAL(12,4),
  PRIMARY KEY ("Order ID", "Line")
);
CREATE TABLE shipment (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES sales_order (id), warehouse_id INTEGER NOT NULL DEFAULT 1 REFERENCES warehouse (id) ON DELETE SET DEFAULT, shipped_at TIMESTAMP, carrier TEXT, tracking_number BIGINT, weight_kg REAL);
CREATE TABLE shipment_line (shipment_id INTEGER NOT NULL REFERENCES shipment (id) ON DELETE CASCADE, order_id INTEGER NOT NULL, line INTEGER NOT NULL, quantity INTEGER NOT NULL, FOREIGN KEY (order_id, line) REFERENCES "Order Details" ("Order ID", "Line"));
CREATE TABLE "customer's ""special"" wishes" (id INTEGER PRIMARY KEY, company_id INTEGER REFERENCES company (id), "wish; DROP TABLE x" TEXT, "100%" INTEGER);
`;

const extras = `
CREATE INDEX sales_order_company ON sales_order (company_id, placed_at DESC);
CREATE INDEX sales_order_open ON sales_order (wanted_on) WHERE status IN ('open', 'confirmed');
CREATE INDEX order_details_product ON "Order Details" ("Product");
CREATE VIEW open_order AS SELECT o.id, o.number, c.name AS customer, o.placed_at FROM sales_order o JOIN company c ON c.id = o.company_id WHERE o.status = 'open';
CREATE VIEW order_total AS SELECT "Order ID" AS order_id, count(*) AS lines, sum(total_cents) AS total_cents FROM "Order Details" GROUP BY "Order ID";
`;

function fillOrders({ random, size, into }: ErpDesk): void {
  const order = into('sales_order', 'id, number, company_id, placed_at, wanted_on, status, currency_code, clerk_id, express, discount, remark');
  for (let id = 1; id <= size.orders; id += 1) {
    const day = Math.floor((id / size.orders) * OPEN_DAYS);
    order(id, `SO-${String(id).padStart(7, '0')}`, random.integer(1, size.companies), momentText(day, random), random.oneIn(3) ? null : dayText(day + random.integer(1, 60)), random.pick(['open', 'confirmed', 'shipped', 'closed', 'cancelled']), random.pick(CURRENCIES), random.oneIn(9) ? null : random.integer(1, size.users), Number(random.oneIn(12)), random.oneIn(2) ? 0 : random.fraction() / 3, random.oneIn(7) ? prose(random, random.integer(1, 3)) : null);
  }
  const line = into('"Order Details"', '"Order ID", "Line", "Product", "Quantity", unit_price_cents, "Net Price"');
  for (let i = 0; i < size.orderLines; i += 1) {
    const cents = random.integer(5, 900_000);
    line((i % size.orders) + 1, Math.floor(i / size.orders) + 1, productId(random.integer(1, size.products)), random.integer(1, 144), cents, random.oneIn(11) ? null : cents / 100);
  }
}

function fillShipments({ random, size, into }: ErpDesk): void {
  const shipment = into('shipment', 'id, order_id, warehouse_id, shipped_at, carrier, tracking_number, weight_kg');
  for (let id = 1; id <= size.shipments; id += 1) {
    // Carriers number parcels beyond what a double can hold.
    const tracking = random.oneIn(5) ? null : 9_007_199_254_740_993n + BigInt(random.integer(0, 2_000_000_000)) * 4_000_000_001n;
    shipment(id, random.integer(1, size.orders), random.integer(0, 3), random.oneIn(6) ? null : momentText(random.integer(0, OPEN_DAYS), random), random.pick(['Post', 'Spedition Übersee', null]), tracking, random.fraction() * 800);
  }
  const line = into('shipment_line', 'shipment_id, order_id, line, quantity');
  for (let i = 0; i < size.shipmentLines; i += 1) {
    // No key here: some parcels are listed twice, and both rows count.
    const ofOrder = random.integer(1, Math.min(size.orders, size.orderLines));
    line(random.integer(1, size.shipments), ofOrder, 1, random.pick([1, 1, 1, 2, 12]));
    if (random.oneIn(25)) line(1, 1, 1, 1);
  }
}

export const sales: ErpDepartment = {
  name: 'sales',
  tables,
  extras,
  fill(desk) {
    fillOrders(desk);
    fillShipments(desk);
    const wish = desk.into('"customer\'s ""special"" wishes"', 'id, company_id, "wish; DROP TABLE x", "100%"');
    for (let id = 0; id < 40; id += 1) wish(id - 20, id % 3 === 0 ? null : desk.random.integer(1, desk.size.companies), prose(desk.random, 1), id);
  },
};
