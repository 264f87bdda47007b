/** Trouble that ends by itself: a server restarting, brokers away, a lock held by the application's DDL. */
import { Failure } from '@causeway/contracts/failures';
import { isConnectionError } from '@causeway/runtime/postgres-pool';

/** SQLSTATE classes: 08 connection, 40 lost conflict, 53 resources, 57 operator intervention, 58 system. */
const PASSING = /^(08|40|53|57|58)...$|^55P03$|^EPIPE$/;
const CLOSED = /connection error and is not queryable|connection terminated|client was closed|the socket has been ended/i;

export function passesByItself(error: unknown): boolean {
  if (error instanceof Failure) return error.code === 'BROKER_UNREACHABLE' || error.code === 'TARGET_UNREACHABLE';
  const { code, message } = error as { code?: string; message?: string };
  return (typeof code === 'string' && PASSING.test(code)) || isConnectionError(error) || CLOSED.test(message ?? '');
}
