import { messageOf } from '@causeway/runtime/postgres-pool';

/** The server's words about a query; where they are about a value (classes 22 and 23) they quote it, so only the code is told. */
export function queryErrorText(error: unknown): string {
  const { code } = error as { code?: string };
  if (code !== undefined && /^2[23]/.test(code)) return `error ${code}: a value is not as the query expects it`;
  return code === undefined ? messageOf(error) : `${messageOf(error)} (${code})`;
}
