/** The row of a migration: who it is, where its source is, in which phase it is, and under which plan it runs. */
import { Failure } from '@causeway/contracts/failures';
import type pg from 'pg';

/**
 * planned → snapshotting → loaded → built → completed
 * - planned: written by the command; the loader makes the tables and waits for nobody
 * - snapshotting: set by the loader when its tables stand; extractor and loader work
 * - loaded: set by the loader when every range is committed, primary keys and statistics included
 * - built: set by the loader when indexes, constraints and sequences stand; the validator may already be at work
 * - completed: set by the command after the verdict
 */
export type Phase = 'planned' | 'snapshotting' | 'loaded' | 'built' | 'completed';

export const PHASES: readonly Phase[] = ['planned', 'snapshotting', 'loaded', 'built', 'completed'];

/** What identifies the source's contents, and where it is read. */
export interface SourceRecord {
  /** Path that the owner gave, absolute. */
  readonly path: string;
  /** Path that is read: the same, or a consistent copy in the state folder. */
  readonly readPath: string;
  readonly copied: 'no' | 'backup' | 'files';
  /** Stat of the original when it was prepared (see source-stamp). */
  readonly stamp: string;
  readonly bytes: number;
  readonly encoding: string;
  readonly journalMode: string;
  readonly pageBytes: number;
  /** sqlite_sequence, by table, as decimal. */
  readonly sequences: Readonly<Record<string, string>>;
}

export interface MigrationRecord {
  readonly id: string;
  readonly name: string;
  readonly generation: number;
  readonly phase: Phase;
  readonly source: SourceRecord;
  /** Options of the run that services must share: target schema, transport, partitions … */
  readonly settings: MigrationSettings;
  readonly plan: unknown;
}

export interface MigrationSettings {
  readonly transport: 'kafka' | 'embedded';
  readonly partitions: number;
  readonly targetSchema: string;
  /** Tables are made by causeway (`create`) or by the application (`existing`). */
  readonly schema: 'create' | 'existing';
  /** The source is followed while the application writes; absent in records of a plain migration. */
  readonly live?: boolean;
}

const COLUMNS = 'id, name, generation, phase, source, settings, plan';

export async function findMigration(pool: pg.Pool | pg.ClientBase, name: string): Promise<MigrationRecord | null> {
  const result = await pool.query(`SELECT ${COLUMNS} FROM causeway.migration WHERE name = $1`, [name]);
  return (result.rows[0] as MigrationRecord | undefined) ?? null;
}

export async function listMigrations(pool: pg.Pool): Promise<MigrationRecord[]> {
  const result = await pool.query(`SELECT ${COLUMNS} FROM causeway.migration ORDER BY created_at, name`);
  return result.rows as MigrationRecord[];
}

/** Throws MIGRATION_UNKNOWN. */
export async function readMigration(pool: pg.Pool | pg.ClientBase, id: string): Promise<MigrationRecord> {
  const result = await pool.query(`SELECT ${COLUMNS} FROM causeway.migration WHERE id = $1`, [id]);
  const row = result.rows[0] as MigrationRecord | undefined;
  if (row === undefined) throw new Failure('MIGRATION_UNKNOWN', `no migration has the id ${id}`);
  return row;
}

export async function insertMigration(client: pg.ClientBase, record: MigrationRecord): Promise<void> {
  await client.query(
    'INSERT INTO causeway.migration (id, name, generation, phase, source, settings, plan) VALUES ($1, $2, $3, $4, $5, $6, $7)',
    [record.id, record.name, record.generation, record.phase, JSON.stringify(record.source), JSON.stringify(record.settings), JSON.stringify(record.plan)],
  );
}

/** Compare-and-set of the phase within one generation; false where another process was first. */
export async function advancePhase(client: pg.Pool | pg.ClientBase, id: string, generation: number, from: Phase, to: Phase): Promise<boolean> {
  const result = await client.query(
    'UPDATE causeway.migration SET phase = $4, phase_at = clock_timestamp() WHERE id = $1 AND generation = $2 AND phase = $3',
    [id, generation, from, to],
  );
  return result.rowCount === 1;
}

export function atLeast(phase: Phase, wanted: Phase): boolean {
  return PHASES.indexOf(phase) >= PHASES.indexOf(wanted);
}
