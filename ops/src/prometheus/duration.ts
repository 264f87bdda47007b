/** Durations as Prometheus writes them, and the one scale of time that shortens them for tests. */
const MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export function milliseconds(duration: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  if (amount === undefined || unit === undefined) throw new Error(`${duration} is not a duration`);
  return Number(amount) * (MS[unit] as number);
}

/** Unscaled as it was written, so that the file of production reads as the declaration does. */
export function scaled(duration: string, scale: number): string {
  return scale === 1 ? duration : `${Math.round(milliseconds(duration) * scale)}ms`;
}

export function scaledSeconds(duration: string, scale: number): string {
  return String((milliseconds(duration) * scale) / 1_000);
}
