/** Names of what causeway makes inside the source while a live migration runs, and takes away again at its end. */

/** Everything of ours in the source begins with this; nothing else may. */
export const SOURCE_PREFIX = '_causeway_';

/**
 * Keys of changed rows: `id INTEGER PRIMARY KEY`, `t` number of the table, `k0`… its key columns, typeless. Without
 * AUTOINCREMENT: `sqlite_sequence` could not be removed again. The purge keeps the newest entry, so ids never go back.
 */
export const LOG_TABLE = '_causeway_log';

/** Facts that must commit with the source: `name TEXT PRIMARY KEY, value` (see SourceFact). */
export const STATE_TABLE = '_causeway_state';

/** The application's triggers that stand aside while this side is the follower, verbatim: `name TEXT PRIMARY KEY, sql`. */
export const SUSPENDED_TABLE = '_causeway_suspended';

/** Whether a table is one of ours. The name tells: all that begins so is reserved, and a plan is refused where it is not ours. */
export const isOwnTable = (name: string): boolean => [LOG_TABLE, STATE_TABLE, SUSPENDED_TABLE].includes(name);

/**
 * - migration: id of the migration that owns the capture
 * - token: random, made with the capture; another token behind the same path is another file
 * - purged_to: newest id that the purge has removed
 * - fence_attempt: attempt whose fence stands, 0 without
 * - lifted_attempt: newest attempt whose fence was lifted
 * - fence_end: the log's end in the transaction that made the fence
 * - fence_schema: schema_version right after that transaction
 * - back_epoch, back_offset: newest epoch of the way back, and its topic's next offset
 * - back_batch: newest batch of that epoch whose rows are here
 * - back_marker, back_beat: newest attempt whose marker, and whose heartbeat, came the way back
 * - contract_version: version of the contracts that the capture now serves; 0 where it was never written
 * - schema_known: schema_version that one of us has made or taken in; another one means that somebody changed the schema
 * - reloading: numbers of the tables of which every row was logged again for that version, as JSON: still to be done where it is not recorded
 * - shape: columns of the captured tables as they were then, as JSON
 * - pass: exists only inside the transaction of the way back's sink; our triggers let its writes through
 */
export type SourceFact = 'migration' | 'token' | 'purged_to' | 'fence_attempt' | 'lifted_attempt' | 'fence_end' | 'fence_schema' | 'back_epoch' | 'back_offset' | 'back_batch' | 'back_marker' | 'back_beat' | 'contract_version' | 'schema_known' | 'shape' | 'reloading' | 'pass';
