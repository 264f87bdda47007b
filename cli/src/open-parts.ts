/** The parts that a command needs: the target and the transport, given or started by causeway itself. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@causeway/contracts/failures';
import { chooseParts, type TransportChoice } from '@causeway/runtime/parts/choose-parts';
import type { LocalPart } from '@causeway/runtime/parts/local-part';
import { startPostgresPart, startTransportPart } from '@causeway/runtime/parts/start-parts';
import type { CliContext } from './run-cli.ts';

export interface OpenedParts {
  readonly url: string;
  readonly transport: { readonly kind: 'kafka' | 'embedded'; readonly brokers: string; readonly embeddedFile: string };
  readonly notes: readonly string[];
  close(): Promise<void>;
}

export interface PartsRequest {
  readonly url: string | null;
  readonly brokers: string | undefined;
  readonly transport: 'kafka' | 'embedded' | undefined;
  readonly state: string;
  readonly context: CliContext;
}

/** Both parts start at the same time; if one fails, the other is stopped. */
export async function openParts(request: PartsRequest): Promise<OpenedParts> {
  const { context } = request;
  const environment = context.environment;
  const brokers = request.brokers ?? (request.transport === 'embedded' || environment.KAFKA_BROKERS === '' ? undefined : environment.KAFKA_BROKERS);
  const chosen = await chooseParts({
    environment,
    ...(brokers === undefined ? {} : { brokers }),
    ...(request.transport === undefined ? {} : { transport: request.transport }),
    ...(request.url === null ? {} : { targetUrl: request.url }),
  });
  const options = { environment, stateDir: partsFolder(request.state), signal: context.signal };
  const starting = [startTransportPart(chosen.transport, options), startPostgresPart(chosen.postgres, options)] as const;
  const [kafka, postgres] = await Promise.all(starting).catch(async (error: unknown) => {
    const settled = await Promise.allSettled(starting as readonly Promise<LocalPart | undefined>[]);
    for (const part of settled) if (part.status === 'fulfilled') await part.value?.stop();
    throw error;
  });
  return {
    url: postgres?.url ?? (request.url as string),
    transport: { kind: chosen.transport.kind === 'embedded' ? 'embedded' : 'kafka', brokers: kafka?.brokers ?? brokers ?? '', embeddedFile: join(request.state, 'transport.sqlite') },
    notes: [transportNote(chosen.transport), ...(request.url === null ? [chosen.postgres.why] : [])],
    close: async () => {
      await kafka?.stop();
      await postgres?.stop();
    },
  };
}

export function partsFolder(state: string): string {
  return join(state, 'parts');
}

function transportNote(choice: TransportChoice): string {
  if (choice.kind !== 'embedded') return choice.why;
  return `${choice.why}; Kafka would add brokers on other machines, replication and several loaders`;
}

/** The PostgreSQL that causeway keeps in this state folder, started for the time of a command that looks at it. */
export async function openKeptTarget(state: string, context: CliContext): Promise<OpenedParts> {
  if (!existsSync(join(partsFolder(state), 'postgres')) && !existsSync(join(partsFolder(state), 'postgres-docker'))) {
    throw new Failure('USAGE', 'say where the target is: --to or DATABASE_URL');
  }
  return openParts({ url: null, brokers: undefined, transport: 'embedded', state, context });
}
