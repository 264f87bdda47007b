/**
 * Generates a table's encoder once: straight-line code, one call a cell, no loop over column descriptions. Only
 * numbers of causeway's own enter the generated text; names and values never do.
 */
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';
import type { Cell, RowWriter } from './row-writer.ts';

/** Writes one row; -1, or the index of the first column whose value the fast path does not take. */
export type RowEncoder = (writer: RowWriter, row: readonly (Cell | null)[]) => number;

/** Room for the branch byte and any fixed-size cell. */
const FIXED_CELL_BYTES = 18;

export function generateEncoder(contract: TableContract): RowEncoder {
  const first = contract.keyless ? 1 : 0;
  const lines = contract.columns.map((column, i) => {
    const take = `if (!${callFor(column)}) return ${i};`;
    const absent = column.notNull ? `return ${i};` : 'w.buf[w.pos++] = 0;';
    return `v = row[${i + first}];\nif (v === null) { ${absent} } else { w.reserve(${FIXED_CELL_BYTES}); w.buf[w.pos++] = 2; ${take} }`;
  });
  const identity = contract.keyless ? `w.reserve(${FIXED_CELL_BYTES}); w.int(row[0], MAX8, 9223372036854775807);\n` : '';
  const body = `return function encode(w, row) {\nlet v;\nw.reserve(${contract.columns.length + FIXED_CELL_BYTES});\n${identity}${lines.join('\n')}\nreturn -1;\n}`;
  return new Function('MAX2', 'MAX4', 'MAX8', body)(32_767n, 2_147_483_647n, 9_223_372_036_854_775_807n) as RowEncoder;
}

function callFor(column: ColumnContract): string {
  const { type, form } = column;
  switch (type.kind) {
    case 'int2':
      return 'w.int(v, MAX2, 32767)';
    case 'int4':
      return 'w.int(v, MAX4, 2147483647)';
    case 'int8':
    case 'interval':
      return 'w.int(v, MAX8, 9223372036854775807)';
    case 'float8':
      return 'w.float8(v)';
    case 'boolean':
      return 'w.boolean(v)';
    case 'numeric':
      return `w.${form === 'decimal15' ? 'decimal15' : 'numeric'}(v, ${type.precision === undefined ? 'undefined' : Number(type.precision)}, ${Number(type.scale ?? 0)})`;
    case 'text':
      return `w.${form === 'any' ? 'anyText' : 'text'}(v, ${type.maxLength === undefined ? 'Infinity' : Number(type.maxLength)})`;
    case 'bytea':
      return form === 'any' ? 'w.anyBytes(v)' : 'w.bytes(v)';
    case 'date':
      return form === 'epoch_s' ? 'w.epochDate(v)' : 'w.date(v)';
    case 'time':
      return 'w.time(v)';
    case 'timestamp':
    case 'timestamptz':
      if (form === 'plain') return 'w.timestamp(v)';
      return form === 'julian' ? 'w.julian(v)' : `w.epoch(v, ${EPOCH[form]})`;
    case 'uuid':
      return 'w.uuid(v)';
    case 'jsonb':
      return 'w.json(v)';
    case 'inet':
      return 'w.inet(v)';
  }
}

const EPOCH: Record<string, string> = { epoch_s: '1000000n', epoch_ms: '1000n', epoch_us: '1n' };
