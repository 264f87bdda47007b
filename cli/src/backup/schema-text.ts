/** The schema of an archive and of a database as pg_dump writes it, to hold one against the other. */
import { settledDefinition } from '@causeway/contracts/settled-definition';
import type { PostgresClient } from '@causeway/runtime/parts/postgres-client';
import type { CliContext } from '../run-cli.ts';
import { runDump } from './dump-programs.ts';

interface From {
  readonly client: PostgresClient;
  readonly url: string;
  readonly context: Pick<CliContext, 'environment' | 'signal'>;
}

/** Owners and privileges are left out: a restore by another role gives objects to that role. */
const ARGS = ['--schema-only', '--no-owner', '--no-privileges', '--no-comments'];

export async function schemaOfArchive(from: From, archive: string): Promise<string[]> {
  return statements(await runDump('pg_restore', { ...from, args: [...ARGS, '--file=-', archive] }));
}

export async function schemaOfDatabase(from: From): Promise<string[]> {
  return statements(await runDump('pg_dump', { ...from, args: ARGS }));
}

/** Lines that are there on one side alone, a few of them. */
export function schemaDifferences(was: readonly string[], is: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of was) left.set(line, (left.get(line) ?? 0) + 1);
  for (const line of is) left.set(line, (left.get(line) ?? 0) - 1);
  const odd = [...left].filter(([, n]) => n !== 0);
  return odd.length === 0 ? [] : [`the schema differs in ${odd.length} lines of its definition, the first of them ${JSON.stringify(odd[0]?.[0].trim().slice(0, 120))}`];
}

/** Without comments, settings of the session, the key of a run that newer programs print, extensions, which not every role may make, and what fills views. */
function statements(text: string): string[] {
  return settledDefinition(text)
    .split('\n')
   .filter((line) => line !== '' && !/^(--|SET |SELECT pg_catalog\.set_config|\\(un)?restrict |CREATE EXTENSION |REFRESH MATERIALIZED VIEW )/.test(line));
}
