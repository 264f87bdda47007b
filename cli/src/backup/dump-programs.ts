/** pg_dump and pg_restore of a fitting version. Whom to connect to and the password go through their environment, never their arguments. */
import { Failure } from '@causeway/contracts/failures';
import { findPostgresClient, type PostgresClient, postgresClients } from '@causeway/runtime/parts/postgres-client';
import { lastLines, runProgram } from '@causeway/runtime/parts/run-program';
import { libpqEnvironment } from '@causeway/runtime/postgres-address';
import { join } from 'node:path';
import type { CliContext } from '../run-cli.ts';

export function clientFor(serverMajor: number, context: Pick<CliContext, 'environment'>): PostgresClient {
  const client = findPostgresClient(context.environment, serverMajor);
  if (client !== undefined) return client;
  const there = postgresClients(context.environment).map(({ version, bin }) => `${version} in ${bin}`);
  throw new Failure('BACKUP_CLIENT_MISSING', `the server is PostgreSQL ${serverMajor}, and this machine has ${there.length === 0 ? 'no client' : `only ${there.join(', ')}`}`);
}

export interface ProgramCall {
  readonly client: PostgresClient;
  readonly url: string;
  readonly args: readonly string[];
  readonly context: Pick<CliContext, 'environment' | 'signal'>;
}

/** Returns what the program said; throws BACKUP_FAILED with its last lines. */
export async function runDump(program: 'pg_dump' | 'pg_restore', { client, url, args, context }: ProgramCall): Promise<string> {
  const run = await runProgram({ command: join(client.bin, program), args, environment: libpqEnvironment(url, context.environment), signal: context.signal });
  if (run.code !== 0) throw new Failure('BACKUP_FAILED', `${program}: ${lastLines(withoutValues(run.output))}`);
  return run.output;
}

/** Servers quote rows in DETAIL and CONTEXT lines; those are for nobody's terminal. */
function withoutValues(output: string): string {
  return output.split('\n').filter((line) => !/^(DETAIL|CONTEXT|Command was|HINT):?/.test(line)).join('\n');
}
