/** From calls to figures, and the verdict. */
import type { LoadFigures, LoadOutcome, LoadSide } from './load-outcome.ts';
import type { LoadQuery } from './load-query.ts';
import { loadFigures } from './percentiles.ts';
import type { LoadRequest, LoadRun } from './run-load.ts';

export const BARS = { simpleP95Ms: 50, complexP95Ms: 1_000 } as const;

export function loadOutcome(request: Pick<LoadRequest, 'queries' | 'clients' | 'connections' | 'thinkMs' | 'complexPercent'>, run: LoadRun): LoadOutcome {
  const { queries } = request;
  const postgres = side(queries, (i) => run.calls.filter((c) => c.query === i).map((c) => c.milliseconds), run.calls.length / run.seconds);
  const total = queries.flatMap((q) => q.sqliteTimes).reduce((a, b) => a + b, 0);
  const sqlite = side(queries, (i) => queries[i]?.sqliteTimes ?? [], (queries.flatMap((q) => q.sqliteTimes).length * 1000) / total);
  const within = (f: LoadFigures, bar: number): boolean => f.errors === 0 && f.p95Ms < bar;
  return {
    verdict: within(postgres.simple, BARS.simpleP95Ms) && within(postgres.complex, BARS.complexP95Ms) && run.calls.length > 0 ? 'passed' : 'failed',
    clients: request.clients,
    connections: request.connections,
    seconds: Math.round(run.seconds),
    thinkMs: request.thinkMs,
    complexPercent: request.complexPercent,
    postgres,
    sqlite,
    errors: run.errors,
    bars: BARS,
  };
}

function side(queries: readonly LoadQuery[], timesOf: (query: number) => readonly (number | null)[], callsPerSecond: number): LoadSide {
  const figuresOf = (all: readonly (number | null)[]): LoadFigures => {
    const times = all.filter((ms) => ms !== null);
    return loadFigures(times, all.length - times.length);
  };
  const kind = (wanted: LoadQuery['kind']): LoadFigures => figuresOf(queries.flatMap((q, i) => (q.kind === wanted ? timesOf(i) : [])));
  return { simple: kind('simple'), complex: kind('complex'), queries: queries.map((q, i) => ({ name: q.name, kind: q.kind, ...figuresOf(timesOf(i)) })), callsPerSecond };
}
