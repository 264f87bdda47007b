/**
 * The control record: schema `causeway` in the target. It is the only thing that the services share besides topics and
 * tables, and the only arbiter of who may do what. Everything durable that a restart needs is here.
 */
import { Failure } from '@causeway/contracts/failures';
import { inTransaction } from '@causeway/runtime/postgres-pool';
import type pg from 'pg';
import { FENCE_FUNCTION } from '../target/target-fence.ts';

export const CONTROL_SCHEMA = 'causeway';

/** Grows with every change of the tables below; an older causeway refuses a newer record. */
export const CONTROL_VERSION = 6;

export const DDL = `
CREATE SCHEMA IF NOT EXISTS causeway;
REVOKE ALL ON SCHEMA causeway FROM PUBLIC;
CREATE TABLE IF NOT EXISTS causeway.version (version int NOT NULL);
CREATE TABLE IF NOT EXISTS causeway.migration (
  id text PRIMARY KEY,
  name text NOT NULL UNIQUE,
  generation int NOT NULL,
  phase text NOT NULL CHECK (phase IN ('planned','snapshotting','loaded','built','completed')),
  source jsonb NOT NULL,
  settings jsonb NOT NULL,
  plan jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  phase_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS causeway.table_contract (
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  generation int NOT NULL,
  table_no int NOT NULL,
  contract jsonb NOT NULL,
  target_oid oid,
  range_count int,
  keyed_at timestamptz,
  PRIMARY KEY (migration, generation, table_no)
);
CREATE TABLE IF NOT EXISTS causeway.key_range (
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  generation int NOT NULL,
  table_no int NOT NULL,
  range_no int NOT NULL,
  lo jsonb,
  hi jsonb,
  PRIMARY KEY (migration, generation, table_no, range_no)
);
CREATE TABLE IF NOT EXISTS causeway.block (
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  generation int NOT NULL,
  table_no int NOT NULL,
  range_no int NOT NULL,
  rows bigint NOT NULL,
  rejected bigint NOT NULL,
  bytes bigint NOT NULL,
  position bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (migration, generation, table_no, range_no)
);
ALTER TABLE causeway.block ADD COLUMN IF NOT EXISTS position bigint NOT NULL DEFAULT 0;
CREATE TABLE IF NOT EXISTS causeway.consumed (
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  generation int NOT NULL,
  partition int NOT NULL,
  epoch bigint NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (migration, generation, partition)
);
CREATE TABLE IF NOT EXISTS causeway.quarantine (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  generation int NOT NULL,
  table_no int NOT NULL,
  range_no int NOT NULL,
  key jsonb NOT NULL,
  column_name text NOT NULL,
  code text NOT NULL,
  reason text NOT NULL,
  cells jsonb
);
CREATE INDEX IF NOT EXISTS quarantine_by_table ON causeway.quarantine (migration, generation, table_no);
CREATE TABLE IF NOT EXISTS causeway.schema_object (
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  generation int NOT NULL,
  object_no int NOT NULL,
  kind text NOT NULL,
  table_no int,
  name text NOT NULL,
  fidelity text NOT NULL,
  source_sql text,
  target_sql text,
  notes text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'planned',
  PRIMARY KEY (migration, generation, object_no)
);
ALTER TABLE causeway.schema_object ADD COLUMN IF NOT EXISTS proof jsonb;
CREATE TABLE IF NOT EXISTS causeway.suspended_object (
  migration text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('index','unique','foreign_key','trigger')),
  table_oid oid NOT NULL,
  schema_name text NOT NULL,
  table_name text NOT NULL,
  name text NOT NULL,
  definition text NOT NULL,
  statements text[] NOT NULL,
  state text NOT NULL DEFAULT 'suspended' CHECK (state IN ('suspended','restored','failed')),
  PRIMARY KEY (migration, kind, table_oid, name)
);
CREATE TABLE IF NOT EXISTS causeway.timing (
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  generation int NOT NULL,
  name text NOT NULL,
  seconds double precision NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (migration, generation, name)
);
CREATE TABLE IF NOT EXISTS causeway.verification (
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  generation int NOT NULL,
  run bigint GENERATED ALWAYS AS IDENTITY,
  verdict text NOT NULL,
  tables jsonb NOT NULL,
  seconds double precision NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (migration, generation, run)
);
CREATE TABLE IF NOT EXISTS causeway.live (
  migration text PRIMARY KEY REFERENCES causeway.migration ON DELETE CASCADE,
  generation int NOT NULL,
  phase text NOT NULL CHECK (phase IN ('loading','following','switching','switched','returning','completed')),
  attempt bigint NOT NULL DEFAULT 0,
  token text NOT NULL,
  started_at_id bigint NOT NULL,
  consistent_at_id bigint,
  fence_end bigint,
  back_epoch bigint NOT NULL DEFAULT 0,
  phase_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE causeway.live ADD COLUMN IF NOT EXISTS contract_version int NOT NULL DEFAULT 0, ADD COLUMN IF NOT EXISTS throttle_bytes bigint;
ALTER TABLE causeway.table_contract ADD COLUMN IF NOT EXISTS reload boolean NOT NULL DEFAULT false;
CREATE TABLE IF NOT EXISTS causeway.schema_change (
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  generation int NOT NULL,
  version int NOT NULL,
  position bigint NOT NULL,
  contracts jsonb NOT NULL,
  steps jsonb NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  applied_at timestamptz,
  PRIMARY KEY (migration, generation, version)
);
ALTER TABLE causeway.live ADD COLUMN IF NOT EXISTS back_published_epoch bigint NOT NULL DEFAULT 0, ADD COLUMN IF NOT EXISTS back_published_batch bigint NOT NULL DEFAULT -1;
CREATE TABLE IF NOT EXISTS causeway.stream_position (
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  generation int NOT NULL,
  epoch bigint NOT NULL DEFAULT 0,
  applied bigint NOT NULL,
  as_of bigint NOT NULL,
  next_offset bigint NOT NULL DEFAULT 0,
  marker_attempt bigint NOT NULL DEFAULT 0,
  catching_up boolean NOT NULL DEFAULT false,
  resend_from bigint,
  changes bigint NOT NULL DEFAULT 0,
  seen_ms bigint NOT NULL DEFAULT 0,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (migration, generation)
);
CREATE TABLE IF NOT EXISTS causeway.service (
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  name text NOT NULL,
  instance text NOT NULL,
  state jsonb NOT NULL DEFAULT '{}',
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (migration, name)
);
CREATE TABLE IF NOT EXISTS causeway.step (
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  attempt bigint NOT NULL,
  step text NOT NULL,
  state text NOT NULL CHECK (state IN ('running','done','failed','undone')),
  began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  detail jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (migration, attempt, step)
);
CREATE TABLE IF NOT EXISTS causeway.divergence (
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  generation int NOT NULL,
  table_no int NOT NULL,
  key jsonb NOT NULL,
  kind text NOT NULL,
  columns text[] NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open','repaired','gone')),
  found_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  PRIMARY KEY (migration, generation, table_no, key, found_at)
);
CREATE TABLE IF NOT EXISTS causeway.revoked_privilege (
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  generation int NOT NULL,
  schema_name text NOT NULL,
  table_name text NOT NULL,
  grantee text NOT NULL,
  privilege text NOT NULL,
  grantable boolean NOT NULL,
  PRIMARY KEY (migration, generation, schema_name, table_name, grantee, privilege)
);
CREATE TABLE IF NOT EXISTS causeway.disabled_trigger (
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  schema_name text NOT NULL,
  table_name text NOT NULL,
  name text NOT NULL,
  enabled "char" NOT NULL,
  PRIMARY KEY (migration, schema_name, table_name, name)
);
CREATE TABLE IF NOT EXISTS causeway.back_computed (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration text NOT NULL REFERENCES causeway.migration ON DELETE CASCADE,
  table_no int NOT NULL,
  key jsonb NOT NULL,
  source_key jsonb NOT NULL,
  columns text[] NOT NULL,
  sent_id bigint,
  sent_at timestamptz
);
CREATE INDEX IF NOT EXISTS back_computed_key ON causeway.back_computed (migration, table_no, key);
CREATE INDEX IF NOT EXISTS back_computed_source ON causeway.back_computed (migration, table_no, source_key);
${FENCE_FUNCTION}`;

