/**
 * Explores every state that a model can reach, breadth first, so that the first violation found has a shortest trace.
 *
 * States are plain immutable objects of numbers, strings, booleans and arrays; two with the same values are one state. What
 * is kept of a visited state is its key and the step that led to it; a trace is walked again from the start when it is needed.
 */
export interface Step<State> {
  readonly label: string;
  readonly to: State;
  /** The step itself breaks what must hold. */
  readonly violation?: string;
}

export interface Model<State extends object> {
  readonly start: State;
  readonly steps: (state: State) => Iterable<Step<State>>;
  /** What is wrong with a state, or null. */
  readonly wrong?: (state: State) => string | null;
  /** What is wrong with a state that nothing leads out of, or null. */
  readonly wrongAtEnd?: (state: State) => string | null;
}

export interface Violation {
  readonly what: string;
  readonly trace: readonly string[];
}

export interface Exploration {
  readonly states: number;
  readonly seconds: number;
  readonly violation: Violation | null;
  /** Every reachable state was visited. */
  readonly complete: boolean;
}

const MOST_STATES = 3_000_000;

export function explore<State extends object>(model: Model<State>, most = MOST_STATES): Exploration {
  const began = performance.now();
  const walk = new Walk(model);
  let violation: Violation | null = null;
  let at = 0;
  for (; at < walk.states && walk.states <= most && violation === null; at++) violation = walk.expand(at);
  return { states: walk.states, seconds: (performance.now() - began) / 1000, violation, complete: violation === null && at === walk.states };
}

class Walk<State extends object> {
  private readonly model: Model<State>;
  private readonly seen = new Set<string>();
  /** Of a state: the one before it, and which of that one's steps led here. */
  private readonly before: number[] = [];
  private readonly choice: number[] = [];
  /** States still to be expanded; a visited one is let go. */
  private readonly waiting: (State | null)[] = [];

  constructor(model: Model<State>) {
    this.model = model;
    this.add(model.start, -1, -1);
  }

  get states(): number {
    return this.seen.size;
  }

  expand(at: number): Violation | null {
    const state = this.waiting[at];
    if (state === null || state === undefined) throw new Error(`state ${at} was visited before`);
    this.waiting[at] = null;
    const wrong = this.model.wrong?.(state) ?? null;
    if (wrong !== null) return { what: wrong, trace: this.traceTo(at) };
    let steps = 0;
    for (const step of this.model.steps(state)) {
      if (step.violation !== undefined) return { what: step.violation, trace: [...this.traceTo(at), step.label] };
      this.add(step.to, at, steps++);
    }
    const stuck = steps === 0 ? (this.model.wrongAtEnd?.(state) ?? null) : null;
    return stuck === null ? null : { what: stuck, trace: this.traceTo(at) };
  }

  private add(state: State, before: number, choice: number): void {
    const size = this.seen.size;
    this.seen.add(JSON.stringify(Object.values(state)));
    if (this.seen.size === size) return;
    this.waiting.push(state);
    this.before.push(before);
    this.choice.push(choice);
  }

  private traceTo(at: number): string[] {
    const choices: number[] = [];
    for (let i = at; i > 0; i = this.before[i] as number) choices.push(this.choice[i] as number);
    const labels: string[] = [];
    let state = this.model.start;
    for (const choice of choices.reverse()) {
      const step = [...this.model.steps(state)][choice];
      if (step === undefined) throw new Error('the model is not a function of its state');
      labels.push(step.label);
      state = step.to;
    }
    return labels;
  }
}
