/**
 * The statements that capture consists of: a log of keys, a table of facts, and triggers that write the keys of changed
 * rows in the application's own transaction. Nothing here can fail inside the application's SQLite, whatever its
 * version: no functions beside coalesce and typeof, no constraint in the log, columns without a type.
 */
import { quoteIdentifier } from '@causeway/contracts/identifier';
import { LOG_TABLE, SOURCE_PREFIX, STATE_TABLE, SUSPENDED_TABLE } from '@causeway/contracts/live/source-objects';
import type { CapturedTable } from './captured-table.ts';
import { collisionClause, newValue, rowidClause } from './collision-query.ts';

/** `t` of the entry that stands in the log from the beginning, so that it is never empty. */
export const SENTINEL = -1;

/** Our own way back writes without being captured or fenced (rule 28). */
export const UNLESS_PASS = `WHEN NOT EXISTS (SELECT 1 FROM ${quoteIdentifier(STATE_TABLE)} WHERE name = 'pass')`;

/** In the order of their making; what the command shows before it asks is exactly this. */
export function captureDdl(tables: readonly CapturedTable[]): string[] {
  const width = Math.max(1, ...tables.map((table) => table.key.length));
  const keys = Array.from({ length: width }, (_, i) => `k${i}`).join(', ');
  return [
    // Invariant: I30
    `CREATE TABLE ${quoteIdentifier(LOG_TABLE)} (id INTEGER PRIMARY KEY, t, ${keys})`,
    `CREATE TABLE ${quoteIdentifier(STATE_TABLE)} (name TEXT PRIMARY KEY, value) WITHOUT ROWID`,
    `CREATE TABLE ${quoteIdentifier(SUSPENDED_TABLE)} (name TEXT PRIMARY KEY, sql) WITHOUT ROWID`,
    ...tables.flatMap(tableTriggers),
  ];
}

export function tableTriggers(table: CapturedTable): string[] {
  const triggers = [
    trigger(table, 'insert', 'AFTER INSERT', [logRow(table, 'NEW')]),
    trigger(table, 'delete', 'AFTER DELETE', [logRow(table, 'OLD')]),
    trigger(table, 'update', 'AFTER UPDATE', [logRow(table, 'NEW'), logOldKey(table)]),
  ];
  if (table.keyConverted) {
    const into = `${logInto(table)} VALUES (${[table.number, ...table.key.map((name) => newValue(table, name))].join(', ')});`;
    triggers.push(trigger(table, 'key_insert', 'BEFORE INSERT', [into]), trigger(table, 'key_update', 'BEFORE UPDATE', [into, logRow(table, 'OLD')]), trigger(table, 'key_delete', 'BEFORE DELETE', [logRow(table, 'OLD')]));
  }
  const clauses = [...table.colliding.map((index) => collisionClause(table, index)), ...(table.hiddenRowid === null ? [] : [rowidClause(table, table.hiddenRowid)])];
  if (clauses.length === 0) return triggers;
  const found = (other: string): string[] => clauses.map((clause) => `${logInto(table)} SELECT ${table.number}, ${names(table).join(', ')} ${clause}${other};`);
  return [
    ...triggers,
    trigger(table, 'replace_insert', 'BEFORE INSERT', found('')),
    // The row itself is logged afterwards in any case.
    trigger(table, 'replace_update', 'BEFORE UPDATE', found(` AND (${names(table).map((name) => `${name} COLLATE BINARY IS NOT OLD.${name}`).join(' OR ')})`)),
  ];
}

function trigger(table: CapturedTable, kind: string, event: string, statements: readonly string[]): string {
  return `CREATE TRIGGER ${quoteIdentifier(`${SOURCE_PREFIX}${table.number}_${kind}`)} ${event} ON ${quoteIdentifier(table.name)} ${UNLESS_PASS} BEGIN ${statements.join(' ')} END`;
}

const names = (table: CapturedTable): string[] => table.key.map(quoteIdentifier);

const logInto = (table: CapturedTable): string => `INSERT INTO ${quoteIdentifier(LOG_TABLE)} (t, ${table.key.map((_, i) => `k${i}`).join(', ')})`;

function logRow(table: CapturedTable, row: 'NEW' | 'OLD'): string {
  return `${logInto(table)} VALUES (${[table.number, ...names(table).map((name) => `${row}.${name}`)].join(', ')});`;
}

/** A key that changes leaves under its old name too: by class and bytes, whatever the column's collation calls equal. */
function logOldKey(table: CapturedTable): string {
  const changed = names(table).map((name) => `OLD.${name} COLLATE BINARY IS NOT NEW.${name} OR typeof(OLD.${name}) <> typeof(NEW.${name})`);
  return `${logInto(table)} SELECT ${[table.number, ...names(table).map((name) => `OLD.${name}`)].join(', ')} WHERE ${changed.join(' OR ')};`;
}
