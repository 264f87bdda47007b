/**
 * A rate that follows the last few seconds: blocks arrive in bursts, and an ETA from the last burst alone would jump.
 * Each amount fades with the time constant; the weight of the time seen fades alike, so that the first seconds are not too low.
 */
const TIME_CONSTANT_MS = 6000;

export interface RateMeter {
  readonly at: number;
  readonly amount: number;
  readonly weight: number;
}

export function startMeter(at: number): RateMeter {
  return { at, amount: 0, weight: 0 };
}

/** Adds what was done since the last call; a clock that stands still or steps back only adds. */
export function measured(meter: RateMeter, at: number, amount: number): RateMeter {
  const elapsed = Math.max(0, at - meter.at);
  const fade = Math.exp(-elapsed / TIME_CONSTANT_MS);
  const weight = TIME_CONSTANT_MS * (1 - fade);
  // The amount came evenly over the time since the last call, so it has faded as that time has.
  const faded = elapsed === 0 ? amount : (amount * weight) / elapsed;
  return { at: Math.max(at, meter.at), amount: meter.amount * fade + faded, weight: meter.weight * fade + weight };
}

/** A second; 0 until time has passed. */
export function perSecond(meter: RateMeter): number {
  return meter.weight === 0 ? 0 : (meter.amount / meter.weight) * 1000;
}
