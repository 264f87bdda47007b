/** A constant as a literal of the target's type. Null where the general rules apply; refused where the type cannot hold it. */
import { parseIsoTimestamp } from '@causeway/contracts/conversion/iso-date-time';
import { quoteLiteral } from '@causeway/contracts/identifier';
import type { TargetType } from '../column-scope.ts';
import { temporalLiteral } from './compare-opaque.ts';
import { Untranslatable } from './untranslatable.ts';
import type { Interval, Value } from './value.ts';
import { realText } from './value.ts';

const RANGES: Partial<Record<TargetType, Interval>> = {
  int2: { min: -32768n, max: 32767n },
  int4: { min: -2147483648n, max: 2147483647n },
};
const TRUE_TEXT = ['t', 'true', 'y', 'yes', '1'];
const FALSE_TEXT = ['f', 'false', 'n', 'no', '0'];

export function literalIn(v: Value, type: TargetType, notes: Set<string>): string | null {
  const constant = v.constant;
  if (constant === undefined || constant.kind === 'blob') return null;
  if (constant.kind === 'text') return textIn(constant.value, type, notes);
  if (type === 'boolean') return truthOf(constant.value);
  if (type === 'numeric') return realTextOf(constant.value);
  const range = RANGES[type];
  if (range !== undefined && constant.kind === 'int' && (constant.value < range.min || constant.value > range.max)) throw new Untranslatable(`${constant.value} does not fit ${type}`);
  if (constant.kind === 'int' && (type === 'int2' || type === 'int4' || type === 'int8')) return String(constant.value);
  if (constant.kind === 'int' && type === 'float8' && BigInt(Number(constant.value)) === constant.value) return `'${constant.value}'::double precision`;
  if (type === 'text' || type === 'varchar') {
    if (constant.kind === 'real') throw new Untranslatable("a real number's text differs between SQLite and PostgreSQL");
    notes.add('a number in a column that became text');
    return quoteLiteral(String(constant.value));
  }
  return null;
}

function truthOf(value: bigint | number): string {
  if (Number(value) === 1) return 'TRUE';
  if (Number(value) === 0) return 'FALSE';
  throw new Untranslatable(`${value} is not a boolean`);
}

const realTextOf = (value: bigint | number): string => (typeof value === 'bigint' ? String(value) : `'${realText(value)}'::numeric`);

function textIn(text: string, type: TargetType, notes: Set<string>): string | null {
  switch (type) {
    case 'text':
    case 'varchar':
      return null;
    case 'boolean':
      if (TRUE_TEXT.includes(text.toLowerCase())) return 'TRUE';
      if (FALSE_TEXT.includes(text.toLowerCase())) return 'FALSE';
      break;
    case 'bytea':
      notes.add('a text in a column that became bytea: its bytes in UTF-8');
      return `'\\x${Buffer.from(text, 'utf8').toString('hex')}'::bytea`;
    case 'jsonb':
      if (isJson(text)) return `${quoteLiteral(text)}::jsonb`;
      break;
    default: {
      const literal = temporalLiteral(text, type, true) ?? (type === 'timestamptz' ? moment(text) : null);
      if (literal !== null) return literal;
    }
  }
  throw new Untranslatable(`${quoteLiteral(text)} is no value of ${type}`);
}

/** Any ISO date-time that a value of the column may be: with T, with a fraction, with a zone; without one it is UTC. */
function moment(text: string): string | null {
  if (Number.isNaN(parseIsoTimestamp(text))) return null;
  const zone = /[zZ+-]/.test(text.slice(10)) ? '' : '+00';
  return `TIMESTAMPTZ ${quoteLiteral(text + zone)}`;
}

/** As PostgreSQL's jsonb reads it: no \u0000, no lone surrogates. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return !/\\u(?:0000|[dD][89a-fA-F])/.test(text);
  } catch {
    return false;
  }
}
