/** A rejected row as the wire has it: key, column, code, reason and all of its original classes and bytes. */
import { avroBytes, avroLong, avroString } from '@causeway/contracts/block-header';
import { type ExactCell, STORAGE_CLASSES } from '@causeway/contracts/source-value';
import type { Reject } from './exact-row.ts';

export function encodeReject(reject: Reject): Buffer {
  return Buffer.concat([encodeCells(reject.key), avroString(reject.column), avroString(reject.code), avroString(reject.reason), encodeCells(reject.values)]);
}

export function encodeCells(list: readonly ExactCell[]): Buffer {
  return Buffer.concat([
    ...(list.length === 0 ? [] : [avroLong(BigInt(list.length))]),
    ...list.map((cell) => Buffer.concat([avroString(cell.name), avroLong(BigInt(STORAGE_CLASSES.indexOf(cell.class))), avroBytes(cell.bytes)])),
    avroLong(0n),
  ]);
}
