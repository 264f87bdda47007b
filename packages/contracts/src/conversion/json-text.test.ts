import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonVerdict } from './json-text.ts';

test.each([
  ['{"a":1,"b":[true,null,-0.5e3]}', 'ok'],
  [' "x" ', 'ok'],
  ['{"a":1,"a":2}', 'duplicate_key'],
  ['{"a":1,"\\u0061":2}', 'duplicate_key'],
  ['"\\u0000"', 'nul'],
  ['"\\ud800"', 'surrogate'],
  ['"\\ud83d\\ude00"', 'ok'],
  ['01', 'invalid'],
  ['-01', 'invalid'],
  ['1.', 'invalid'],
  ["{'a':1}", 'invalid'],
  ['[1,]', 'invalid'],
  ['', 'invalid'],
  ['"a\nb"', 'invalid'],
  ['NaN', 'invalid'],
  ['1e9999', 'number'],
  [`${'['.repeat(600)}${']'.repeat(600)}`, 'deep'],
])('%s is %s', (text, verdict) => {
  expect(jsonVerdict(text)).toBe(verdict);
});

test('accepts what JSON.stringify makes', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = JSON.stringify(value);
    const verdict = jsonVerdict(text);
    // Numbers like 1e308 are within the bounds; strings with U+0000 are what jsonb refuses.
    if (text.includes('\\u0000')) expect(verdict).toBe('nul');
    else expect(['ok', 'surrogate']).toContain(verdict);
  }));
});

test('accepts nothing that JSON.parse refuses', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '1', '0', '.', 'e', '-', 'a', '\\', 'u', ' ', 'true') }), (text) => {
    if (jsonVerdict(text) === 'ok') expect(() => JSON.parse(text)).not.toThrow();
  }));
});
