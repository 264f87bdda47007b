/** Trouble that ends by itself: a server that restarts or has no room, brokers that are away, a lock that the application's DDL or its transaction holds. */
import { Failure } from '@causeway/contracts/failures';
import { isConnectionError } from './postgres-pool.ts';

/** A statement of ours that the server does not take; the rest of its class is about connections. */
const PROTOCOL_VIOLATION = '08P01';
/** SQLSTATE classes: 08 connection, 40 lost conflict, 53 resources, 57 operator intervention (restart), 58 system. */
const PASSING = /^(08|40|53|57|58)...$|^55P03$|^EPIPE$/;
const PASSING_FAILURES = ['BROKER_UNREACHABLE', 'TARGET_UNREACHABLE', 'SOURCE_BUSY'];

/** SQLite is locked by somebody else: in rollback-journal mode a commit shuts out readers, too. */
export const isBusySource = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test((error as { code?: string }).code ?? '');

/** Whoever follows waits it out. Everything else needs somebody. */
export function isPassing(error: unknown): boolean {
  if (error instanceof Failure) return PASSING_FAILURES.includes(error.code);
  if (isBusySource(error)) return true;
  const { code } = error as { code?: string };
  if (code === PROTOCOL_VIOLATION) return false;
  return (typeof code === 'string' && PASSING.test(code)) || isConnectionError(error);
}
