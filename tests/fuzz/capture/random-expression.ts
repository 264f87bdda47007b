/** Expressions over columns as indexes, conditions and computed columns have them: every function that is deterministic may stand there, also those that fail. */
import type { SeededRandom } from '@causeway/testkit/seeded-random';
import { drawCollation, drawLiteral, quoted } from './random-words.ts';

export function drawExpression(random: SeededRandom, columns: readonly string[], depth = 0): string {
  const c = quoted(random.pick(columns));
  const part = (): string => (depth > 1 || random.oneIn(2) ? quoted(random.pick(columns)) : `(${drawExpression(random, columns, depth + 1)})`);
  const literal = (): string => drawLiteral(random);
  switch (random.integer(0, 27)) {
    case 0: return `lower(${part()})`;
    case 1: return `${part()} || ${part()}`;
    case 2: return `abs(${c})`;
    case 3: return `${c} + 1`;
    case 4: return `${c} % 3`;
    case 5: return `length(${part()})`;
    case 6: return `json_extract(${c}, '$.x')`;
    case 7: return `${c} ->> '$.x'`;
    case 8: return `${part()} COLLATE ${drawCollation(random)}`;
    case 9: return `substr(${part()}, 1, 1)`;
    case 10: return `typeof(${part()})`;
    case 11: return `coalesce(${part()}, ${part()})`;
    case 12: return `${part()} IS NULL`;
    case 13: return `CASE WHEN ${part()} THEN ${part()} ELSE ${literal()} END`;
    case 14: return `CAST(${part()} AS ${random.pick(['TEXT', 'INTEGER', 'REAL', 'NUMERIC', 'BLOB'])})`;
    case 15: return `${part()} IN (1, 2, 'a')`;
    case 16: return `${c} LIKE 'a%'`;
    case 17: return `nullif(${part()}, ${literal()})`;
    case 18: return `hex(${part()})`;
    case 19: return `-${c}`;
    case 20: return `${part()} = ${part()}`;
    case 21: return `${part()} < ${literal()}`;
    case 22: return `(${c}) /* ) " ' */`;
    case 23: return `json_valid(${c})`;
    case 24: return `${c} GLOB 'a*'`;
    case 25: return `instr(${c}, ';') + 0`;
    case 26: return `${part()} BETWEEN 1 AND 3`;
    default: return `json_array(${c})`;
  }
}

export function drawCondition(random: SeededRandom, columns: readonly string[]): string {
  const c = quoted(random.pick(columns));
  switch (random.integer(0, 6)) {
    case 0: return `${c} IS NOT NULL`;
    case 1: return `json_valid(${c})`;
    case 2: return `${c} > 0`;
    case 3: return `${c} <> ${drawLiteral(random)}`;
    case 4: return `typeof(${c}) = 'text'`;
    case 5: return `${c} IN (1, 'a', NULL)`;
    default: return drawExpression(random, columns);
  }
}
