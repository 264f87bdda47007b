/**
 * Follows the change stream until it is told to stop: one lane after another, each under a new claim. What passes by
 * itself (a server restarting, brokers away, a lost connection) only makes lag; being taken over ends it. It also ends
 * where the target's contracts have moved on: whoever started it begins again by the new ones.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@causeway/contracts/failures';
import { changesTopic, loaderGroup } from '@causeway/contracts/topics';
import type { Generation } from '@causeway/control/record/table-record';
import type { Log } from '@causeway/runtime/log';
import { messageOf } from '@causeway/runtime/postgres-pool';
import type { Transport } from '@causeway/runtime/transport/port';
import type pg from 'pg';
import { ContractsMoved } from '../evolve/contracts-moved.ts';
import { isPassing } from '@causeway/runtime/passing-trouble';
import { StreamLane, type StreamStep } from './stream-lane.ts';
import { StreamSession, type StreamTables } from './stream-session.ts';

export interface StreamInput {
  readonly pool: pg.Pool;
  readonly transport: Transport;
  readonly g: Generation;
  readonly made: StreamTables;
  readonly groupSuffix: string;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onStep: (step: StreamStep) => void;
  /** Of one batch, in memory; see StreamLane. */
  readonly heldBytes: number;
}

const PAUSE_MS = 500;

export async function runStream(input: StreamInput): Promise<void> {
  const { signal, log } = input;
  while (!signal.aborted) {
    try {
      await oneLane(input);
    } catch (error) {
      if (signal.aborted || error instanceof ContractsMoved) return;
      if (error instanceof Failure && error.code === 'TRANSPORT_GAP') await readFromTheStart(input);
      else if (!isPassing(error)) throw explained(error);
      log.warn({ reason: messageOf(error) }, 'the change stream is interrupted; going on from the durable position');
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
    }
  }
}

async function oneLane(input: StreamInput): Promise<void> {
  const { pool, transport, g, signal } = input;
  let session: StreamSession | undefined;
  let lane: StreamLane | undefined;
  const consumer = await transport.consumer({ groupId: `${loaderGroup(g.migration, g.generation, input.groupSuffix)}.changes`, topic: changesTopic(g.migration, g.generation), concurrency: 1, signal });
  try {
    await consumer.run({
      // Not before: of several loaders of one group only the one that gets the partition claims the stream, the others stand by.
      onAssigned: async () => {
        session = await StreamSession.claim(pool, g, input.made);
        lane = new StreamLane(session, input.onStep, input.heldBytes);
        return new Map([[0, session.position.nextOffset]]);
      },
      onRevoked: async () => {
        session?.close();
        session = undefined;
        lane = undefined;
      },
      onBatch: async (batch) => {
        if (lane !== undefined) consumer.commit(new Map([[0, await lane.take(batch)]]));
      },
    });
  } finally {
    await consumer.stop();
    session?.close();
  }
}

/**
 * The topic no longer holds the stored offset: retention, or a tail that was lost with a broker. From its first message
 * on, what is covered is skipped, and what is missing is asked for: the source's log still has it.
 */
async function readFromTheStart(input: StreamInput): Promise<void> {
  const { pool, transport, g } = input;
  const admin = await transport.admin();
  try {
    const [end] = await admin.endOffsets(changesTopic(g.migration, g.generation));
    await pool.query('UPDATE causeway.stream_position SET epoch = epoch + 1, next_offset = $3, resend_from = applied WHERE migration = $1 AND generation = $2', [g.migration, g.generation, end?.low ?? 0n]);
  } finally {
    await admin.close();
  }
}

/** What PostgreSQL refuses for good (a table that somebody has altered) is the target's trouble, not an accident of ours. */
function explained(error: unknown): unknown {
  const { code } = error as { code?: string };
  if (error instanceof Failure || code?.length !== 5) return error;
  return new Failure('TARGET_REFUSED', `applying changes: ${messageOf(error)}`, { cause: error });
}
