/** Generates a table's transcoder once: Avro rows in, COPY tuples out, straight-line code without a loop over columns. */
import type { LogicalKind } from '@causeway/contracts/logical-type';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { CopyWriter } from './copy-writer.ts';

/** Transcodes `count` rows from the writer's position; with `starts`, notes where each tuple begins in the output. */
export type RowTranscoder = (writer: CopyWriter, count: number, starts: number[] | null) => void;

const METHOD: Record<LogicalKind, string> = {
  int2: 'int2',
  int4: 'int4',
  int8: 'int8',
  float8: 'float8',
  numeric: 'numeric',
  boolean: 'boolean',
  text: 'bytes',
  bytea: 'bytes',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  interval: 'interval',
  uuid: 'uuid',
  jsonb: 'jsonb',
  inet: 'inet',
};

/** Largest output of one cell beyond the bytes that it had in the message (interval: 16 bytes and a length). */
const CELL_GROWTH = 32;

/** Room that `rows` rows need at most, given the bytes of their message. */
export function outputRoom(contract: TableContract, rows: number, messageBytes: number): number {
  return messageBytes + rows * (2 + (contract.columns.length + 1) * CELL_GROWTH);
}

export function generateTranscoder(contract: TableContract): RowTranscoder {
  const fields = contract.columns.length + (contract.keyless ? 1 : 0);
  const cells = contract.columns.map((column) => `if (w.src[w.p++] === 0) w.nullField(); else w.${METHOD[column.type.kind]}();`);
  const identity = contract.keyless ? 'w.int8();\n' : '';
  const body = `return function transcode(w, count, starts) {
for (let r = 0; r < count; r++) {
if (starts !== null) starts.push(w.o);
w.int16(${fields});
${identity}${cells.join('\n')}
}
w.check();
}`;
  return new Function(body)() as RowTranscoder;
}
