/** Trouble that ends by itself: the stream waits it out. Everything else needs somebody. */
import { Failure } from '@causeway/contracts/failures';
import { isConnectionError } from '@causeway/runtime/postgres-pool';

/** A statement of ours that the server does not take; the rest of its class is about connections. */
const PROTOCOL_VIOLATION = '08P01';
/** SQLSTATE classes: 08 connection, 40 lost conflict, 53 resources, 57 operator intervention (restart), 58 system. */
const PASSING_CLASSES = new Set(['08', '40', '53', '57', '58']);
/** lock_not_available */
const PASSING_CODES = new Set(['55P03', 'EPIPE']);
const CLOSED = /connection error and is not queryable|connection terminated|client was closed|the socket has been ended/i;

export function isPassing(error: unknown): boolean {
  if (error instanceof Failure) return error.code === 'BROKER_UNREACHABLE' || error.code === 'TARGET_UNREACHABLE';
  const { code, message } = error as { code?: string; message?: string };
  if (code === PROTOCOL_VIOLATION) return false;
  if (typeof code === 'string' && (PASSING_CODES.has(code) || (code.length === 5 && PASSING_CLASSES.has(code.slice(0, 2))))) return true;
  return isConnectionError(error) || CLOSED.test(message ?? '');
}
