/** The parts that a migration needs: the target and the transport, given or started by causeway itself. */
import { Failure } from '@causeway/contracts/failures';
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

export async function openParts(request: PartsRequest): Promise<OpenedParts> {
  const brokers = request.brokers ?? request.context.environment.KAFKA_BROKERS ?? '';
  if (request.url === null) throw new Failure('USAGE', 'no target was given');
  return { url: request.url, transport: { kind: request.transport ?? 'kafka', brokers, embeddedFile: '' }, notes: [], close: async () => {} };
}
