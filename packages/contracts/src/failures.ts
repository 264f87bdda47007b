/**
 * The error catalogue: every failure that a user can meet, with what it means and what to do.
 * `docs/errors.md` is made from this file. Codes are stable: scripts match on them.
 */

/** Who or what is wrong; decides the exit code. */
export type FailureKind = 'usage' | 'environment' | 'source' | 'target' | 'transport' | 'difference' | 'interrupted' | 'internal';

/** Who can mend it. */
export type FailureOwner = 'operator' | 'application' | 'causeway';

export interface FailureEntry {
  readonly kind: FailureKind;
  readonly owner: FailureOwner;
  /** One sentence: what this means. */
  readonly title: string;
  /** One sentence: what to do about it. */
  readonly remedy: string;
}

const entry = (kind: FailureKind, owner: FailureOwner, title: string, remedy: string): FailureEntry => ({ kind, owner, title, remedy });

export const FAILURES = {
  // -- usage -------------------------------------------------------------------------------------------------
  USAGE: entry('usage', 'operator', 'The command was not understood.', 'Run the command with --help.'),
  CONFIG_INVALID: entry('usage', 'operator', 'A setting has a value that cannot be used.', 'Correct the named setting; --print-config shows all of them.'),
  PLAN_INVALID: entry('usage', 'operator', 'The plan file does not fit the source or contradicts itself.', 'Correct the named line, or write a new plan with `causeway plan`.'),
  PLAN_REVISED: entry('internal', 'causeway', 'A row does not fit what a sample had shown.', 'Nothing to do: the command plans again from all rows by itself.'),
  NAME_COLLISION: entry('usage', 'operator', 'Two source names become the same name in PostgreSQL.', 'Rename one of them in the plan file.'),
  MIGRATION_UNKNOWN: entry('usage', 'operator', 'There is no migration of that name in the target.', 'List them with `causeway status`; start one with `causeway migrate`.'),
  // -- source ------------------------------------------------------------------------------------------------
  SOURCE_NOT_FOUND: entry('source', 'operator', 'The source file does not exist or cannot be read.', 'Check the path and its permissions.'),
  SOURCE_NOT_SQLITE: entry('source', 'operator', 'The file is not an SQLite database, or it is encrypted.', 'Give the path of an unencrypted SQLite 3 database.'),
  SOURCE_CORRUPT: entry('source', 'operator', 'SQLite reports that the file is damaged.', 'Run `PRAGMA integrity_check`, repair with `.recover` into a new file, and migrate that.'),
  SOURCE_CHANGED: entry('source', 'operator', 'The source has changed since this migration read it.', 'Run again with --restart to move the present contents.'),
  SOURCE_UNSUPPORTED: entry('source', 'application', 'A part of the source has no form in PostgreSQL.', 'See the named object in the plan and decide there.'),
  CAPTURE_FOREIGN: entry('source', 'operator', 'Another migration follows this source.', 'Complete or detach that migration first.'),
  REPAIR_NOT_POSSIBLE: entry('usage', 'operator', 'Rows can be repaired only while one side follows the other (following, switched) and a validator is at work.', 'Start the migration again with `causeway migrate --live`, and wait until it follows; a switch that was cut off is ended first.'),
  FENCE_STALE: entry('source', 'operator', 'A newer attempt has decided about the fence of the source.', 'Run `causeway status`; the newer attempt goes on.'),
  SOURCE_BUSY: entry('source', 'application', 'A transaction of the application holds the source for too long.', 'End it, and run the same command again: it resumes.'),
  SOURCE_FILESYSTEM: entry('source', 'operator', 'The source is in WAL mode on a file system that cannot share memory between its writers.', 'Run causeway on the machine that has the disk; in containers mount a folder of a Linux host or a named volume.'),
  SOURCE_REPLACED: entry('source', 'operator', 'Another file stands where the followed source stood.', 'Put the file back, or begin again with --restart; nothing of the new file was taken over.'),
  SOURCE_REWOUND: entry('source', 'operator', 'The source has lost commits that were published already: it was restored, or lost power with synchronous = NORMAL.', 'Begin again with --restart; PostgreSQL keeps what it has until then.'),
  LOG_PURGED: entry('source', 'operator', 'The target was set back behind what the change log still holds.', 'Begin again with --restart.'),
  SCHEMA_CHANGED: entry('source', 'operator', 'The application has changed its schema in a way that cannot be followed.', 'Do what the message asks for and run the same command again, or begin again with --restart; the change log keeps what is written meanwhile.'),
  LOG_LIMIT: entry('source', 'operator', 'The change log in the source has reached its bound; the capture was taken out of the source, and nothing follows it any more.', 'Mend what held the target back, then begin again with --restart; CAUSEWAY_LOG_LIMIT sets the bound.'),
  CAPTURE_LOST: entry('source', 'operator', 'The capture of this migration is no longer in the source.', 'See what removed it; begin again with --restart.'),
  // -- target ------------------------------------------------------------------------------------------------
  TARGET_UNREACHABLE: entry('environment', 'operator', 'PostgreSQL cannot be reached or refuses the login.', 'Check the address, the role and its password (DATABASE_URL, --to @file or PGPASSFILE).'),
  TARGET_BUSY: entry('environment', 'application', 'A transaction of the application holds a table of PostgreSQL for too long.', 'End it (`pg_stat_activity` shows it, often as idle in transaction), and run the same command again: it goes on from there.'),
  TARGET_TOO_OLD: entry('environment', 'operator', 'The PostgreSQL server is older than 15.', 'Use PostgreSQL 15 or newer.'),
  TARGET_ENCODING: entry('environment', 'operator', 'The target database is not in UTF8.', "Create the target with ENCODING 'UTF8'."),
  RECORD_NEWER: entry('environment', 'operator', 'The control record in the target was written by a newer causeway.', 'Use that version, or a newer one; an older one must not touch the record.'),
  TARGET_NOT_EMPTY: entry('target', 'operator', 'Tables that this migration did not make are in its way.', 'Use an empty database or --target-schema, or name the tables with --replace.'),
  TARGET_INCOMPATIBLE: entry('target', 'application', 'Existing tables cannot hold the data.', 'Correct the listed columns, or let causeway make the schema.'),
  TARGET_PRIVILEGE: entry('target', 'operator', 'The role lacks a privilege that the migration needs.', 'Grant the named privilege to the role.'),
  TARGET_REFUSED: entry('target', 'operator', 'PostgreSQL refused a statement.', 'Read the reason given by the server; nothing of the failed step was kept.'),
  CHANGE_REFUSED: entry('target', 'operator', 'A change of the source breaks a constraint that the role cannot set aside.', 'GRANT SET ON PARAMETER session_replication_role TO the role, or correct the named rows in the source.'),
  FENCED: entry('target', 'operator', 'Another process has taken over this part of the migration.', 'Let the newer process go on; stop this one.'),
  CUTOVER_NOT_READY: entry('target', 'operator', 'A gate of the cutover or the rollback is red.', 'Do what the named gates ask for, and run the command again.'),
  CUTOVER_UNDONE: entry('target', 'operator', 'The cutover or the rollback was not through before its deadline and was undone.', 'Applications go on with the side that was the primary before; look at the named step, and run the command again.'),
  SWITCH_FAILED: entry('target', 'operator', "The owner's switch command failed; the other side is open already.", 'Correct it and run the same command again: it goes on with the switch.'),
  GATE_FAILED: entry('target', 'application', "The application's gate could not be closed or opened.", 'Applications go on with the side that is the primary; see what the command said, and run the same command again: a gate that is still closed is opened first.'),
  FENCE_PASSED: entry('source', 'operator', 'Something changed SQLite in a way that its fence cannot stop.', 'Find what did it and keep it off; compare both sides with `causeway verify` before you go on.'),
  WAY_BACK_LOST: entry('target', 'operator', 'The capture of the way back is not whole in PostgreSQL.', 'See what removed its triggers, and run the same command again: it installs them anew.'),
  // -- transport ---------------------------------------------------------------------------------------------
  BROKER_UNREACHABLE: entry('environment', 'operator', 'No Kafka broker answered within the deadline.', 'Check --brokers; `causeway doctor` shows what was tried.'),
  TRANSPORT_UNAVAILABLE: entry('environment', 'operator', 'The transport that was asked for cannot be had on this machine.', 'Run `causeway doctor`: it names what is missing and the command that installs it.'),
  TRANSPORT_GAP: entry('transport', 'operator', 'The topic lost messages before they were read.', 'Raise the retention of the topic and run the same command again: missing blocks are sent anew.'),
  MESSAGE_INVALID: entry('transport', 'operator', 'A message on the topic is not one of this migration or is damaged.', 'Keep other producers off the topic; the message is named with its offset.'),
  // -- environment -------------------------------------------------------------------------------------------
  PART_FAILED: entry('environment', 'operator', 'A part that causeway starts by itself did not start or ended early.', 'See the named log; `causeway doctor` checks the prerequisites.'),
  STATE_UNUSABLE: entry('environment', 'operator', 'The state folder cannot be used.', 'Give a writable folder with --state or CAUSEWAY_STATE.'),
  BACK_WITHOUT_FENCE: entry('internal', 'causeway', 'Changes of PostgreSQL have come for SQLite, which is not fenced.', 'Keep applications off SQLite, and run the cutover or rollback command again: it finds out which side is the primary.'),
  BACKUP_CLIENT_MISSING: entry('environment', 'operator', 'There is no pg_dump and pg_restore as new as the server.', 'Install the PostgreSQL client of the named version (`causeway doctor` shows the command), or go on without a backup by --no-backup.'),
  BACKUP_FAILED: entry('environment', 'operator', 'A backup could not be made or restored.', 'Read the reason given by the program; nothing half made was kept.'),
  BACKUP_DAMAGED: entry('difference', 'operator', 'A backup is not what it was when it was made, or its key is another one.', 'Take another backup; the named file tells where this one was damaged.'),
  BACKUP_DIFFERENT: entry('difference', 'operator', 'The restored database is not equal to the one that was backed up.', 'Do not rely on this backup; the named tables tell where it differs.'),
  // -- outcome -----------------------------------------------------------------------------------------------
  DIFFERENT: entry('difference', 'operator', 'Source and target are not equal.', 'Read the report: it names table, key and column.'),
  QUARANTINE_NOT_ACCEPTED: entry('difference', 'operator', 'Rows that PostgreSQL cannot hold are in the quarantine.', 'Look at them with `causeway quarantine export`; accept them with --accept-quarantine, or correct the source.'),
  INTERRUPTED: entry('interrupted', 'operator', 'The command was interrupted.', 'Run the same command again: it resumes.'),
  INTERNAL: entry('internal', 'causeway', 'Something happened that the program does not expect.', 'Please report it with the log named above; nothing uncommitted was kept.'),
} as const satisfies Record<string, FailureEntry>;

export type FailureCode = keyof typeof FAILURES;

/** Exit codes of every command: 0 proved equal, 1 difference or unaccepted quarantine, 2 usage, 3 environment, 130 interrupted. */
export function exitCodeOf(code: FailureCode): number {
  switch (FAILURES[code].kind) {
    case 'difference':
      return 1;
    case 'usage':
      return 2;
    case 'interrupted':
      return 130;
    default:
      return 3;
  }
}

/** An error that a user may see: code, what exactly happened, and the remedy; the cause is chained, never pasted. */
export class Failure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, detail: string, options?: { cause?: unknown }) {
    super(detail, options);
    this.name = 'Failure';
    this.code = code;
  }

  get remedy(): string {
    return FAILURES[this.code].remedy;
  }
}
