/** A bucket of tokens: so many requests at once, and so many a second for ever. */
export class RequestRate {
  private readonly burst: number;
  private readonly perSecond: number;
  private tokens: number;
  private at = performance.now();

  constructor(burst: number, perSecond: number) {
    this.burst = burst;
    this.perSecond = perSecond;
    this.tokens = burst;
  }

  /** False: one too many. */
  take(): boolean {
    const now = performance.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.at) / 1000) * this.perSecond);
    this.at = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
