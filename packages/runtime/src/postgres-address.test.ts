import { expect, test } from '@jest/globals';
import { addressesOf, libpqEnvironment, parsePostgresAddress, withDatabase } from './postgres-address.ts';

test('several servers are one address each, with login, database and parameters', () => {
  expect(addressesOf('postgres://me:p%40ss@one:5433,two/db?sslmode=verify-full&target_session_attrs=read-write')).toEqual([
    'postgres://me:p%40ss@one:5433/db?sslmode=verify-full',
    'postgres://me:p%40ss@two:5432/db?sslmode=verify-full',
  ]);
  expect(addressesOf('postgres://me@one/db')).toEqual(['postgres://me@one/db']);
  expect(addressesOf('postgresql://[::1]:1,[::2]:2/db')).toEqual(['postgres://[::1]:1/db', 'postgres://[::2]:2/db']);
});

test('programs of PostgreSQL get everything by variables, and nothing of the caller that is not named', () => {
  const environment = libpqEnvironment('postgres://m%2Fe:se%3Acret@one:1,two:2/d%20b?sslmode=verify-full&sslrootcert=/ca.crt', { PATH: '/bin', SECRET: 'x', PGHOST: 'elsewhere' });
  expect(environment).toEqual({
    LC_ALL: 'C', PATH: '/bin', PGHOST: 'one,two', PGPORT: '1,2', PGTARGETSESSIONATTRS: 'read-write', PGUSER: 'm/e', PGPASSWORD: 'se:cret', PGDATABASE: 'd b', PGSSLMODE: 'verify-full', PGSSLROOTCERT: '/ca.crt',
  });
});

test('another database on the same servers; a hostile name stays a name', () => {
  expect(parsePostgresAddress(withDatabase('postgres://me@one/db?sslmode=require', 'x/y?z=1'))).toMatchObject({ database: 'x/y?z=1', user: 'me' });
});

test.each(['mysql://one/db', 'postgres://me@one:x/db', 'postgres://me@on]e/db', 'one two', 'postgres://%zz@one/db'])('%s is no address', (url) => {
  expect(parsePostgresAddress(url)).toBeUndefined();
});
