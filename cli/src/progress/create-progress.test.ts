import { describe, expect, test } from '@jest/globals';
import { exampleReport, exampleTable } from '../report/example-report.ts';
import { createProgress, type ProgressOptions } from './create-progress.ts';
import type { ProgressEvent } from './progress-event.ts';

/** A terminal or a pipe, with a clock that stands still until it is told. */
function stage(options: Partial<ProgressOptions> = {}) {
  let now = 1_000_000;
  let ticking: (() => void) | null = null;
  let ended: (() => void) | null = null;
  const written: string[] = [];
  const progress = createProgress({
    stream: { write: (text) => written.push(text) },
    isTTY: false,
    columns: 80,
    color: false,
    clock: {
      now: () => now,
      every: (_, run) => {
        ticking = run;
        return () => {
          ticking = null;
        };
      },
    },
    onEnd: (restore) => {
      ended = restore;
      return () => {
        ended = null;
      };
    },
    ...options,
  });
  return {
    progress,
    written,
    text: () => written.join(''),
    lines: () => written.join('').split('\n').slice(0, -1),
    pass: (ms: number) => {
      now += ms;
    },
    phase: (phase: string) => progress.handle({ kind: 'phase', phase, at: now }),
    tick: () => ticking?.(),
    isTicking: () => ticking !== null,
    interrupt: () => ended?.(),
    isGuarded: () => ended !== null,
  };
}

const TABLES: ProgressEvent = { kind: 'tables', tables: [{ name: 'orders', rows: 10_000, bytes: 1 }, { name: 'lines', rows: 30_000, bytes: 1 }] };
const moved = (name: string, rowsDone: number, rowsTotal: number, bytesDone?: number): ProgressEvent => ({
  kind: 'table', name, rowsDone, rowsTotal, stage: 'snapshot', ...(bytesDone === undefined ? {} : { bytesDone }),
});

describe('without a terminal', () => {
  test('a line at each phase, else one in two seconds, exact', () => {
    const s = stage();
    s.phase('plan');
    s.pass(1000);
    s.progress.handle(TABLES);
    s.phase('snapshot');
    for (let i = 1; i <= 10; i += 1) {
      s.pass(500);
      s.progress.handle(moved('orders', i * 1000, 10_000, i * 500_000));
    }
    s.phase('keys');
    s.pass(62_000);
    s.phase('verify');
    s.progress.finish(null);
    expect(s.lines()).toEqual([
      '[0:00] plan',
      '[0:01] snapshot: 0 of 2 tables, 0 of 40,000 rows (0%)',
      '[0:03] snapshot: 0 of 2 tables, 4,000 of 40,000 rows (10%), 2,000 rows/s, 1.0 MB/s, ETA 0:18',
      '[0:05] snapshot: 0 of 2 tables, 8,000 of 40,000 rows (20%), 2,000 rows/s, 1.0 MB/s, ETA 0:16',
      '[0:06] keys: 0 of 2 tables, 0 of 40,000 rows (0%)',
      '[1:08] verify: 0 of 2 tables, 0 of 40,000 rows (0%)',
    ]);
  });

  test('no control codes, whatever a name or a note says', () => {
    const s = stage();
    s.phase('snapshot\u001b[2J');
    s.progress.handle({ kind: 'note', text: 'table \u001b]0;owned\u0007 \u202e\nnext postgres://u:pw@h/d' });
    s.progress.finish({ report: exampleReport({ tables: [exampleTable('a\u001b[31m\nb', 5, 1, 'integer', 1)] }), reportPath: '/r/report.html' });
    expect(s.text().replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(s.text()).toContain('postgres://h/d');
    expect(s.text()).toContain('a‹U+001B›[31m‹U+000A›b');
  });

  test('quiet: the verdict and the path alone', () => {
    const s = stage({ quiet: true });
    s.phase('snapshot');
    s.progress.handle({ kind: 'note', text: 'hello' });
    s.progress.finish({ report: exampleReport(), reportPath: 'out/report.html' });
    expect(s.lines()).toEqual([
      '✓ Equal, with rows in quarantine. Every cell of 2,335,372 rows in 12 tables was compared and is equal in PostgreSQL. The other 4 rows, which PostgreSQL cannot hold, are kept byte for byte in the quarantine.',
      '  1:08 in all',
      '  Report: out/report.html',
    ]);
  });
});

describe('on a terminal', () => {
  test('draws in place and gives the cursor back', () => {
    const s = stage({ isTTY: true });
    s.progress.handle(TABLES);
    s.phase('snapshot');
    s.pass(2000);
    s.progress.handle(moved('orders', 5000, 10_000));
    expect(s.written[0]).toBe('\u001b[?25l');
    expect(s.written.at(-1)).toBe(
      '\r\u001b[2A\u001b[0J' +
        [
          'snapshot  0:02  12%  2,500 rows/s  ETA 0:14',
          '  orders               ━━━━━━━━━━───────────  50%      2,500 rows/s   ETA 0:02',
          '  0 of 2 tables finished, 1 to do',
        ].join('\n') + '\n',
    );
    s.progress.finish(null);
    expect(s.written.at(-1)).toBe('\r\u001b[3A\u001b[0J\u001b[?25h');
    expect(s.isTicking()).toBe(false);
    expect(s.isGuarded()).toBe(false);
  });

  test('an interrupted process shows the cursor again', () => {
    const s = stage({ isTTY: true });
    s.interrupt();
    expect(s.text()).toBe('\u001b[?25l\u001b[?25h');
  });

  test('time goes on without events', () => {
    const s = stage({ isTTY: true });
    s.phase('keys');
    s.pass(5000);
    s.tick();
    expect(s.written.at(-1)).toContain('keys  0:05');
  });

  test('redraws at most ten times a second', () => {
    const s = stage({ isTTY: true });
    s.progress.handle(TABLES);
    for (let i = 0; i < 1000; i += 1) {
      s.pass(1);
      s.progress.handle(moved('orders', i, 10_000));
    }
    expect(s.written.length).toBeLessThanOrEqual(12);
  });

  test('writes nothing after the end, and ends once', () => {
    const s = stage({ isTTY: true });
    s.progress.finish(null);
    const length = s.written.length;
    s.phase('late');
    s.progress.finish(null);
    expect(s.written).toHaveLength(length);
  });
});
