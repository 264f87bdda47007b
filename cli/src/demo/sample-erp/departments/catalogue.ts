/** Products: uuid keys, self reference, JSON, decimals with four places, many kinds of DEFAULT. */
import type { ErpDepartment, ErpDesk } from '../erp-department.ts';
import { dayText, momentText, OPEN_DAYS } from '../sample-calendar.ts';
import { COLOURS, MATERIALS, prose, THINGS } from '../sample-words.ts';
import { CURRENCIES } from './partners.ts';

const tables = `
CREATE TABLE unit (code TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL DEFAULT "unnamed", factor REAL NOT NULL DEFAULT 1e0, offset_value INTEGER DEFAULT -1, marker BLOB DEFAULT x'cafe', checked BOOLEAN DEFAULT TRUE, note TEXT DEFAULT NULL, since DATE DEFAULT CURRENT_DATE, at_time TIME DEFAULT CURRENT_TIME, weight DECIMAL(6,3) DEFAULT (1.5 * 2), quote TEXT DEFAULT 'it''s');
CREATE TABLE category (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES category (id) ON DELETE CASCADE, name TEXT NOT NULL, sort_order INTEGER NOT NULL DEFAULT 0, UNIQUE (parent_id, name));
CREATE TABLE product (
  id CHAR(32) NOT NULL PRIMARY KEY, number INTEGER NOT NULL UNIQUE, sku VARCHAR(24) NOT NULL UNIQUE,
  name VARCHAR(200) NOT NULL, description TEXT, unit_code TEXT NOT NULL DEFAULT 'pc' REFERENCES unit (code),
  weight_kg REAL, net_price DECIMAL(12,4) NOT NULL, vat_percent NUMERIC(4,1) NOT NULL DEFAULT 20,
  ean CHAR(13), discontinued BOOLEAN NOT NULL DEFAULT 0, attributes JSON CHECK (attributes IS NULL OR json_valid(attributes)),
  width_mm INTEGER, height_mm INTEGER, area_mm2 INTEGER GENERATED ALWAYS AS (width_mm * height_mm) VIRTUAL,
  updated_at DATETIME NOT NULL,
  CHECK (length(sku) >= 4), CHECK (net_price >= 0)
);
CREATE TABLE product_category (product_id CHAR(32) NOT NULL REFERENCES product (id) ON DELETE CASCADE, category_id INTEGER NOT NULL REFERENCES category (id), PRIMARY KEY (category_id, product_id)) WITHOUT ROWID;
CREATE TABLE price_list (id INTEGER PRIMARY KEY, name TEXT NOT NULL, currency_code CHAR(3) NOT NULL REFERENCES currency (code), valid_from DATE NOT NULL, valid_to DATE);
CREATE TABLE price_list_item (price_list_id INTEGER NOT NULL REFERENCES price_list (id), product_id CHAR(32) NOT NULL REFERENCES product (id), from_quantity INTEGER NOT NULL DEFAULT 1, price DECIMAL(14,4) NOT NULL, discount_percent REAL, PRIMARY KEY (price_list_id, product_id, from_quantity));
`;

const extras = `
CREATE INDEX product_sku_lower ON product (lower(sku));
CREATE INDEX product_sold ON product (number DESC) WHERE discontinued = 0;
CREATE INDEX category_parent ON category (parent_id, sort_order);
CREATE VIEW sold_product AS SELECT p.id, p.sku, p.name, p.net_price, u.name AS unit FROM product p LEFT JOIN unit u ON u.code = p.unit_code WHERE p.discontinued = 0;
CREATE TRIGGER product_touched AFTER UPDATE OF net_price ON product BEGIN UPDATE product SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id; END;
`;

/** The product with this number; the id looks random and needs no list in memory. */
export function productId(number: number): string {
  const half = Math.imul(number, 2_654_435_761) >>> 0;
  return `${half.toString(16).padStart(8, '0')}00004000a000${number.toString(16).padStart(12, '0')}`;
}

function fillProducts({ random, size, into }: ErpDesk): void {
  const product = into('product', 'id, number, sku, name, description, unit_code, weight_kg, net_price, vat_percent, ean, discontinued, attributes, width_mm, height_mm, updated_at');
  const shelf = into('product_category', 'product_id, category_id');
  for (let number = 1; number <= size.products; number += 1) {
    const material = random.pick(MATERIALS);
    const thing = random.pick(THINGS);
    const colour = random.pick(COLOURS);
    const attributes = random.oneIn(4) ? null : JSON.stringify({ colour, material, tolerance: random.integer(1, 99) / 1_000, tests: [random.integer(0, 9), random.fraction()], note: 'ß "quoted" \\ 漢字', nested: { empty: {}, list: [], nothing: null, yes: true } });
    const width = random.oneIn(8) ? null : random.integer(1, 3_000);
    product(productId(number), number, `${material.slice(0, 2).toUpperCase()}-${String(number).padStart(5, '0')}`, `${thing} of ${material}, ${colour}`, random.oneIn(3) ? null : prose(random, random.integer(1, 4)), random.pick(['pc', 'kg', 'm', 'box']), random.oneIn(5) ? null : random.fraction() * 10 ** random.integer(-6, 5), random.integer(1, 90_000_000) / 10_000, random.pick([20, 10, 5.5, 0]), String(random.integer(1_000_000, 9_999_999)).padStart(13, '0'), Number(random.oneIn(9)), attributes, width, random.oneIn(8) ? null : random.integer(1, 3_000), momentText(random.integer(0, OPEN_DAYS), random));
    for (let category = random.integer(1, size.categories); category <= size.categories; category += random.integer(Math.ceil(size.categories / 2), size.categories)) shelf(productId(number), category);
  }
}

function fillPrices({ random, size, into }: ErpDesk): void {
  const list = into('price_list', 'id, name, currency_code, valid_from, valid_to');
  for (let id = 1; id <= 7; id += 1) list(id, `Price list ${id}`, CURRENCIES[id] ?? 'EUR', dayText(id * 100), id % 2 === 0 ? null : dayText(id * 100 + 364));
  const item = into('price_list_item', 'price_list_id, product_id, from_quantity, price, discount_percent');
  for (let i = 0; i < size.priceListItems; i += 1) {
    const discount = random.oneIn(3) ? null : random.integer(0, 400) / 10 + random.fraction() / 1e9;
    item((Math.floor(i / size.products) % 7) + 1, productId((i % size.products) + 1), 1 + 10 * Math.floor(i / (size.products * 7)), random.integer(1, 90_000_000) / 10_000, discount);
  }
}

export const catalogue: ErpDepartment = {
  name: 'catalogue',
  tables,
  extras,
  fill(desk) {
    const unit = desk.into('unit', 'code, name, factor, since, at_time');
    for (const [code, name] of [['pc', 'piece'], ['kg', 'kilogram'], ['m', 'metre'], ['box', 'box of twelve'], ['µm', 'micrometre'], ['', 'without unit']] as const) unit(code, name, code === 'µm' ? 1e-6 : 1, '2021-01-02', '08:00:00');
    const category = desk.into('category', 'id, parent_id, name, sort_order');
    // The first ones point at later ones: a child must be allowed to stand before its parent.
    for (let id = 1; id <= desk.size.categories; id += 1) category(id, id === desk.size.categories ? null : desk.random.integer(id + 1, desk.size.categories), `${desk.random.pick(THINGS)} ${id}`, (id % 10) - 5);
    fillProducts(desk);
    fillPrices(desk);
  },
};
