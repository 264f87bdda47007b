/**
 * How SQLite may spell a key that PostgreSQL printed. Enough to find the row by an index; what is found is told apart by
 * its canonical digest. The way back's sink has its own list: the two must not share a mistake.
 */
import type { ExactCell, StorageClass } from '@causeway/contracts/source-value';
import type { ColumnContract, TableContract } from '@causeway/contracts/table-contract';

/** One list for each column of the key; null where only reading the keys of all rows can tell. */
export function keySpellings(contract: TableContract, texts: readonly (string | null)[]): (readonly ExactCell[] | null)[] {
  return contract.key.map((name, i) => {
    const text = texts[i] ?? null;
    const column = contract.columns.find((c) => c.source === name) as ColumnContract;
    const cells = text === null ? [cell('null', '')] : spellings(column, text);
    return cells === null ? null : cells.map((c) => ({ ...c, name }));
  });
}

/** Nothing else than the first spelling can be this key. */
export function spelledOneWay(contract: TableContract): boolean {
  return contract.key.every((name) => {
    const column = contract.columns.find((c) => c.source === name);
    return column !== undefined && column.form === 'plain' && ['int2', 'int4', 'int8', 'text'].includes(column.type.kind);
  });
}

type Cell = Pick<ExactCell, 'class' | 'bytes'>;

const cell = (storage: StorageClass, text: string): Cell => ({ class: storage, bytes: Buffer.from(text) });

function spellings({ type, form }: ColumnContract, text: string): Cell[] | null {
  switch (type.kind) {
    case 'int2':
    case 'int4':
    case 'int8':
      return form === 'plain' ? [cell('integer', text)] : null;
    case 'text':
      return form === 'plain' ? [cell('text', text)] : [cell('text', text), ...numbers(text)];
    case 'uuid': {
      const hex = text.replaceAll('-', '');
      return [text, hex, text.toUpperCase(), hex.toUpperCase()].map((spelling) => cell('text', spelling));
    }
    case 'boolean':
      return [cell('integer', text === 'true' || text === 't' ? '1' : '0')];
    case 'numeric':
    case 'float8':
      return Number.isFinite(Number(text)) ? numbers(text) : null;
    case 'bytea':
      return form === 'plain' && text.startsWith('\\x') ? [{ class: 'blob', bytes: Buffer.from(text.slice(2), 'hex') }] : null;
    case 'date':
      return form === 'plain' ? [cell('text', text)] : null;
    default:
      return null;
  }
}

/** SQLite compares integers and reals by value, so the nearest real finds both; a large integer is no real. */
function numbers(text: string): Cell[] {
  const out: Cell[] = [];
  if (/^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)) out.push(cell('integer', String(BigInt(text))));
  if (text !== '' && Number.isFinite(Number(text))) {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(Number(text));
    out.push({ class: 'real', bytes });
  }
  return out;
}
