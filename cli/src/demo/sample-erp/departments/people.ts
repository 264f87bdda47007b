/** Staff, logins and time sheets: a cycle of foreign keys, uuid keys, times of day, a table called "group". */
import type { ErpDepartment, ErpDesk } from '../erp-department.ts';
import { clockText, dayText, momentText, OPEN_DAYS } from '../sample-calendar.ts';
import { FIRST_NAMES, LAST_NAMES, prose } from '../sample-words.ts';

const tables = `
CREATE TABLE department (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
  manager_id INTEGER REFERENCES employee (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE employee (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  department_id INTEGER NOT NULL REFERENCES department (id) DEFERRABLE INITIALLY DEFERRED,
  reports_to INTEGER REFERENCES employee (id) ON DELETE SET NULL,
  first_name TEXT NOT NULL, last_name TEXT NOT NULL,
  hired_on DATE NOT NULL, left_on DATE, salary DECIMAL(10,2) NOT NULL CHECK (salary > 0),
  weekly_hours REAL NOT NULL DEFAULT 38.5, picture BLOB,
  CHECK (left_on IS NULL OR left_on >= hired_on)
);
CREATE TABLE "group" (id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL UNIQUE, "order" INTEGER NOT NULL DEFAULT 100, "default" BOOLEAN NOT NULL DEFAULT 0);
CREATE TABLE app_user (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  username VARCHAR(150) NOT NULL UNIQUE COLLATE NOCASE,
  password VARCHAR(128) NOT NULL, email VARCHAR(254) NOT NULL,
  is_active BOOL NOT NULL DEFAULT 1, is_staff BOOL NOT NULL, employee_id INTEGER UNIQUE REFERENCES employee (id),
  last_login DATETIME, date_joined DATETIME NOT NULL, preferences TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(preferences))
);
CREATE TABLE user_group (user_id INTEGER NOT NULL REFERENCES app_user (id) ON DELETE CASCADE, group_id INTEGER NOT NULL REFERENCES "group" (id) ON DELETE RESTRICT, granted_at DATETIME, PRIMARY KEY (user_id, group_id));
CREATE TABLE user_session (
  id CHAR(32) NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
  token BLOB NOT NULL UNIQUE, address CHAR(39), expires_at DATETIME NOT NULL, CHECK (length(id) = 32)
);
CREATE TABLE time_sheet (
  employee_id INTEGER NOT NULL REFERENCES employee (id), worked_on DATE NOT NULL, started TIME NOT NULL, ended TIME,
  break_minutes INTEGER NOT NULL DEFAULT 0 CHECK (break_minutes >= 0), minutes INTEGER NOT NULL,
  net_minutes INTEGER GENERATED ALWAYS AS (minutes - break_minutes) STORED, remark TEXT,
  PRIMARY KEY (employee_id, worked_on, started)
) WITHOUT ROWID;
CREATE TABLE leave_request (id INTEGER PRIMARY KEY, employee_id INTEGER NOT NULL REFERENCES employee (id), first_day DATE NOT NULL, last_day DATE NOT NULL, half_days BOOLEAN, state TEXT DEFAULT 'asked', decided_at DATETIME, CHECK (first_day <= last_day));
`;

const extras = `
CREATE INDEX employee_department ON employee (department_id) WHERE left_on IS NULL;
CREATE INDEX time_sheet_day ON time_sheet (worked_on);
CREATE VIEW present_staff AS SELECT e.id, e.first_name, e.last_name, d.name AS department FROM employee e JOIN department d ON d.id = e.department_id WHERE e.left_on IS NULL;
`;

const DEPARTMENTS = ['Direction', 'Einkauf', 'Sales North', 'Sales South', 'Lager', 'Finance', 'IT', 'Forschung & Entwicklung', 'Qualité', 'Versand', '人事'] as const;
const GROUPS = ['admin', 'buyer', 'clerk', 'driver', 'read only', 'Prüfer'] as const;

