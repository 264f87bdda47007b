/** Lets a bounded number of works run at the same time, the others wait in the order in which they came. */
export class ConcurrencyGate {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(places: number) {
    this.free = places;
  }

  async run(work: () => Promise<void>): Promise<void> {
    if (this.free === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.free--;
    try {
      await work();
    } finally {
      const next = this.waiting.shift();
      // The place is handed on, never freed in between, so nobody can slip in before those who wait.
      if (next === undefined) this.free++;
      else next();
    }
  }
}
