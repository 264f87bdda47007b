/** A key in PostgreSQL's texts, as the queue has it, so that a row can be asked for again. */
import type { LogicalType } from '@causeway/contracts/logical-type';
import type { TableContract } from '@causeway/contracts/table-contract';
import type { TravelledRow } from './back-message.ts';
import type { Held } from './held-value.ts';
import { clockText, dateText, momentText } from './sqlite-form.ts';

const EXACT = { separator: ' ', zone: '', minutes: false, dateOnly: false, fraction: { kind: 'shortest' } } as const;

export function keyTexts(contract: TableContract, key: TravelledRow): (string | null)[] {
  if (contract.keyless) return [String(key.identity)];
  return contract.key.map((name, i) => textOf(contract.columns.find((c) => c.source === name)?.type as LogicalType, key.cells[i] as Held));
}

function textOf(type: LogicalType, held: Held): string | null {
  if (held === null) return null;
  switch (type.kind) {
    case 'bytea':
      return `\\x${(held as Buffer).toString('hex')}`;
    case 'date':
      return dateText(held as number);
    case 'time':
      return clockText(BigInt(held as number), EXACT);
    case 'timestamp':
      return momentText(held as bigint, EXACT);
    case 'timestamptz':
      return momentText(held as bigint, { ...EXACT, zone: '+00' });
    case 'interval':
      return `${held} microseconds`;
    default:
      return String(held);
  }
}
