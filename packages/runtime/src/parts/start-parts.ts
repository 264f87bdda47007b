/** Starts what was chosen. Data of containers and of processes differ in form, so each kind has a folder of its own. */
import { join } from 'node:path';
import type { PostgresChoice, TransportChoice } from './choose-parts.ts';
import type { LocalKafka } from './local-kafka.ts';
import type { PartOptions } from './local-part.ts';
import type { LocalPostgres } from './local-postgres.ts';

/** undefined: the choice needs no server of ours. `stateDir` is the folder of all parts. */
export async function startTransportPart(choice: TransportChoice, options: PartOptions): Promise<LocalKafka | undefined> {
  if (choice.kind === 'docker') {
    const { startDockerKafka } = await import('./docker-parts.ts');
    return startDockerKafka(choice.engine, { ...options, stateDir: join(options.stateDir, 'kafka-docker') });
  }
  if (choice.kind !== 'local') return undefined;
  const { startLocalKafka } = await import('./local-kafka.ts');
  return startLocalKafka({ ...options, stateDir: join(options.stateDir, 'kafka') });
}

export async function startPostgresPart(choice: PostgresChoice, options: PartOptions): Promise<LocalPostgres | undefined> {
  if (choice.kind === 'given') return undefined;
  if (choice.kind === 'docker') {
    const { startDockerPostgres } = await import('./docker-parts.ts');
    return startDockerPostgres(choice.engine, { ...options, stateDir: join(options.stateDir, 'postgres-docker') });
  }
  const { startLocalPostgres } = await import('./local-postgres.ts');
  return startLocalPostgres({ ...options, stateDir: join(options.stateDir, 'postgres'), origin: choice.kind === 'npm' ? 'npm' : 'any' });
}
