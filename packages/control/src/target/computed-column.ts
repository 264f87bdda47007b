/**
 * A generated column of the source that PostgreSQL computes by a trigger. Trigger and function are the application's: they
 * lie in its schema, name nothing of ours, stand aside with its other triggers while SQLite is the primary, and stay.
 * See docs/decisions/generated-columns.md.
 */
import { createHash } from 'node:crypto';
import { qualifiedName, quoteIdentifier, quoteLiteral } from '@causeway/contracts/identifier';
import type pg from 'pg';
import { cutToBytes } from '../plan/target-names.ts';

export interface ComputedColumn {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  /** As it is declared in SQLite. */
  readonly notNull: boolean;
  /** Over the columns of NEW. */
  readonly sql: string;
  /** How many generated columns deep its expression reads. */
  readonly depth: number;
  /** The triggers of the generated columns that it reads. */
  readonly after: readonly string[];
}

/** Sorts behind whatever else the application has: PostgreSQL computes its own generated columns after all triggers, too. */
const TRIGGER = '~generated_';
const NAME_BYTES = 63;
const DEPTH_DIGITS = 4;
const HASH_DIGITS = 8;

export function computedTriggerName({ column, depth }: Pick<ComputedColumn, 'column' | 'depth'>): string {
  const name = `${TRIGGER}${String(depth).padStart(DEPTH_DIGITS, '0')}_${column}`;
  return Buffer.byteLength(name) <= NAME_BYTES ? name : `${cutToBytes(name, NAME_BYTES - HASH_DIGITS - 1)}_${hashOf(column)}`;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, HASH_DIGITS);

/** No function of the application's has this name by chance: it would be replaced. */
function functionName({ schema, table, column }: ComputedColumn): string {
  return qualifiedName(schema, `${cutToBytes(`${table}_${column}`, NAME_BYTES - '_generated_'.length - HASH_DIGITS)}_generated_${hashOf(`${table}\0${column}`)}`);
}

/** One statement. The trigger's argument is the column's name, from which it is found again. Refused where what it reads is not computed. */
export function computedColumnSql(computed: ComputedColumn): string {
  const table = qualifiedName(computed.schema, computed.table);
  const column = quoteIdentifier(computed.column);
  const body = dollarQuoted('computed', `\nBEGIN\n  NEW.${column} := ${computed.sql};\n  RETURN NEW;\nEND `);
  const statements = [
    ...requirements(table, computed.after),
    `CREATE OR REPLACE FUNCTION ${functionName(computed)}() RETURNS trigger LANGUAGE plpgsql\n  ${settingsOf(computed.sql)}\n  AS ${body};`,
    ...(computed.notNull ? [`ALTER TABLE ${table} ALTER COLUMN ${column} SET NOT NULL;`] : []),
    `CREATE OR REPLACE TRIGGER ${quoteIdentifier(computedTriggerName(computed))} BEFORE INSERT OR UPDATE ON ${table}\n  FOR EACH ROW EXECUTE FUNCTION ${functionName(computed)}(${quoteLiteral(computed.column)});`,
  ];
  return `DO ${dollarQuoted('generated', `\nBEGIN\n${statements.join('\n')}\nEND `)}`;
}

/** Each costs some microseconds a row: only what the expression could depend on. */
const SETTINGS: readonly (readonly [RegExp, string])[] = [
  [/\\/, 'standard_conforming_strings = on'],
  [/double precision|::text/, 'extra_float_digits = 1'],
  [/date|time|interval/i, "TimeZone = 'UTC' SET DateStyle = 'ISO, MDY'"],
];

function settingsOf(sql: string): string {
  return ['search_path = pg_catalog, pg_temp', ...SETTINGS.filter(([needs]) => needs.test(sql)).map(([, setting]) => setting)].map((setting) => `SET ${setting}`).join(' ');
}

function requirements(table: string, after: readonly string[]): string[] {
  if (after.length === 0) return [];
  const found = `SELECT count(*) FROM pg_catalog.pg_trigger WHERE tgrelid = ${quoteLiteral(table)}::regclass AND tgname IN (${after.map(quoteLiteral).join(', ')})`;
  return [`IF (${found}) < ${after.length} THEN RAISE EXCEPTION 'it reads a generated column that is not computed in PostgreSQL'; END IF;`];
}

function dollarQuoted(tag: string, text: string): string {
  for (let n = 0; ; n++) {
    const mark = `$${tag}${n === 0 ? '' : n}$`;
    if (`${text}${mark}`.indexOf(mark) === text.length) return `${mark}${text}${mark}`;
  }
}

/** The columns of a table that are computed so, by their names in PostgreSQL, with their trigger and function. */
export async function computedColumns(client: pg.ClientBase, table: string): Promise<{ column: string; trigger: string; function: string }[]> {
  const result = await client.query(
    `SELECT convert_from(substring(t.tgargs FROM 1 FOR length(t.tgargs) - 1), 'UTF8') AS column, t.tgname AS trigger, quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '()' AS function
       FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE t.tgrelid = to_regclass($1) AND NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgnargs = 1 AND starts_with(t.tgname::text, $2) AND p.proname LIKE '%\\_generated\\_%'`,
    [table, TRIGGER],
  );
  return result.rows;
}

/** Before columns that they name are renamed or go. Returns the columns, by the names that they had. */
export async function dropComputedColumns(client: pg.ClientBase, table: string): Promise<string[]> {
  const computed = await computedColumns(client, table);
  for (const { trigger } of computed) await client.query(`DROP TRIGGER ${quoteIdentifier(trigger)} ON ${table}`);
  for (const { function: name } of computed) await client.query(`DROP FUNCTION ${name}`);
  return computed.map(({ column }) => column);
}
