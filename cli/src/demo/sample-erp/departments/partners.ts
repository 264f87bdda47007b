/** Companies, their addresses and people: text keys, WITHOUT ROWID, NOCASE, composite keys. */
import type { ErpDepartment, ErpDesk } from '../erp-department.ts';
import { dayText, momentText, OPEN_DAYS } from '../sample-calendar.ts';
import { CITIES, FIRST_NAMES, LAST_NAMES, LEGAL_FORMS, prose, STREETS, TRADES } from '../sample-words.ts';

export const COUNTRY_CODES = ['AT', 'BE', 'BR', 'CA', 'CH', 'CZ', 'DE', 'DK', 'ES', 'FI', 'FR', 'GB', 'HR', 'IT', 'JP', 'LT', 'LV', 'MA', 'NL', 'NO', 'PL', 'PT', 'SE', 'TR', 'UA', 'US', 'VN'] as const;
export const CURRENCIES = ['EUR', 'CHF', 'CZK', 'DKK', 'GBP', 'JPY', 'PLN', 'SEK', 'USD'] as const;

const tables = `
CREATE TABLE country (code CHAR(2) NOT NULL PRIMARY KEY, name TEXT NOT NULL, in_union BOOLEAN NOT NULL DEFAULT 0, vat_rate DECIMAL(5,2)) WITHOUT ROWID;
CREATE TABLE currency (code CHAR(3) NOT NULL PRIMARY KEY, symbol VARCHAR(4) NOT NULL, decimals SMALLINT NOT NULL DEFAULT 2 CHECK (decimals BETWEEN 0 AND 4));
CREATE TABLE company (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  number VARCHAR(12) NOT NULL COLLATE NOCASE UNIQUE,
  name VARCHAR(120) NOT NULL,
  country_code CHAR(2) NOT NULL REFERENCES country (code),
  parent_id INTEGER REFERENCES company (id) ON DELETE SET NULL,
  currency_code CHAR(3) NOT NULL DEFAULT 'EUR' REFERENCES currency (code) ON UPDATE CASCADE,
  credit_limit DECIMAL(12,2) NOT NULL DEFAULT 0,
  is_supplier BOOLEAN NOT NULL DEFAULT 0,
  is_customer BOOLEAN NOT NULL DEFAULT 1,
  vat_number VARCHAR(20),
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CHECK (is_supplier IN (0, 1) AND is_customer IN (0, 1)),
  CHECK (credit_limit >= 0)
);
CREATE TABLE address (
  id INTEGER PRIMARY KEY,
  company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
  purpose TEXT NOT NULL DEFAULT 'delivery' CHECK (purpose IN ('delivery', 'billing', 'pickup')),
  street TEXT NOT NULL, house_number VARCHAR(8), postal_code VARCHAR(10), city TEXT NOT NULL,
  latitude REAL, longitude REAL,
  label TEXT GENERATED ALWAYS AS (street || ', ' || city) VIRTUAL
);
CREATE TABLE contact_person (
  id INTEGER NOT NULL PRIMARY KEY,
  company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
  first_name TEXT NOT NULL, last_name TEXT NOT NULL, email VARCHAR(254) COLLATE NOCASE UNIQUE, phone VARCHAR(32), born_on DATE, remark TEXT NOT NULL DEFAULT '',
  full_name TEXT GENERATED ALWAYS AS (first_name || ' ' || last_name) STORED
);
CREATE TABLE company_tag (tag TEXT NOT NULL, company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE, PRIMARY KEY (tag, company_id)) WITHOUT ROWID;
`;

const extras = `
CREATE INDEX company_country ON company (country_code, name);
CREATE INDEX company_number_lower ON company (lower(number));
CREATE INDEX address_billing ON address (company_id) WHERE purpose = 'billing';
CREATE INDEX contact_by_name ON contact_person (last_name, first_name DESC);
CREATE VIEW supplier AS SELECT id, number, name, country_code FROM company WHERE is_supplier = 1;
`;

function fillCompanies({ random, size, into }: ErpDesk): void {
  const company = into('company', 'id, number, name, country_code, parent_id, currency_code, credit_limit, is_supplier, is_customer, vat_number, created_at');
  const tag = into('company_tag', 'tag, company_id');
  for (let id = 1; id <= size.companies; id += 1) {
    const name = `${random.pick(LAST_NAMES)} ${random.pick(TRADES)} ${random.pick(LEGAL_FORMS)}`;
    const country = random.pick(COUNTRY_CODES);
    const parent = id > 10 && random.oneIn(8) ? random.integer(1, id - 1) : null;
    const limit = random.oneIn(3) ? 0 : random.integer(1, 500_000_00) / 100;
    const vat = random.oneIn(4) ? null : `${country}${random.integer(100_000_000, 999_999_999)}`;
    company(id, `K-${String(id).padStart(6, '0')}`, name, country, parent, random.pick(CURRENCIES), limit, Number(random.oneIn(5)), Number(!random.oneIn(9)), vat, momentText(random.integer(0, OPEN_DAYS), random));
    if (random.oneIn(2)) tag('newsletter', id);
    if (random.oneIn(3)) tag(random.pick(['A-Kunde', 'risk', 'préféré', 'Ω']), id);
  }
}

function fillPeople({ random, size, into }: ErpDesk): void {
  const address = into('address', 'company_id, purpose, street, house_number, postal_code, city, latitude, longitude');
  for (let i = 0; i < size.addresses; i += 1) {
    const place = random.oneIn(5) ? [null, null] : [random.fraction() * 180 - 90, random.fraction() * 360 - 180];
    const number = random.oneIn(12) ? null : `${random.integer(1, 220)}${random.oneIn(9) ? 'a' : ''}`;
    // Postal codes keep their leading zeros: they are text.
    const code = String(random.integer(0, 99_999)).padStart(5, '0');
    address(random.integer(1, size.companies), random.pick(['delivery', 'billing', 'pickup']), random.pick(STREETS), number, code, random.pick(CITIES), place[0] ?? null, place[1] ?? null);
  }
  const contact = into('contact_person', 'id, company_id, first_name, last_name, email, phone, born_on, remark');
  for (let id = 1; id <= size.contacts; id += 1) {
    const email = random.oneIn(7) ? null : `Contact.${id}@Example-${random.integer(1, 400)}.COM`;
    const born = random.oneIn(3) ? dayText(-random.integer(7_000, 25_000)) : null;
    contact(id, random.integer(1, size.companies), random.pick(FIRST_NAMES), random.pick(LAST_NAMES), email, `+${random.integer(1, 99)} ${random.integer(1_000_000, 99_999_999)}`, born, random.oneIn(6) ? prose(random, 1) : '');
  }
}

export const partners: ErpDepartment = {
  name: 'partners',
  tables,
  extras,
  fill(desk) {
    const country = desk.into('country', 'code, name, in_union, vat_rate');
    for (const [i, code] of COUNTRY_CODES.entries()) country(code, `Country ${code}`, i % 3 === 0 ? 0 : 1, i % 4 === 0 ? null : (1_500 + i * 50) / 100);
    const currency = desk.into('currency', 'code, symbol, decimals');
    for (const code of CURRENCIES) currency(code, code === 'EUR' ? '€' : code === 'JPY' ? '¥' : code, code === 'JPY' ? 0 : 2);
    fillCompanies(desk);
    fillPeople(desk);
  },
};
