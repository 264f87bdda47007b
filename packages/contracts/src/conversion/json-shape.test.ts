import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JsonShapes } from './json-shape.ts';
import { jsonVerdict } from './json-text.ts';

const PIECES = ['{', '}', '[', ']', ',', ':', ' ', '"', '\\', '\\u0000', '\\ud800', '\\u00e9', '\\n', '-', '0', '1.5', '1e5', '00', 'true', 'null', 'nul', '"a"', '"b"', 'é', '😀', '\u0001', '\n', '123456789012345678'];

test('the quick answer is the full one, whatever was learned before', () => {
  const document = fc.record({ a: fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null)), 'b "c': fc.array(fc.oneof(fc.string(), fc.integer())), d: fc.record({ e: fc.string() }) }, { requiredKeys: [] });
  const spoiled = fc.tuple(document, fc.nat(), fc.constantFrom(...PIECES), fc.boolean()).map(([doc, at, piece, replace]) => {
    const text = JSON.stringify(doc);
    const i = at % (text.length + 1);
    return text.slice(0, i) + piece + text.slice(replace ? i + 1 : i);
  });
  const texts = fc.array(fc.oneof(document.map((doc) => JSON.stringify(doc)), spoiled), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(texts, (list) => {
      const shapes = new JsonShapes();
      for (const text of list) expect([text, shapes.holds(text)]).toEqual([text, jsonVerdict(text) === 'ok']);
    }),
    { numRuns: 2_000 },
  );
});

test('what jsonb would lose is not held, even in a known shape', () => {
  const shapes = new JsonShapes();
  expect(shapes.holds('{"a": "x", "n": 1}')).toBe(true);
  for (const text of ['{"a": "\\u0000", "n": 1}', '{"a": "\\ud800", "n": 1}', '{"a": "x", "n": 01}', '{"a": "x", "a": 1}', '{"a": "x", "n": 1} x', '{"a": "\u0001", "n": 1}', '{"a": "x" "n": 1}']) {
    expect([text, shapes.holds(text)]).toEqual([text, false]);
  }
  expect(shapes.holds(' {"a":null,"n":"\\u00e9\\n😀"} ')).toBe(true);
});
