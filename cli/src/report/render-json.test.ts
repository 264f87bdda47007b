import { describe, expect, test } from '@jest/globals';
import { exampleReport, exampleTable } from './example-report.ts';
import { renderJson } from './render-json.ts';

describe('the report as JSON', () => {
  test('is the model', () => {
    const model = exampleReport();
    expect(JSON.parse(renderJson(model))).toEqual(JSON.parse(JSON.stringify(model)));
    expect(JSON.parse(renderJson(model))).toMatchObject({ schema: 'causeway.report/1', verdict: 'equal_with_quarantine' });
  });

  test('its fields are stable', () => {
    const shape = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
      if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shape(inner)]));
    };
    expect(shape(JSON.parse(renderJson(exampleReport())))).toMatchSnapshot();
  });

  test('no character of a name is obeyed by a terminal, and none is lost', () => {
    const name = 'a\u001b[2J\u009b31m\u007f\u2028\u202e\ufeff\0b';
    const text = renderJson(exampleReport({ tables: [exampleTable(name, 1, 1, 'integer')] }));
    expect(text).not.toMatch(/[^\n\u0020-\u007e\u00a0-\u2027\u2030-\u205f\u2070-\ufefe]/u);
    expect(JSON.parse(text).tables[0].source).toBe(name);
  });
});
