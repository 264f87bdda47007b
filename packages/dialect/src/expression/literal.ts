/** SQLite's literals: https://www.sqlite.org/lang_expr.html#literal_values_constants_ */
import type { Literal } from 'sqlite3-parser';
import type { Context } from './context.ts';
import { Untranslatable } from './untranslatable.ts';
import { blobConstant, boolValue, INT64, intConstant, NULL_VALUE, realConstant, textConstant, textValue, type Value } from './value.ts';

export function translateLiteral(literal: Literal, context: Context): Value {
  switch (literal.type) {
    case 'NullLiteral':
      return NULL_VALUE;
    case 'NumericLiteral':
      return numberConstant(literal.value);
    case 'StringLiteral':
      return stringConstant(literal.value);
    case 'BlobLiteral':
      return blobConstant(literal.bytes);
    case 'KeywordLiteral':
      throw new Untranslatable(`the keyword ${literal.value} stands for a value here`);
    default:
      return currentTime(literal.type, context);
  }
}

/** PostgreSQL's text cannot hold NUL. */
export function stringConstant(text: string): Value {
  if (text.includes('\u0000')) throw new Untranslatable('a string literal contains NUL');
  return textConstant(text);
}

/** An integer that does not fit 64 bits is a real; hexadecimal is always the 64 bits as written. */
export function numberConstant(written: string): Value {
  const text = written.replaceAll('_', '');
  if (/^0x/i.test(text)) return intConstant(BigInt.asIntN(64, BigInt(text)));
  if (/^\d+$/.test(text)) {
    const value = BigInt(text);
    return value <= INT64.max ? intConstant(value) : realConstant(Number(text));
  }
  return realConstant(Number(text));
}

/** TRUE and FALSE are 1 and 0 where no column has the name. */
export function truthConstant(value: boolean): Value {
  return { ...boolValue(value ? 'TRUE' : 'FALSE'), constant: { kind: 'int', value: value ? 1n : 0n } };
}

const CLOCK: Record<string, string> = {
  CurrentTimestampLiteral: 'YYYY-MM-DD HH24:MI:SS',
  CurrentDateLiteral: 'YYYY-MM-DD',
  CurrentTimeLiteral: 'HH24:MI:SS',
};

/** Text in UTC of the statement's start, as SQLite gives it. */
function currentTime(type: string, context: Context): Value {
  context.state.immutable = false;
  return textValue(`to_char(statement_timestamp() AT TIME ZONE 'UTC', '${CLOCK[type]}')`);
}
