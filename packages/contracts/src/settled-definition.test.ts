import { expect, test } from '@jest/globals';
import { settledDefinition } from './settled-definition.ts';

test('the cast of a list stands at its items, whatever the texts are', () => {
  const printed = "CHECK (((kind)::text = ANY ((ARRAY['a'::character varying, 'b''s, x'::character varying, '(ARRAY[]'::character varying])::text[])))";
  const again = "CHECK (((kind)::text = ANY (ARRAY[('a'::character varying)::text, ('b''s, x'::character varying)::text, ('(ARRAY[]'::character varying)::text])))";
  expect(settledDefinition(printed)).toBe(again);
  expect(settledDefinition(again)).toBe(again);
});

test('another list stays another', () => {
  const of = (items: string): string => settledDefinition(`((ARRAY[${items}])::text[])`);
  expect(of("'a'::character varying")).not.toBe(of("'b'::character varying"));
  expect(settledDefinition("ARRAY['a'::text]")).toBe("ARRAY['a'::text]");
});
