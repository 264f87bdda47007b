/** Warehouses and what moves in them: natural composite keys, signed quantities, zero and negative ids. */
import type { ErpDepartment, ErpDesk } from '../erp-department.ts';
import { dayText, momentText, OPEN_DAYS } from '../sample-calendar.ts';
import { CITIES } from '../sample-words.ts';
import { productId } from './catalogue.ts';

const tables = `
CREATE TABLE warehouse (id INTEGER PRIMARY KEY, code VARCHAR(6) NOT NULL UNIQUE, city TEXT NOT NULL, "Größe m²" DOUBLE PRECISION, opened_on DATE, is_virtual BOOLEAN NOT NULL DEFAULT FALSE);
CREATE TABLE bin (warehouse_id INTEGER NOT NULL REFERENCES warehouse (id) ON UPDATE CASCADE, aisle CHAR(2) NOT NULL, shelf SMALLINT NOT NULL, capacity_kg REAL, blocked TINYINT(1) NOT NULL DEFAULT 0, PRIMARY KEY (warehouse_id, aisle, shelf));
CREATE TABLE stock_level (product_id CHAR(32) NOT NULL REFERENCES product (id), warehouse_id INTEGER NOT NULL REFERENCES warehouse (id), on_hand INTEGER NOT NULL DEFAULT 0, reserved INTEGER NOT NULL DEFAULT 0, free INTEGER GENERATED ALWAYS AS (on_hand - reserved) VIRTUAL, counted_on DATE, PRIMARY KEY (product_id, warehouse_id)) WITHOUT ROWID;
CREATE TABLE stock_move (
  id INTEGER PRIMARY KEY, product_id CHAR(32) NOT NULL REFERENCES product (id),
  warehouse_id INTEGER NOT NULL, aisle CHAR(2) NOT NULL, shelf SMALLINT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity <> 0), unit_cost DECIMAL(12,4), kind TEXT NOT NULL, moved_at DATETIME NOT NULL, reference TEXT,
  FOREIGN KEY (warehouse_id, aisle, shelf) REFERENCES bin (warehouse_id, aisle, shelf)
);
`;

const extras = `
CREATE INDEX stock_move_product ON stock_move (product_id, moved_at);
CREATE INDEX stock_move_out ON stock_move (warehouse_id) WHERE quantity < 0;
CREATE VIEW stock_value AS SELECT warehouse_id, count(*) AS moves, sum(quantity) AS pieces FROM stock_move GROUP BY warehouse_id;
`;

/** Warehouse ids begin below zero: the application counts virtual ones downwards. */
const WAREHOUSES = [-2, -1, 0, 1, 2, 3] as const;
const AISLES = ['A', 'B', 'Ä', 'Z9', ' 1'] as const;

function binOf(number: number): [number, string, number] {
  const warehouse = WAREHOUSES[number % WAREHOUSES.length] as number;
  const aisle = AISLES[Math.floor(number / WAREHOUSES.length) % AISLES.length] as string;
  return [warehouse, aisle, Math.floor(number / (WAREHOUSES.length * AISLES.length)) - 3];
}

function fillMoves({ random, size, into }: ErpDesk): void {
  const move = into('stock_move', 'id, product_id, warehouse_id, aisle, shelf, quantity, unit_cost, kind, moved_at, reference');
  for (let i = 0; i < size.stockMoves; i += 1) {
    const quantity = random.integer(1, 500) * (random.oneIn(2) ? -1 : 1);
    const day = Math.floor((i / size.stockMoves) * OPEN_DAYS);
    // Ids run through zero and have gaps, as after years of deletions.
    move(i * 3 - 900, productId(random.integer(1, size.products)), ...binOf(random.integer(0, size.bins - 1)), quantity, random.oneIn(6) ? null : random.integer(1, 9_000_000) / 10_000, random.pick(['receipt', 'issue', 'transfer', 'count']), momentText(day, random), random.oneIn(3) ? `REF/${random.hex(8)}` : null);
  }
}

export const stock: ErpDepartment = {
  name: 'stock',
  tables,
  extras,
  fill(desk) {
    const { random, size, into } = desk;
    const warehouse = into('warehouse', 'id, code, city, "Größe m²", opened_on, is_virtual');
    for (const id of WAREHOUSES) warehouse(id, `WH${id}`, random.pick(CITIES), random.fraction() * 20_000, id < 0 ? null : dayText(id * 100), Number(id < 0));
    const bin = into('bin', 'warehouse_id, aisle, shelf, capacity_kg, blocked');
    for (let i = 0; i < size.bins; i += 1) bin(...binOf(i), random.oneIn(5) ? null : random.integer(1, 20_000) / 8, Number(random.oneIn(30)));
    const level = into('stock_level', 'product_id, warehouse_id, on_hand, reserved, counted_on');
    for (let i = 0; i < Math.min(size.stockLevels, size.products * WAREHOUSES.length); i += 1) {
      level(productId((i % size.products) + 1), WAREHOUSES[Math.floor(i / size.products)] as number, random.integer(0, 5_000), random.integer(0, 400), random.oneIn(2) ? null : dayText(random.integer(0, OPEN_DAYS)));
    }
    fillMoves(desk);
  },
};
