/**
 * What `assess` looks for: every check with what it means and what to do. `docs/assess.md` is made from this file. Ids
 * are stable: scripts match on them.
 */

/**
 * - `blocker`: the migration cannot begin like this
 * - `decision`: rows or objects would not arrive as they are, unless somebody decides otherwise in the plan
 * - `notice`: something arrives in another form than was declared, or wants care
 * - `info`: good to know
 */
export type Severity = 'blocker' | 'decision' | 'notice' | 'info';

export type CheckGroup = 'values' | 'dates' | 'keys' | 'names' | 'structure' | 'capture' | 'size';

export interface AssessCheck {
  readonly group: CheckGroup;
  /** One sentence: what it means. */
  readonly title: string;
  /** One sentence: what to do. */
  readonly remedy: string;
}

const check = (group: CheckGroup, title: string, remedy: string): AssessCheck => ({ group, title, remedy });

export const ASSESS_CHECKS = {
  // -- values ------------------------------------------------------------------------------------------------
  'mixed-classes': check('values', 'A column holds values of other storage classes than its declared type says.', 'See the type that the plan has chosen; set another, or a policy, in the plan.'),
  'class-mismatch': check('values', 'Values of another class than the column in PostgreSQL can hold.', 'Set `policy: widen` for the column (or `null`), or correct the rows; else they go to the quarantine.'),
  'integer-out-of-range': check('values', 'Numbers that the type in PostgreSQL cannot hold exactly.', 'Choose a wider type in the plan (bigint, numeric), or correct the rows.'),
  'integer-wide': check('values', 'Integers beyond 2^53, which programs that use doubles for them would round.', 'Nothing: they travel with all 64 bits. Check clients that read them as doubles.'),
  'overlong-text': check('values', 'Texts longer than the declared length, which SQLite does not enforce.', 'Nothing where the plan has widened the column; else correct the rows or the type.'),
  'decimal-rounded': check('values', 'Decimals that SQLite keeps as doubles with 16 or more digits: what was written may have been rounded already.', 'They move exactly as SQLite holds them; compare with the books where cents matter.'),
  'decimal-scale': check('values', 'Decimals with more digits after the point than the column declares.', 'The plan uses numeric without a scale, so that nothing is rounded; correct the rows to keep the scale.'),
  'boolean-values': check('values', 'A boolean column holds something else than 0 and 1.', 'Set a policy in the plan, or correct the rows.'),
  'uuid-case': check('values', 'UUIDs in several spellings: capitals, dashes or braces differ.', 'The column stays text, so that different texts stay different; make them one spelling to get uuid.'),
  'uuid-invalid': check('values', 'Texts in a UUID column that are no UUIDs.', 'The column stays text, or set a policy in the plan.'),
  'json-invalid': check('values', 'Texts in a JSON column that are no valid JSON.', 'Set `type: text`, or a policy, in the plan; or correct the rows.'),
  'json-not-exact': check('values', 'JSON that jsonb would change or refuse: duplicate keys, lone surrogates, extreme numbers or depth.', 'Set `type: text` in the plan to keep the documents as they are.'),
  'json-nul': check('values', 'JSON with \\u0000, which jsonb refuses.', 'Set `type: text` in the plan, or correct the documents.'),
  'nul-byte': check('values', 'Texts that contain U+0000, which PostgreSQL cannot store in text.', 'Set `policy: replace` (U+FFFD) or `policy: bytes` (bytea) for the column, or correct the rows.'),
  'invalid-utf8': check('values', 'Texts whose bytes are not valid in the encoding of the database.', 'Set `policy: replace` (U+FFFD) or `policy: bytes` (bytea) for the column, or correct the rows.'),
  'empty-text': check('values', "Empty texts in a column of numbers, dates or booleans: '' is not NULL.", 'Set `policy: null` for the column if the application means NULL; else the plan widens it or quarantines the rows.'),
  'inet-invalid': check('values', 'Texts in a column of IP addresses that are none.', 'Set `type: text` in the plan.'),
  'null-not-allowed': check('values', 'NULL in a column that the plan calls NOT NULL.', 'Set `notNull: false` in the plan, or correct the rows.'),
  'null-in-not-null': check('values', 'NULL in a column that was declared NOT NULL.', 'The plan leaves NOT NULL out; correct the rows to keep it.'),
  // -- dates -------------------------------------------------------------------------------------------------
  'date-invalid': check('dates', 'Texts in a date or time column that are no date in ISO form (other orders, words, impossible days).', 'Set a policy in the plan, or correct the rows; nothing is guessed.'),
  'date-out-of-range': check('dates', 'Dates outside the years 1 to 9999, or with parts that PostgreSQL would roll over or round.', 'Set a policy in the plan, or correct the rows.'),
  'date-mixed': check('dates', 'A date column holds several encodings: text, epochs of one or another unit, Julian days.', 'The plan keeps what fits one rule; bring the column to one encoding, or set a policy.'),
  'date-epoch': check('dates', 'Dates as numbers of seconds, milli- or microseconds since 1970.', 'Where the unit is certain the plan makes timestamptz; for another column set `type` and `form: epoch_s|epoch_ms|epoch_us`.'),
  'date-julian': check('dates', 'Dates as Julian day numbers.', 'Set `type: timestamptz` and `form: julian` in the plan.'),
  'date-zone': check('dates', 'Date-times with a zone beside others without one.', 'Those with an offset are converted, those without are taken for UTC; make sure that this is what was meant.'),
  'date-text': check('dates', 'A text column holds ISO dates only.', 'It stays text; set `type: timestamptz` (or date) in the plan to make it a date.'),
  // -- keys --------------------------------------------------------------------------------------------------
  orphans: check('keys', 'Rows whose foreign key points at nothing: SQLite enforces foreign keys only where a connection asks for it.', 'The key is made NOT VALID and holds for new rows (`policy: not_valid`); correct the rows, or set `policy: skip` for the key.'),
  'foreign-key-target': check('keys', 'A foreign key to a missing table or column, to columns that are not unique, or between types that PostgreSQL does not compare.', 'Correct the schema, or leave the key out.'),
  'foreign-key-collation': check('keys', 'A foreign key whose values match only by letter case or trailing blanks.', 'Bring both ends to one spelling: PostgreSQL compares them exactly.'),
  'null-in-key': check('keys', 'NULL in a primary key, which SQLite allows.', 'The table gets a unique index in place of the key; correct the rows to get a primary key.'),
  'no-key': check('keys', 'A table without a primary key.', 'Rows are named by their rowid while the migration runs; VACUUM may renumber them. Give the table a key.'),
  'key-collision': check('keys', 'Different values of a unique key become one value in PostgreSQL.', 'Choose a type in the plan that keeps them apart (text), or correct the rows; else the key cannot be made.'),
  'key-too-large': check('keys', 'Values of an indexed column are larger than an index of PostgreSQL holds (2,704 bytes).', 'The rows move, the index may not; index a hash of the value instead.'),
  'collation-own': check('keys', 'An index that is sorted by a collation which only the application has.', 'Let the application drop the index, or rebuild the table under NOCASE; or say `action: skip` for the table in the plan.'),
  'function-own': check('keys', 'An index that calls a function which only the application has.', 'Let the application drop the index while the migration lasts; or say `action: skip` for the table in the plan.'),
  'collation-unique': check('keys', 'Uniqueness under NOCASE or RTRIM.', 'A unique index on an expression takes its place; queries must use that expression.'),
  'removal-order': check('keys', 'Foreign keys in a circle: a role that may not set session_replication_role cannot order removals and changes of such rows.', 'GRANT SET ON PARAMETER session_replication_role TO the role, or make one key of the circle DEFERRABLE INITIALLY DEFERRED.'),
  'unique-swap': check('keys', 'A unique index without a column that can step aside: a plain role cannot apply rows that exchange its values.', 'GRANT SET ON PARAMETER session_replication_role TO the role before a live migration.'),
  // -- names -------------------------------------------------------------------------------------------------
  'name-collision': check('names', 'Two names become one in PostgreSQL.', 'Rename one of them in the source, or use `--names exact`.'),
  'name-case': check('names', 'Names that differ only in letter case: quoted they are two, unquoted SQL reaches neither.', 'Always quote them, or rename one.'),
  'name-quoting': check('names', 'Names that must be quoted in PostgreSQL: capitals, blanks or other characters.', 'Quote them in SQL, or use `--names snake_case`.'),
  'name-too-long': check('names', 'Names of more than 63 bytes are cut in PostgreSQL.', 'See the name in the plan; choose a shorter one there.'),
  'name-reserved': check('names', 'Names that are reserved words of PostgreSQL.', 'Quote them in SQL, or rename them in the plan.'),
  'name-system': check('names', 'Names that PostgreSQL keeps for itself (ctid, xmin …), or empty ones.', 'See the name in the plan.'),
  // -- structure ---------------------------------------------------------------------------------------------
  'too-many-columns': check('structure', 'A table of more than 1,600 columns, which PostgreSQL cannot create.', 'Split the table in the source.'),
  'row-too-large': check('structure', 'Rows that do not fit a page of PostgreSQL even with large values stored outside (8,160 bytes).', 'Split the table, or put its columns into one jsonb; else these rows go to the quarantine.'),
  'value-too-large': check('structure', 'Values above 255 MiB, which jsonb and many clients do not take.', 'Store them outside of the database.'),
  'generated-column': check('structure', 'A generated column whose expression has no translation, or not an exact one: its values are stored in an ordinary column.', 'Nothing where the plan has a trigger for it, which is made once it gives the stored value on every row. Else rows that are written in PostgreSQL have no value in it, until a rollback brings the one of SQLite: let the application bring it, or write a trigger.'),
  'virtual-table': check('structure', 'A virtual table that holds no rows of its own: an index over another table, or a module of the application.', 'Its source table moves, and a full-text index over it is made on that table (GIN); what another module computes has to be made anew.'),
  'full-text': check('structure', 'A full-text table or an R*Tree of SQLite: its rows move as an ordinary table.', 'Nothing: its index (GIN over tsvector, GiST) is made with the table; questions take another form, which docs/faster.md tells and `causeway queries` translates for MATCH.'),
  view: check('structure', 'A view that needs a hand.', 'See its text in the plan, and write it for PostgreSQL.'),
  trigger: check('structure', 'A trigger: it does not run during the load and is not translated.', 'Write it anew for PostgreSQL, or do its work in the application.'),
  'check-constraint': check('structure', 'A CHECK that has no exact translation.', 'See the plan; write it for PostgreSQL.'),
  index: check('structure', 'An index that has no exact translation.', 'See the plan; write it for PostgreSQL.'),
  default: check('structure', 'A DEFAULT that has no exact translation.', 'See the plan; set it in PostgreSQL or in the application.'),
  'conflict-clause': check('structure', 'ON CONFLICT clauses of constraints have no form in PostgreSQL.', 'Use INSERT … ON CONFLICT in the application.'),
  'without-rowid': check('structure', 'A WITHOUT ROWID table.', 'Nothing: it is read by its primary key.'),
  strict: check('structure', 'A STRICT table.', 'Nothing: its values have their declared types.'),
  autoincrement: check('structure', 'AUTOINCREMENT: the identity goes on behind the largest number that was ever given.', 'Nothing.'),
  'sequence-exhausted': check('structure', 'A key is at or near the largest 64-bit integer: no further row can be numbered.', 'Renumber the table before or after the migration.'),
  // -- capture -----------------------------------------------------------------------------------------------
  'replace-use': check('capture', 'REPLACE in triggers or constraints removes rows without telling triggers.', 'Nothing: the capture watches for rows that a new one would replace; it costs the writer a little.'),
  'capture-index': check('capture', 'A unique index by which a live migration could not follow REPLACE: it depends on a number that SQLite has still to choose, or compares a column with a value of another class.', 'Let the application drop the index meanwhile, or say `action: skip` for the table; a migration without `--live` needs neither.'),
  'capture-key': check('capture', 'A table that cannot be followed while the application writes.', 'Migrate it without --live, or change it: the note says why.'),
  'journal-mode': check('capture', 'The database is not in WAL mode: readers and the writer wait for each other.', 'PRAGMA journal_mode = WAL, if the application allows it.'),
  'sqlite-version': check('capture', 'The file needs, or was last written by, a particular version of SQLite.', 'Make sure that the application’s SQLite is 3.8.3 or newer for a live migration.'),
  'network-file-system': check('capture', 'The file stands on a network file system, where locks of SQLite cannot be trusted.', 'Move it to a local disk before a live migration.'),
  // -- size --------------------------------------------------------------------------------------------------
  'size-estimate': check('size', 'Expected sizes and durations.', 'Provide the disk space; durations are rough.'),
} as const satisfies Record<string, AssessCheck>;

export type CheckId = keyof typeof ASSESS_CHECKS;

export type AssessVerdict = 'ready' | 'ready_with_decisions' | 'blocked';

/** Exit codes of `assess`: 0 ready, 1 decisions are open, 3 blocked. */
export function exitCodeOfAssessment(verdict: AssessVerdict): number {
  return verdict === 'ready' ? 0 : verdict === 'ready_with_decisions' ? 1 : 3;
}
