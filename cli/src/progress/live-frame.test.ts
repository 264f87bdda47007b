import { describe, expect, test } from '@jest/globals';
import { displayWidth } from '../report/display-width.ts';
import { liveFrame } from './live-frame.ts';
import { initialState, withEvent } from './progress-state.ts';
import { terminalStyle } from './terminal-style.ts';

const NAMES = ['orders', '注文明細テーブルの長い名前', 'x'.repeat(3000), 'e\u0301'.repeat(60), '👩‍👩‍👧‍👦 family', '\u001b[31mred', 'a\tb', ...Array.from({ length: 20 }, (_, i) => `t${i}`)];

function busyState() {
  let state = initialState(0);
  state = withEvent(state, { kind: 'tables', tables: NAMES.map((name) => ({ name, rows: 9_999_999_999, bytes: 1 })) }, 0);
  state = withEvent(state, { kind: 'phase', phase: 'snapshot', at: 0 }, 0);
  for (const name of NAMES) state = withEvent(state, { kind: 'table', name, rowsDone: 1_234_567_890, rowsTotal: 9_999_999_999, bytesDone: 1e12, stage: 'snapshot' }, 3000);
  return state;
}

describe('the picture on a terminal', () => {
  test.each([1, 5, 10, 20, 30, 47, 48, 59, 60, 71, 72, 79, 99, 100, 120, 250])('fits %i columns and eight lines', (columns) => {
    const lines = liveFrame(busyState(), 3000, columns, terminalStyle(true));
    expect(lines.length).toBeLessThanOrEqual(8);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns);
    // Only our own colours.
    expect(lines.join('').replace(/\p{Cc}\[(?:1|2|22|36|39)m/gu, '')).not.toMatch(/\p{Cc}/u);
  });

  test('without colour there is no control code', () => {
    expect(liveFrame(busyState(), 3000, 80, terminalStyle(false)).join('')).not.toMatch(/\p{Cc}/u);
  });

  test('finished tables become a count', () => {
    let state = withEvent(initialState(0), { kind: 'tables', tables: [{ name: 'a', rows: 10, bytes: 0 }, { name: 'b', rows: 10, bytes: 0 }, { name: 'none', rows: 0, bytes: 0 }] }, 0);
    state = withEvent(state, { kind: 'phase', phase: 'snapshot', at: 0 }, 0);
    state = withEvent(state, { kind: 'table', name: 'a', rowsDone: 0, rowsTotal: 10, stage: 'verify' }, 100);
    expect(liveFrame(state, 100, 80, terminalStyle(false))).toEqual(['snapshot  0:00  50%', '  2 of 3 tables finished, 1 to do']);
  });

  test('rows of an earlier run are done, but no rate', () => {
    let state = withEvent(initialState(0), { kind: 'tables', tables: [{ name: 'a', rows: 1000, bytes: 0, rowsDone: 900 }] }, 0);
    state = withEvent(state, { kind: 'phase', phase: 'snapshot', at: 0 }, 0);
    state = withEvent(state, { kind: 'table', name: 'a', rowsDone: 910, rowsTotal: 1000, stage: 'snapshot' }, 2000);
    expect(liveFrame(state, 2000, 80, terminalStyle(false))[0]).toBe('snapshot  0:02  91%  5 rows/s  ETA 0:18');
  });
});