/** Arbitrary but fixed: two commands that create the record at once must not collide in the catalogue. */
const SCHEMA_LOCK = 7_240_115;

/** Makes the schema `causeway` where it is missing. Idempotent; safe beside other processes doing the same. Throws RECORD_NEWER for what a later version has made. */
export async function ensureControlSchema(pool: pg.Pool): Promise<void> {
  try {
    await makeOrUpdate(pool);
  } catch (cause) {
    if ((cause as { code?: string }).code !== '42501') throw cause;
    throw new Failure('TARGET_PRIVILEGE', `the control record cannot be made or read: ${(cause as Error).message}; \`causeway doctor\` shows the GRANT`, { cause });
  }
}

async function makeOrUpdate(pool: pg.Pool): Promise<void> {
  const present = await pool.query("SELECT to_regclass('causeway.version') IS NOT NULL AS present");
  const stored = present.rows[0].present ? await storedVersion(pool) : undefined;
  if (stored === CONTROL_VERSION) return;
  // What it does not know it could only break: the functions of its own version would take the place of the newer ones.
  if (stored !== undefined && stored > CONTROL_VERSION) throw new Failure('RECORD_NEWER', `the record has version ${stored}, this causeway knows ${CONTROL_VERSION}`);
  await inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
    await client.query(DDL);
    await client.query('UPDATE causeway.version SET version = $1 WHERE version < $1', [CONTROL_VERSION]);
    await client.query('INSERT INTO causeway.version SELECT $1::int WHERE NOT EXISTS (SELECT 1 FROM causeway.version)', [CONTROL_VERSION]);
  });
}

async function storedVersion(pool: pg.Pool): Promise<number | undefined> {
  const result = await pool.query('SELECT version FROM causeway.version');
  return result.rows[0]?.version;
}
