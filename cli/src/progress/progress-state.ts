/** The events so far, folded into what can be drawn. Pure: the same events at the same times give the same state. */
import type { ProgressEvent, ProgressStage, TableProgress } from './progress-event.ts';
import { measured, type RateMeter, startMeter } from './rate-meter.ts';

export interface TableState extends TableProgress {
  readonly bytesDone: number;
  readonly rate: RateMeter;
}

export interface ProgressState {
  readonly startedAt: number;
  readonly phase: string;
  /** The stage that the phase counts: rows of tables behind it are still to do, of tables ahead of it are done. */
  readonly stage: ProgressStage;
  readonly tables: ReadonlyMap<string, TableState>;
  readonly rows: RateMeter;
  readonly bytes: RateMeter;
}

const STAGES: readonly ProgressStage[] = ['snapshot', 'keys', 'verify', 'done'];

export function initialState(at: number): ProgressState {
  return { startedAt: at, phase: '', stage: 'snapshot', tables: new Map(), rows: startMeter(at), bytes: startMeter(at) };
}

export function withEvent(state: ProgressState, event: ProgressEvent, at: number): ProgressState {
  switch (event.kind) {
    case 'phase':
      return withPhase(state, event.phase, event.at, at);
    case 'tables': {
      const fresh = event.tables.map((table): [string, TableState] => [
        table.name,
        { name: table.name, rowsDone: table.rowsDone ?? 0, rowsTotal: table.rows, bytesDone: 0, stage: 'snapshot', rate: startMeter(at) },
      ]);
      return { ...state, tables: new Map(fresh) };
    }
    case 'table':
      return withTable(state, event, at);
    case 'note':
      return state;
  }
}

/** A new phase does other work: the old one's rate says nothing of it. */
function withPhase(state: ProgressState, phase: string, since: number, at: number): ProgressState {
  const stage = STAGES.find((name) => name === phase) ?? state.stage;
  const from = Math.min(since, at);
  return { ...state, phase, stage, rows: startMeter(from), bytes: startMeter(from) };
}

function withTable(state: ProgressState, event: TableProgress, at: number): ProgressState {
  const before = state.tables.get(event.name);
  const same = before?.stage === event.stage;
  const rows = Math.max(0, event.rowsDone - (same ? before.rowsDone : 0));
  const bytesDone = event.bytesDone ?? (same ? before.bytesDone : 0);
  const bytes = Math.max(0, bytesDone - (same ? before.bytesDone : 0));
  const table: TableState = {
    name: event.name,
    stage: event.stage,
    rowsDone: event.rowsDone,
    rowsTotal: event.rowsTotal,
    bytesDone,
    // The first rows of a stage came in the time since the stage began, whose start the overall meter knows.
    rate: measured(same && before.rowsDone > 0 ? before.rate : startMeter(state.rows.at), at, rows),
  };
  const counts = event.stage === state.stage;
  return {
    ...state,
    tables: new Map(state.tables).set(event.name, table),
    rows: measured(state.rows, at, counts ? rows : 0),
    bytes: measured(state.bytes, at, counts ? bytes : 0),
  };
}

export interface ProgressCounts {
  readonly tables: number;
  readonly finished: number;
  readonly rowsDone: number;
  readonly rowsTotal: number;
  /** In work now, the largest remainder first. */
  readonly active: readonly TableState[];
}

export function progressCounts(state: ProgressState): ProgressCounts {
  const tables = [...state.tables.values()];
  const finished = tables.filter((table) => isFinished(table, state.stage));
  const active = tables.filter((table) => !isFinished(table, state.stage) && table.stage === state.stage && table.rowsDone > 0);
  return {
    tables: tables.length,
    finished: finished.length,
    rowsDone: tables.reduce((total, table) => total + rowsDoneIn(table, state.stage), 0),
    rowsTotal: tables.reduce((total, table) => total + table.rowsTotal, 0),
    active: active.sort((a, b) => b.rowsTotal - b.rowsDone - (a.rowsTotal - a.rowsDone)),
  };
}

function isFinished(table: TableState, stage: ProgressStage): boolean {
  return STAGES.indexOf(table.stage) > STAGES.indexOf(stage) || (table.stage === stage && table.rowsDone >= table.rowsTotal);
}

function rowsDoneIn(table: TableState, stage: ProgressStage): number {
  if (isFinished(table, stage)) return table.rowsTotal;
  return table.stage === stage ? Math.min(table.rowsDone, table.rowsTotal) : 0;
}
