/** The statements of the reverse capture: its tables, and a table's trigger function. */
import { qualifiedName, quoteIdentifier, quoteLiteral } from '@causeway/contracts/identifier';
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import { ROWID_COLUMN } from '@causeway/contracts/table-contract';
import type { Generation } from '../record/table-record.ts';

/** Known as ours by their beginning: the fence does not put them aside with the application's triggers. */
export const CAPTURE_TRIGGER = '_causeway_back';
export const TRUNCATE_TRIGGER = '_causeway_back_truncate';

/**
 * - back_queue: keys of rows that were written, in texts. Nothing here can fail: no constraint but the identity's own.
 * - back_change: keys that have left the queue, until the validator has compared their rows. Written in the transaction
 *   that empties the queue: a changed key is in the one or in the other.
 * - back_problem: what SQLite cannot hold or follow (see back-problem).
 * - back_capture: what each captured table looked like when the capture was installed (see catalogue-mark).
 */
export const BACK_TABLES = `
CREATE TABLE IF NOT EXISTS causeway.back_queue (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration text NOT NULL,
  table_no int NOT NULL,
  key jsonb NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_threshold = -1);
CREATE TABLE IF NOT EXISTS causeway.back_change (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration text NOT NULL,
  table_no int NOT NULL,
  key jsonb NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_threshold = -1);
CREATE TABLE IF NOT EXISTS causeway.back_problem (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration text NOT NULL,
  table_no int,
  kind text NOT NULL,
  key jsonb,
  column_name text,
  detail text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE IF NOT EXISTS causeway.back_capture (
  migration text NOT NULL,
  table_no int NOT NULL,
  mark jsonb NOT NULL,
  PRIMARY KEY (migration, table_no)
);`;

/** Target columns of a table's key, as the queue has them. */
export function backKeyColumns(contract: TableContract): readonly Pick<ColumnContract, 'target' | 'type'>[] {
  if (contract.keyless) return [{ target: ROWID_COLUMN, type: { kind: 'int8' } }];
  return contract.key.map((name) => contract.columns.find((c) => c.source === name) as ColumnContract);
}

export function captureFunctionName(g: Generation, table: number): string {
  return qualifiedName('causeway', `back_${g.migration}_${g.generation}_${table}`.slice(-63));
}

/**
 * Runs with the rights of its owner and with settings of its own: the application's roles need no right on our schema,
 * and none of their settings changes how a key is written. An UPDATE of other columns queues its key once.
 */
export function captureFunction(g: Generation, contract: TableContract): string {
  const key = (row: string): string => `pg_catalog.jsonb_build_array(${backKeyColumns(contract).map((c) => `${row}.${quoteIdentifier(c.target)}::text`).join(', ')})`;
  const record = (row: string): string => `ROW(${backKeyColumns(contract).map((c) => `${row}.${quoteIdentifier(c.target)}::text`).join(', ')})`;
  const queue = (row: string): string => `INSERT INTO causeway.back_queue (migration, table_no, key) VALUES (${quoteLiteral(g.migration)}, ${contract.table}, ${key(row)});`;
  return `CREATE OR REPLACE FUNCTION ${captureFunctionName(g, contract.table)}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY' SET IntervalStyle = 'iso_8601' SET extra_float_digits = 1 SET bytea_output = 'hex'
AS $capture$
BEGIN
  IF TG_OP = 'INSERT' THEN
    ${queue('NEW')}
  ELSE
    ${queue('OLD')}
    IF TG_OP = 'UPDATE' THEN
      IF ${record('NEW')} IS DISTINCT FROM ${record('OLD')} THEN
        ${queue('NEW')}
      END IF;
    END IF;
  END IF;
  RETURN NULL;
END $capture$`;
}

/** One for all tables: after TRUNCATE there is nothing to queue, only something to tell. */
export const TRUNCATE_FUNCTION = `
CREATE OR REPLACE FUNCTION causeway.back_truncated() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $capture$
BEGIN
  INSERT INTO causeway.back_problem (migration, table_no, kind, detail) VALUES (TG_ARGV[0], TG_ARGV[1]::int, 'truncate', 'the table was truncated');
  RETURN NULL;
END $capture$`;
