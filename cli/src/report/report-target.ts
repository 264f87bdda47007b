/**
 * Where the rows went, in a form that cannot carry a password: the brand is not exported, so `reportTarget` is the only
 * maker, and it takes parts, never a connection string.
 */
declare const made: unique symbol;

export interface ReportTargetParts {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly schema: string;
  readonly serverVersion: string;
}

export interface ReportTarget extends ReportTargetParts {
  readonly [made]: true;
}

/**
 * Copies exactly the five parts, so that a pool's configuration handed in whole leaves its password behind.
 * Throws RangeError where a part looks like a connection string: then the caller forgot to take it apart.
 */
export function reportTarget(parts: ReportTargetParts): ReportTarget {
  const { host, port, database, schema, serverVersion } = parts;
  // A socket's folder is a host too; user-info is what must not come along.
  if (/[@?\s]|:\/\//u.test(host)) throw new RangeError('the host of a report is a name or an address, without user or scheme');
  for (const text of [database, schema, serverVersion]) {
    if (text.includes('://')) throw new RangeError('a part of the target is a connection string; give its parts');
  }
  return { host, port, database, schema, serverVersion } as ReportTarget;
}
