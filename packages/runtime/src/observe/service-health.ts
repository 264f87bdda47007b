/**
 * Whether a service can work, and whether it does. Ready: its migration was found and everything it needs answers now.
 * Healthy: every part that has begun has shown itself within its time. What a part waits for (a broker that is away, a
 * fence) is no reason to be unhealthy: a part shows itself while it waits; only one that hangs does not.
 */
export type Requirement = () => Promise<boolean>;

/** An answer that takes longer is no answer for whoever wants to send work here. */
const REQUIREMENT_MS = 2_000;
/** Asked for oftener, the same answer is given: a probe must not become load. */
const KEEP_MS = 1_000;

export class ServiceHealth {
  private readonly stuckAfterMs: number;
  private readonly requirements = new Map<string, Requirement>();
  private readonly shown = new Map<string, number>();
  private working = false;
  private missing: { at: number; names: Promise<readonly string[]> } | undefined;

  constructor(stuckAfterMs: number) {
    this.stuckAfterMs = stuckAfterMs;
  }

  requires(name: string, requirement: Requirement): void {
    this.requirements.set(name, requirement);
  }

  /** The migration is found, or the work has ended. */
  setWorking(working: boolean): void {
    this.working = working;
  }

  /** A part lives: from its first call on it is expected to call again. */
  lives(part: string): void {
    this.shown.set(part, performance.now());
  }

  /** It has shown itself once, and has not ended. */
  hasBegun(part: string): boolean {
    return this.shown.has(part);
  }

  /** A part has come to its end. */
  ended(part: string): void {
    this.shown.delete(part);
  }

  /** Parts that have not shown themselves for too long; empty: healthy. */
  stuck(): readonly string[] {
    const now = performance.now();
    return [...this.shown].filter(([, at]) => now - at > this.stuckAfterMs).map(([part, at]) => `${part} for ${Math.round((now - at) / 1000)} s`);
  }

  /** What is missing; empty: ready. */
  notReady(): Promise<readonly string[]> {
    const now = performance.now();
    if (this.missing === undefined || now - this.missing.at > KEEP_MS) this.missing = { at: now, names: this.ask() };
    return this.missing.names;
  }

  private async ask(): Promise<readonly string[]> {
    if (!this.working) return ['the migration'];
    const answers = await Promise.all([...this.requirements].map(async ([name, requirement]) => ((await inTime(requirement)) ? [] : [name])));
    return [...answers.flat(), ...this.stuck()];
  }
}

async function inTime(requirement: Requirement): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), REQUIREMENT_MS);
  });
  try {
    return await Promise.race([requirement().catch(() => false), late]);
  } finally {
    clearTimeout(timer);
  }
}
