/** Chooses the reader of a column's cells. */
import type { ColumnContract } from '@causeway/contracts/table-contract';
import type { CellReader, ReadMode } from './cell-reader.ts';
import { fifteenReader } from './fifteen-cell.ts';
import { inetCell } from './inet-cell.ts';
import { countedDate, countedMoment, intervalReader, textDate, textMoment, textTime } from './moment-cells.ts';
import { booleanReader, float8Reader, integerReader, numericReader } from './number-cells.ts';
import { byteaReader, jsonReader, textReader } from './text-cells.ts';
import { uuidCell } from './uuid-cell.ts';

export function readerOfColumn(column: Pick<ColumnContract, 'type' | 'form'>, mode: ReadMode): CellReader {
  const { type, form } = column;
  const text = form === 'plain' || form === 'any';
  const spelled = form === 'any' ? 'any' : 'plain';
  switch (type.kind) {
    case 'int2':
    case 'int4':
    case 'int8':
      return integerReader(mode);
    case 'float8':
      return float8Reader(mode);
    case 'numeric':
      return form === 'decimal15' ? fifteenReader(mode, type.precision === undefined ? undefined : (type.scale ?? 0)) : numericReader(mode);
    case 'boolean':
      return booleanReader;
    case 'text':
      return textReader(spelled, mode);
    case 'bytea':
      return byteaReader(spelled, mode);
    case 'date':
      return text ? textDate : countedDate(form, mode);
    case 'time':
      return textTime;
    case 'timestamp':
    case 'timestamptz':
      return text ? textMoment : countedMoment(form, mode);
    case 'interval':
      return intervalReader(mode);
    case 'uuid':
      return uuidCell;
    case 'jsonb':
      return jsonReader(mode);
    case 'inet':
      return inetCell;
  }
}
