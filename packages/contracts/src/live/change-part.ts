/**
 * One message of a change stream. A batch is the source's whole backlog up to the newest entry of one read transaction:
 * final states by key, in parts of one table each. Heartbeats and drain markers are batches without rows.
 */
import { type AvroReader, avroLong, avroString } from '../block-header.ts';
import { Failure } from '../failures.ts';

export const CHANGE_KINDS = ['changes', 'heartbeat', 'marker'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export interface ChangeHeader {
  readonly migration: string;
  readonly generation: number;
  /** Version of the contracts that the part is written by: grows with each change of the source's schema. */
  readonly version: number;
  readonly kind: ChangeKind;
  /** Number of the table; −1 for heartbeats and markers. */
  readonly table: number;
  /** Identity of the publishing process: parts are joined only within one attempt and batch. */
  readonly attempt: string;
  /** Counts the attempt's batches from 0. */
  readonly batch: bigint;
  /** Part of the batch, from 0. */
  readonly part: number;
  readonly last: boolean;
  /** Newest id that the batch before covered. */
  readonly from: bigint;
  /** Newest log id that this batch covers. */
  readonly to: bigint;
  /** Newest log id in the read transaction that the rows come from. */
  readonly asOf: bigint;
  /** Cutover or rollback attempt that was current when the batch was read; of a marker: the attempt that it proves. */
  readonly fence: bigint;
  /** Epoch of the publisher; 0 on the way forward, where the position decides. */
  readonly epoch: bigint;
  /** When the publisher first saw the batch's oldest change, milliseconds since 1970; for lag only. */
  readonly seenMs: number;
}

export function writeChangeHeader(header: ChangeHeader): Buffer {
  return Buffer.concat([
    avroString(header.migration),
    avroLong(BigInt(header.generation)),
    avroLong(BigInt(header.version)),
    avroLong(BigInt(CHANGE_KINDS.indexOf(header.kind))),
    avroLong(BigInt(header.table)),
    avroString(header.attempt),
    avroLong(header.batch),
    avroLong(BigInt(header.part)),
    Buffer.from([header.last ? 1 : 0]),
    avroLong(header.from),
    avroLong(header.to),
    avroLong(header.asOf),
    avroLong(header.fence),
    avroLong(header.epoch),
    avroLong(BigInt(header.seenMs)),
  ]);
}

export function readChangeHeader(reader: AvroReader): ChangeHeader {
  const migration = reader.string();
  const generation = reader.int();
  const version = reader.int();
  const kind = CHANGE_KINDS[reader.int()];
  if (kind === undefined) throw new Failure('MESSAGE_INVALID', 'a change has an unknown kind');
  return {
    migration,
    generation,
    version,
    kind,
    table: reader.int(),
    attempt: reader.string(),
    batch: reader.long(),
    part: reader.int(),
    last: reader.boolean(),
    from: reader.long(),
    to: reader.long(),
    asOf: reader.long(),
    fence: reader.long(),
    epoch: reader.long(),
    seenMs: reader.int(),
  };
}
