/** A value in the form in which the application writes its column. What SQLite then makes of it is checked by reading it again. */
import type { ColumnContract } from '@causeway/contracts/table-contract';
import { realText } from '@causeway/contracts/real-text';
import type { ColumnHabit, FractionHabit, MomentHabit } from './column-habit.ts';
import { EPOCH_MICROS, type Held, type SqliteCell } from './held-value.ts';
import { printJson, readJson } from './json-document.ts';

const INT64 = 2n ** 63n;

export function sqliteForm(column: ColumnContract, habit: ColumnHabit, held: Held): SqliteCell {
  if (held === null) return null;
  const { type, form } = column;
  switch (type.kind) {
    case 'int2':
    case 'int4':
    case 'int8':
    case 'interval':
      return whole(held as bigint, habit);
    case 'float8':
      return habit.wholeAsInteger && Number.isSafeInteger(held) && !Object.is(held, -0) ? BigInt(held as number) : (held as number);
    case 'numeric':
      return numberOf(held as string, habit);
    case 'boolean':
      return whole(held === true ? 1n : 0n, habit);
    case 'text':
      return form === 'any' ? anyText(held as string, habit) : (held as string);
    case 'bytea':
      return form === 'any' && habit.bytesAsText ? asText(held as Buffer) : (held as Buffer);
    case 'uuid':
      return uuidText(held as string, habit.uuid);
    case 'jsonb':
      return habit.compactJson ? printJson(readJson(held as string), true) : (held as string);
    case 'inet':
      return held as string;
    case 'date':
      return form === 'epoch_s' ? BigInt(held as number) * 86_400n : dateText(held as number);
    case 'time':
      return clockText(BigInt(held as number), habit.moment);
    case 'timestamp':
    case 'timestamptz': {
      const unit = EPOCH_MICROS[form];
      return unit === undefined ? momentText(held as bigint, habit.moment) : (held as bigint) / unit;
    }
  }
}

function whole(value: bigint, habit: ColumnHabit): SqliteCell {
  return habit.wholeAsInteger || BigInt(Number(value)) !== value ? value : Number(value);
}

function numberOf(text: string, habit: ColumnHabit): SqliteCell {
  if (!text.includes('.')) {
    const value = BigInt(text);
    if (value >= -INT64 && value < INT64) return whole(value, habit);
  }
  return Number(text);
}

function anyText(text: string, habit: ColumnHabit): SqliteCell {
  if (habit.textOf.has('integer') && /^-?[1-9]\d{0,18}$|^0$/.test(text)) {
    const value = BigInt(text);
    if (value >= -INT64 && value < INT64) return value;
  }
  if (habit.textOf.has('real') && realText(Number(text)) === text) return Number(text);
  return text;
}

function asText(bytes: Buffer): SqliteCell {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) && !text.includes('\0') ? text : bytes;
}

function uuidText(hex: string, habit: ColumnHabit['uuid']): string {
  const text = habit.dashes ? `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` : hex;
  return habit.upper ? text.toUpperCase() : text;
}

/** YYYY-MM-DD of days since 1970-01-01. */
export function dateText(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

const DAY = 86_400_000_000n;

export function momentText(micros: bigint, habit: MomentHabit): string {
  const clock = ((micros % DAY) + DAY) % DAY;
  const date = dateText(Number((micros - clock) / DAY));
  return habit.dateOnly && clock === 0n ? date : `${date}${habit.separator}${clockText(clock, habit)}${habit.zone}`;
}

export function clockText(micros: bigint, habit: Pick<MomentHabit, 'minutes' | 'fraction'>): string {
  const total = Number(micros / 1_000_000n);
  const two = (n: number): string => String(n).padStart(2, '0');
  const minutes = `${two(Math.floor(total / 3_600))}:${two(Math.floor(total / 60) % 60)}`;
  const fraction = Number(micros % 1_000_000n);
  if (habit.minutes && fraction === 0 && total % 60 === 0) return minutes;
  return `${minutes}:${two(total % 60)}${fractionText(fraction, habit.fraction)}`;
}

/** Never fewer digits than the value has: then another form than the usual one is the exact one. */
function fractionText(micros: number, habit: FractionHabit): string {
  const needed = micros === 0 ? 0 : String(micros).padStart(6, '0').replace(/0+$/, '').length;
  const digits = habit.kind === 'shortest' || (habit.kind === 'optional' && micros === 0) ? needed : Math.max(needed, habit.digits);
  return digits === 0 ? '' : `.${String(micros).padStart(6, '0').padEnd(digits, '0').slice(0, digits)}`;
}
