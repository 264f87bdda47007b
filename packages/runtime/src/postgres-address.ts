/**
 * Addresses of PostgreSQL as libpq writes them, several servers included (`postgres://u@one:5432,two:5432/db`), which a
 * URL of Node and the driver do not know. A program of PostgreSQL gets an address through its environment: its arguments
 * can be read by everybody on the machine.
 */
import { Failure } from '@causeway/contracts/failures';

export interface PostgresHost {
  readonly host: string;
  readonly port: string;
}

export interface PostgresAddress {
  readonly hosts: readonly PostgresHost[];
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly parameters: URLSearchParams;
}

const FORM = /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const ONE_HOST = /^(\[[0-9a-fA-F:.%]+\]|[^:[\]]*)(?::(\d{1,5}))?$/;
const DEFAULT_PORT = '5432';

/** undefined: not an address of PostgreSQL. */
export function parsePostgresAddress(url: string): PostgresAddress | undefined {
  const match = FORM.exec(url);
  if (match === null) return undefined;
  const [, login = '', list = '', database = '', query = ''] = match;
  const hosts = list.split(',').map((one) => ONE_HOST.exec(one));
  if (hosts.some((host) => host === null)) return undefined;
  const colon = login.indexOf(':');
  try {
    return {
      hosts: hosts.map((host) => ({ host: decodeURIComponent(host?.[1] ?? ''), port: host?.[2] ?? DEFAULT_PORT })),
      user: decodeURIComponent(colon < 0 ? login : login.slice(0, colon)),
      password: colon < 0 ? '' : decodeURIComponent(login.slice(colon + 1)),
      database: decodeURIComponent(database),
      parameters: new URLSearchParams(query),
    };
  } catch {
    return undefined;
  }
}

/** One address for each server that the given one names, as the driver takes them. */
export function addressesOf(url: string): string[] {
  const address = parsePostgresAddress(url);
  if (address === undefined || address.hosts.length < 2) return [url];
  return address.hosts.map(({ host, port }) => addressTo({ ...address, hosts: [{ host, port }] }));
}

/** The same servers and login, another database. */
export function withDatabase(url: string, database: string): string {
  const address = parsePostgresAddress(url);
  if (address === undefined) throw new Failure('USAGE', 'the address is not of the form postgres://user@host:port/database');
  return addressTo({ ...address, database });
}

function addressTo({ hosts, user, password, database, parameters }: PostgresAddress): string {
  const login = user === '' && password === '' ? '' : `${encodeURIComponent(user)}${password === '' ? '' : `:${encodeURIComponent(password)}`}@`;
  const kept = new URLSearchParams(parameters);
  kept.delete('target_session_attrs');
  const query = kept.size === 0 ? '' : `?${kept}`;
  const list = hosts.map(({ host, port }) => `${host.startsWith('[') ? host : encodeURIComponent(host)}:${port}`).join(',');
  return `postgres://${login}${list}/${encodeURIComponent(database)}${query}`;
}

/** What libpq calls the parameters that an address may carry. A driver's own `no-verify` is libpq's `require`. */
const VARIABLES: Readonly<Record<string, string>> = {
  host: 'PGHOST',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  channel_binding: 'PGCHANNELBINDING',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  options: 'PGOPTIONS',
};

/** The address for psql, pg_dump and pg_restore. Variables of the caller that are not named here do not reach them. */
export function libpqEnvironment(url: string, inherited: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const address = parsePostgresAddress(url);
  if (address === undefined) throw new Failure('USAGE', 'the address is not of the form postgres://user@host:port/database');
  const out: Record<string, string> = { LC_ALL: 'C' };
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'PGPASSFILE', 'PGPASSWORD', 'PGUSER', 'PGSSLMODE', 'PGSSLROOTCERT', 'PGSSLCERT', 'PGSSLKEY', 'LD_LIBRARY_PATH']) {
    const value = inherited[name];
    if (value !== undefined) out[name] = value;
  }
  const { hosts, user, password, database, parameters } = address;
  if (hosts.some(({ host }) => host !== '')) {
    out['PGHOST'] = hosts.map(({ host }) => host.replace(/^\[(.*)\]$/, '$1')).join(',');
    out['PGPORT'] = hosts.map(({ port }) => port).join(',');
  }
  if (hosts.length > 1) out['PGTARGETSESSIONATTRS'] = 'read-write';
  if (user !== '') out['PGUSER'] = user;
  if (password !== '') out['PGPASSWORD'] = password;
  if (database !== '') out['PGDATABASE'] = database;
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const value = parameters.get(name);
    if (value !== null) out[variable] = name === 'sslmode' && value === 'no-verify' ? 'require' : value;
  }
  return out;
}
