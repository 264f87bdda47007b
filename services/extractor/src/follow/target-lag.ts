/** How old the oldest change is that the target has not applied: the log has ids and no times, so each published step keeps its time. */
const MARKS = 10_000;

export class TargetLag {
  private marks: { readonly to: bigint; readonly seenMs: number }[] = [];
  private applied = 0n;
  private end = 0n;

  /** Everything up to `published` was seen at `seenMs` or before. */
  look({ end, published, applied, seenMs }: { end: bigint; published: bigint; applied: bigint; seenMs: number }): void {
    this.end = end;
    this.applied = applied;
    if (published > (this.marks.at(-1)?.to ?? applied)) this.marks.push({ to: published, seenMs });
    let covered = 0;
    while ((this.marks[covered]?.to ?? applied + 1n) <= applied) covered++;
    this.marks.splice(0, covered);
    // A target that is away for long: every second step is enough, the first one counts.
    if (this.marks.length > MARKS) this.marks = this.marks.filter((_, i) => i % 2 === 0);
  }

  get changes(): number {
    return Math.max(0, Number(this.end - this.applied));
  }

  seconds(nowMs: number): number {
    const oldest = this.marks[0];
    return oldest === undefined ? 0 : Math.max(0, nowMs - oldest.seenMs) / 1000;
  }
}
