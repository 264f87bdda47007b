/** The middle of the rounds; one disturbed round does not move it. */
export function medianBy<T>(items: readonly T[], value: (item: T) => number): number {
  const sorted = items.map(value).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

export const round2 = (n: number): number => Math.round(n * 100) / 100;
