/** Text that SQLite's numeric affinities read as a number. */
import type { Affinity } from '../column-scope.ts';
import { numberConstant } from './literal.ts';
import { intConstant, realConstant, type Value } from './value.ts';

const NUMBER_TEXT = /^[ \t\n\v\f\r]*([+-]?)(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)[ \t\n\v\f\r]*$/;

/** Null where the text stays text. REAL makes a real of an integer; comparisons apply NUMERIC. */
export function textToNumber(text: string, affinity: Affinity = 'numeric'): Value | null {
  const match = NUMBER_TEXT.exec(text);
  if (match === null) return null;
  const found = numberConstant(match[2] as string).constant;
  const sign = match[1] === '-' ? -1 : 1;
  if (found?.kind === 'int') return affinity === 'real' ? realConstant(sign * Number(found.value)) : intConstant(BigInt(sign) * found.value);
  if (found?.kind === 'real') return realConstant(sign * found.value);
  return null;
}
