/** When a table will be loaded, by what came in the last minute. */
const WINDOW_MS = 60_000;

export class TableEta {
  private readonly seen: { at: number; rows: number }[] = [];

  at(now: number, rows: number): this {
    this.seen.push({ at: now, rows });
    while ((this.seen[1]?.at ?? now) < now - WINDOW_MS) this.seen.shift();
    return this;
  }

  /** NaN while nobody knows: nothing came in the window, or it was looked at once only. */
  seconds(expected: number): number {
    const [first, last] = [this.seen[0], this.seen.at(-1)];
    if (first === undefined || last === undefined) return Number.NaN;
    if (last.rows >= expected) return 0;
    const perSecond = (last.rows - first.rows) / ((last.at - first.at) / 1000);
    return perSecond > 0 ? (expected - last.rows) / perSecond : Number.NaN;
  }
}