function fillStaff({ random, size, into }: ErpDesk): void {
  const department = into('department', 'id, name, manager_id');
  for (const [i, name] of DEPARTMENTS.entries()) department(i + 1, name, (i % size.employees) + 1);
  const employee = into('employee', 'id, department_id, reports_to, first_name, last_name, hired_on, left_on, salary, weekly_hours, picture');
  for (let id = 1; id <= size.employees; id += 1) {
    const hired = random.integer(0, OPEN_DAYS - 200);
    const left = random.oneIn(6) ? dayText(hired + random.integer(30, 200)) : null;
    const picture = random.oneIn(10) ? random.bytes(random.integer(0, 4_000)) : null;
    const chief = id === 1 ? null : random.integer(1, size.employees);
    employee(id, random.integer(1, DEPARTMENTS.length), chief, random.pick(FIRST_NAMES), random.pick(LAST_NAMES), dayText(hired), left, random.integer(24_000_00, 140_000_00) / 100, random.pick([38.5, 40, 20.25, 30.1]), picture);
  }
}

function fillLogins({ random, size, into }: ErpDesk): void {
  const group = into('"group"', 'id, name, "order", "default"');
  for (const [i, name] of GROUPS.entries()) group(i, name, i * 10, Number(i === 2));
  const user = into('app_user', 'id, username, password, email, is_active, is_staff, employee_id, last_login, date_joined, preferences');
  const member = into('user_group', 'user_id, group_id, granted_at');
  for (let id = 1; id <= size.users; id += 1) {
    const preferences = JSON.stringify({ theme: random.pick(['dark', 'light']), pageSize: random.integer(10, 200), zoom: random.integer(50, 200) / 100, pinned: [`ä${id}`, null, true] });
    const joined = random.integer(0, OPEN_DAYS - 10);
    const login = random.oneIn(5) ? null : momentText(joined + 5, random);
    user(id, `User${id}`, `pbkdf2_sha256$720000$${random.hex(22)}$${random.hex(44)}`, `user${id}@example.org`, Number(!random.oneIn(8)), Number(random.oneIn(10)), id <= size.employees ? id : null, login, momentText(joined, random), preferences);
    for (let g = id % 2; g < GROUPS.length; g += random.integer(1, 4)) member(id, g, random.oneIn(3) ? null : momentText(joined + 1, random));
  }
  const session = into('user_session', 'id, user_id, token, address, expires_at');
  for (let i = 0; i < size.sessions; i += 1) {
    const uuid = `${random.hex(12)}4${random.hex(3)}${random.pick(['8', '9', 'a', 'b'])}${random.hex(15)}`;
    const address = random.oneIn(4) ? `2001:db8::${random.integer(1, 9_999).toString(16)}` : `10.${random.integer(0, 255)}.${random.integer(0, 255)}.${random.integer(1, 254)}`;
    session(uuid, random.integer(1, size.users), random.bytes(24), address, momentText(random.integer(0, OPEN_DAYS), random));
  }
}

function fillHours({ random, size, into }: ErpDesk): void {
  const sheet = into('time_sheet', 'employee_id, worked_on, started, ended, break_minutes, minutes, remark');
  for (let i = 0; i < size.timeSheets; i += 1) {
    const start = random.integer(360, 600);
    const minutes = random.integer(60, 620);
    // One sheet for each employee and day: the key can never collide.
    const day = Math.floor(i / size.employees) * 2;
    sheet((i % size.employees) + 1, dayText(day), clockText(start), random.oneIn(50) ? null : clockText(start + minutes), random.pick([0, 30, 45]), minutes, random.oneIn(20) ? prose(random, 1) : null);
  }
  const leave = into('leave_request', 'employee_id, first_day, last_day, half_days, state, decided_at');
  for (let i = 0; i < size.leaveRequests; i += 1) {
    const first = random.integer(0, OPEN_DAYS);
    const decided = random.oneIn(4) ? null : momentText(first, random);
    leave(random.integer(1, size.employees), dayText(first), dayText(first + random.integer(0, 20)), random.pick([0, 1, null]), random.pick(['asked', 'granted', 'refused']), decided);
  }
}

export const people: ErpDepartment = {
  name: 'people',
  tables,
  extras,
  fill(desk) {
    fillStaff(desk);
    fillLogins(desk);
    fillHours(desk);
  },
};
