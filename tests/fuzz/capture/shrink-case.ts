/** Takes away what a failure does not need: statements one by one, as long as the same kind of problem stays. */
import type { CaptureCase } from './draw-case.ts';
import { runCase } from './run-case.ts';

export function shrinkCase(drawn: CaptureCase, kind: string, folder: string): CaptureCase {
  const fails = (candidate: CaptureCase): boolean => runCase(candidate, folder).problem?.kind === kind;
  let best = drawn;
  for (let before = -1; before !== size(best); ) {
    before = size(best);
    for (const part of ['change', 'work', 'fill', 'ddl'] as const) best = without(best, part, fails);
    best.work.forEach((_, i) => {
      for (let at = (best.work[i]?.length ?? 0) - 1; at >= 0; at--) {
        const candidate = { ...best, work: best.work.map((list, n) => (n === i ? list.toSpliced(at, 1) : list)) };
        if (fails(candidate)) best = candidate;
      }
    });
    if (best.fenced && fails({ ...best, fenced: false })) best = { ...best, fenced: false };
  }
  return best;
}

const size = (drawn: CaptureCase): number => drawn.ddl.length + drawn.fill.length + drawn.change.length + drawn.work.flat().length + drawn.work.length;

function without(drawn: CaptureCase, part: 'change' | 'work' | 'fill' | 'ddl', fails: (candidate: CaptureCase) => boolean): CaptureCase {
  let best = drawn;
  for (let at = best[part].length - 1; at >= 0; at--) {
    const candidate = { ...best, [part]: best[part].toSpliced(at, 1) };
    if (fails(candidate)) best = candidate;
  }
  return best;
}
