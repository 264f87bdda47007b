/** A source file and a target schema with the same rows, made without any code of the product's loading path. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogicalType } from '@causeway/contracts/logical-type';
import { postgresTypeName } from '@causeway/contracts/logical-type';
import { qualifiedName, quoteIdentifier } from '@causeway/contracts/identifier';
import type { ExactCell } from '@causeway/contracts/source-value';
import type { ColumnContract, SourceForm, TableContract } from '@causeway/contracts/table-contract';
import Database from 'better-sqlite3';
import pg from 'pg';
import { SourceThreads } from '../src/measure/source/source-threads.ts';
import type { TableVerification } from '../src/report/table-verification.ts';
import { verifyTable } from '../src/verify-table.ts';

export interface SideColumn {
  readonly name: string;
  /** As declared in SQLite. */
  readonly declared: string;
  readonly type: LogicalType;
  readonly form?: SourceForm;
  readonly notNull?: boolean;
}

export interface SideTable {
  readonly name: string;
  readonly columns: readonly SideColumn[];
  readonly key: readonly string[];
  readonly withoutRowid?: boolean;
  /** SQL after the columns of SQLite's CREATE TABLE. */
  readonly constraint?: string;
}

/** One row: what SQLite is given, and what PostgreSQL is given as text (null, or its input syntax). */
export interface SideRow {
  readonly source: readonly unknown[];
  readonly target: readonly (string | null)[];
}

export class TwoSides {
  readonly folder = mkdtempSync(join(tmpdir(), 'causeway-validator-'));
  readonly file = join(this.folder, 'source.sqlite');
  readonly schema: string;
  readonly pool: pg.Pool;
  readonly db: Database.Database;
  private threads: SourceThreads | undefined;

  constructor(url: string, encoding = 'UTF-8') {
    this.schema = `validator ${process.pid} ${Math.random().toString(36).slice(2)}`;
    this.pool = new pg.Pool({ connectionString: url, max: 4 });
    this.db = new Database(this.file);
    this.db.pragma(`encoding = '${encoding}'`);
    this.db.defaultSafeIntegers();
  }

  async open(): Promise<void> {
    await this.pool.query(`CREATE SCHEMA ${quoteIdentifier(this.schema)}`);
  }

  async close(): Promise<void> {
    await this.threads?.close();
    await this.pool.query(`DROP SCHEMA ${quoteIdentifier(this.schema)} CASCADE`);
    await this.pool.end();
    this.db.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  contract(table: SideTable, number = 0): TableContract {
    return {
      table: number,
      source: table.name,
      targetSchema: this.schema,
      target: table.name,
      columns: table.columns.map((c): ColumnContract => ({ source: c.name, target: c.name, type: c.type, form: c.form ?? 'plain', notNull: c.notNull ?? false })),
      order: table.withoutRowid === true ? { kind: 'primary', columns: table.key } : { kind: 'rowid', alias: 'rowid' },
      key: table.key,
      keyless: table.key.length === 0,
      speculative: false,
    };
  }

  /** Makes the table on both sides, with the identity column where there is no key, and fills it. */
  async make(table: SideTable, rows: readonly SideRow[]): Promise<TableContract> {
    const list = table.columns.map((c) => `${quoteIdentifier(c.name)} ${c.declared}`).join(', ');
    this.db.exec(`CREATE TABLE ${quoteIdentifier(table.name)} (${list}${table.constraint ?? ''})${table.withoutRowid === true ? ' WITHOUT ROWID' : ''}`);
    const insert = this.db.prepare(`INSERT INTO ${quoteIdentifier(table.name)} VALUES (${table.columns.map(() => '?').join(', ')})`);
    this.db.transaction(() => {
      for (const row of rows) insert.run(...row.source);
    })();
    const identity = table.key.length === 0 ? 'causeway_rowid bigint GENERATED ALWAYS AS IDENTITY, ' : '';
    const columns = table.columns.map((c) => `${quoteIdentifier(c.name)} ${postgresTypeName(c.type)}`).join(', ');
    await this.pool.query(`CREATE TABLE ${this.target(table.name)} (${identity}${columns})`);
    await this.insert(table, rows);
    return this.contract(table);
  }

  target(name: string): string {
    return qualifiedName(this.schema, name);
  }

  private async insert(table: SideTable, rows: readonly SideRow[]): Promise<void> {
    const names = table.columns.map((c) => quoteIdentifier(c.name)).join(', ');
    const values = table.columns.map((c, i) => `$${i + 1}::text::${postgresTypeName(c.type)}`).join(', ');
    const client = await this.pool.connect();
    try {
      await client.query("BEGIN; SET LOCAL TimeZone TO 'UTC'");
      for (const row of rows) await client.query(`INSERT INTO ${this.target(table.name)} (${names}) VALUES (${values})`, [...row.target]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  }

  /** The reading threads stay: they read a new state of the file with every statement. */
  async verify(contract: TableContract, options: { quarantine?: readonly (readonly ExactCell[])[]; maxDifferences?: number } = {}): Promise<TableVerification> {
    this.threads ??= new SourceThreads(this.file);
    return verifyTable({
      contract,
      source: this.threads,
      pool: this.pool,
      quarantine: async function* () {
        yield* options.quarantine ?? [];
      },
      signal: new AbortController().signal,
      ...(options.maxDifferences === undefined ? {} : { maxDifferences: options.maxDifferences }),
    });
  }
}

/** The PostgreSQL that the tests use; the setup gives one, or the environment does. */
export function testDatabase(): string {
  const url = process.env['CAUSEWAY_TEST_PG'];
  if (url === undefined) throw new Error('CAUSEWAY_TEST_PG is not set');
  return url;
}

export function integerKey(name: string, value: number | bigint): ExactCell[] {
  return [{ name, class: 'integer', bytes: Buffer.from(String(value)) }];
}

export function textKey(name: string, value: string): ExactCell[] {
  return [{ name, class: 'text', bytes: Buffer.from(value) }];
}
