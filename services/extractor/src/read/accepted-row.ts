/** Finds again the row that stands at a place among those of a range that the encoder accepted. */
import { Failure } from '@causeway/contracts/failures';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { KeyRange } from '@causeway/control/record/table-record';
import type { SourceDatabase } from '@causeway/runtime/sqlite/open-source';
import { type ExactCells, exactRowCells } from '@causeway/control/source/exact-cells';
import type { TextDecoding } from '@causeway/control/source/text-decoding';
import { writeExact } from './exact-row.ts';
import { readExact } from './range-statements.ts';
import { generateEncoder } from './row-codec.ts';
import { RowWriter } from './row-writer.ts';

export function acceptedRow(db: SourceDatabase, contract: TableContract, range: KeyRange, place: number, decode: TextDecoding): ExactCells {
  const encode = generateEncoder(contract);
  const writer = new RowWriter(Buffer.allocUnsafeSlow(65_536));
  let accepted = 0;
  for (const row of readExact(db, contract, range)) {
    writer.pos = 0;
    if (writeExact(writer, encode, contract, row, decode) !== null) continue;
    if (accepted++ === place) return exactRowCells(contract, row, decode);
  }
  throw new Failure('SOURCE_CHANGED', `range ${range.range} of table ${JSON.stringify(contract.source)} no longer holds row ${place}`);
}
