/** JSON documents as people and libraries write them: any key order, blanks, escapes, numbers with all their digits. */
import fc from 'fast-check';

const blank = fc.constantFrom('', '', '', ' ', '\n', '\t ');
const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
const number = fc
  .record({ sign: fc.constantFrom('', '', '-'), whole: fc.oneof(fc.constant('0'), fc.stringMatching(/^[1-9][0-9]{0,24}$/)), fraction: fc.option(digits(20)), exponent: fc.option(fc.integer({ min: -40, max: 40 })), e: fc.constantFrom('e', 'E', 'E+') })
  .map(({ sign, whole, fraction, exponent, e }) => `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `${exponent < 0 ? e[0] : e}${exponent}`}`);
const character = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }).map((c) => (c === '"' || c === '\\' ? `\\${c}` : c)) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((c) => c >= ' ' && c !== '"' && c !== '\\') },
  fc.constantFrom('\\n', '\\t', '\\b', '\\f', '\\r', '\\/', '\\"', '\\\\', '\\u0001', '\\u001F', '\\u0041', '\\u00e9', '\\u20AC', '\\ud83d\\ude00', '\x7f'),
);
const string = fc.array(character, { maxLength: 12 }).map((parts) => `"${parts.join('')}"`);

const { value } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, number, string, fc.constantFrom('true', 'false', 'null'), tie('array'), tie('object')),
  array: fc.tuple(fc.array(tie('value'), { maxLength: 5 }), blank, blank).map(([items, a, b]) => `[${a}${items.join(`${b},${a}`)}${b}]`),
  object: fc
    .tuple(fc.uniqueArray(fc.tuple(string, tie('value')), { maxLength: 7, selector: ([key]) => JSON.parse(key) as string }), blank, blank)
    .map(([members, a, b]) => `{${a}${members.map(([k, v]) => `${k}${b}:${a}${v}`).join(`${b},${a}`)}${b}}`),
}));

export const jsonText = fc.tuple(blank, value, blank).map((parts) => parts.join(''));
